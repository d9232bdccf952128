import type { Controller } from '../kernel/controller.ts';
import type { HttpResponse } from '../kernel/http.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { deepFreeze, type Json, type JsonObject } from '../kernel/json.ts';
import { World } from '../kernel/world.ts';
import { type ArmCore, createArm } from './arm.ts';
import { armTypes } from './arm-types.ts';
import { armControllers } from './controllers.ts';
import { armIndexes } from './estate.ts';
import { type ArmHandler, armHandler } from './pipeline.ts';
import type { Caller, Directory, ResourceType, Route } from './resource-type.ts';
import { seedSubscription } from './seed.ts';

// What tests of ARM and of resource types share: a world with one subscription, an administrator who owns it, and a client.

export const SUBSCRIPTION = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';
export const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
export const ADMIN: Caller = {
  objectId: '11111111-1111-4111-8111-111111111111',
  tenantId: TENANT,
  name: 'admin@slipway.test',
  kind: 'User',
};
export const NOBODY: Caller = {
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: TENANT,
  name: 'nobody@slipway.test',
  kind: 'User',
};
/** A group that `NOBODY` is a member of. */
export const GROUP = '33333333-3333-4333-8333-333333333333';

export interface Answered {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: HttpResponse['headers'];
  readonly text: string;
}

export interface TestEstate {
  readonly world: World;
  readonly arm: ArmCore;
  readonly handler: ArmHandler;
  /** Principals that system-assigned identities made, by object id. */
  readonly principals: ReadonlyMap<string, string>;
  /** Sends a request; `?api-version=` is added unless the path has a query with one. `as` null: no token. */
  call(
    method: string,
    path: string,
    body?: Json | string,
    options?: { as?: Caller | null; headers?: { [name: string]: string } },
  ): Promise<Answered>;
  /** As call, then lets controllers settle. */
  done(method: string, path: string, body?: Json): Promise<Answered>;
}

export function testEstate(
  types: readonly ResourceType[],
  extra: { controllers?: (arm: ArmCore) => readonly Controller[]; routes?: readonly Route[]; pause?: () => Promise<void> } = {},
): TestEstate {
  const principals = new Map<string, string>();
  const directory: Directory = {
    addManagedIdentity: (_tx, { objectId, displayName }) => void principals.set(objectId, displayName),
    removeManagedIdentity: (_tx, objectId) => void principals.delete(objectId),
    groupsOf: (_reader, objectId) => (objectId === NOBODY.objectId ? [GROUP] : []),
    kindOf: (_reader, objectId) =>
      objectId === ADMIN.objectId || objectId === NOBODY.objectId
        ? 'User'
        : objectId === GROUP
          ? 'Group'
          : principals.has(objectId)
            ? 'ServicePrincipal'
            : undefined,
  };
  const all = [...armTypes(directory), ...types];
  const arm = createArm({ types: all, directory, tenantId: TENANT });
  const world = new World({
    name: 'test',
    seed: 'seed',
    indexes: armIndexes(all),
    controllers: [...armControllers(arm), ...(extra.controllers?.(arm) ?? [])],
    journal: memoryJournal(),
    hostNowMs: Date.UTC(2026, 10, 21),
  });
  world.onCommit((commit) => {
    for (const change of commit.changes) deepFreeze(change.entry?.value ?? null);
  });
  world.transact((tx) => seedSubscription(tx, { subscription: SUBSCRIPTION, displayName: 'Slipway', owners: [ADMIN.objectId] }));
  let requests = 0;
  const callers = new Map([ADMIN, NOBODY].map((caller) => [caller.objectId, caller]));
  const handler = armHandler({
    world,
    arm,
    routes: extra.routes ?? [],
    ...(extra.pause && { pause: extra.pause }),
    authenticate: (bearer) => {
      const caller = callers.get(bearer);
      return Promise.resolve(
        caller
          ? { caller }
          : { code: 'InvalidAuthenticationToken', message: 'The access token is invalid.', error: 'invalid_token', description: 'unknown' },
      );
    },
    authority: () => `https://login.microsoftonline.com/${TENANT}`,
    newRequestId: () => `00000000-0000-4000-8000-${String(++requests).padStart(12, '0')}`,
  });
  const call: TestEstate['call'] = async (method, path, body, { as = ADMIN, headers = {} } = {}) => {
    const [bare = '', search = ''] = path.split('?');
    const version = search.includes('api-version') || search === '-' ? '' : 'api-version=2024-05-01';
    const response = await handler({
      method,
      origin: 'https://management.azure.com',
      host: 'management.azure.com',
      path: bare,
      search: [search === '-' ? '' : search, version].filter(Boolean).join('&'),
      headers: { ...(as && { authorization: `Bearer ${as.objectId}` }), ...headers },
      body: body === undefined ? new Uint8Array() : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
      via: 'proxy',
      world: '',
      vantage: '',
      signal: new AbortController().signal,
    });
    const text = typeof response.body === 'string' ? response.body : '';
    return { status: response.status, headers: response.headers, text, body: text ? (JSON.parse(text) as JsonObject) : {} };
  };
  return {
    world,
    arm,
    handler,
    principals,
    call,
    async done(method, path, body) {
      const answer = await call(method, path, body);
      world.settle();
      return answer;
    },
  };
}

/** Path of a group of the test subscription, or of something in it. */
export const inGroup = (group: string, rest = ''): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}${rest && `/providers/${rest}`}`;
