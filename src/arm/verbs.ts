import type { JsonObject } from '../kernel/json.ts';
import { scopeOfType } from './draft.ts';
import {
  invalidContent,
  methodNotAllowed,
  noProviderIn,
  notFound,
  notImplemented,
  parentNotFound,
  preconditionFailed,
  resourceNotFound,
} from './errors.ts';
import { getResource, isMoving } from './estate.ts';
import { authorize, type Exchange } from './exchange.ts';
import { collectionOf, keyOf, parseId, SUBSCRIPTION_TYPE } from './ids.ts';
import { findLocation } from './locations.ts';
import { AT_ONCE, operationHeaders } from './operations.ts';
import { reaches } from './rbac.ts';
import { requireRegistered } from './registration.ts';
import { renderText, renderVersion } from './render.ts';
import { decodeBody, expectedRevision } from './request.ts';
import type { Operation, Resource } from './resource.ts';
import { type ActionResult, type Body, type Put, type PutOptions, Refusal, type ResourceType, type Route } from './resource-type.ts';
import type { Answer } from './respond.ts';
import { matchActions } from './router.ts';
import { canonicalId } from './write.ts';

const permissionOf = (type: ResourceType, verb: string): string => `${type.permission ?? type.name}/${verb}`;

/** GET, HEAD, PUT, PATCH, DELETE of one resource. */
export function serveResource(exchange: Exchange, type: ResourceType, id: string): Answer | Promise<Answer> {
  const { method } = exchange.request;
  if (type.unbuilt && (method === 'PUT' || method === 'PATCH')) throw notImplemented(type.name);
  const verbs = (['GET', 'PUT', 'PATCH', 'DELETE'] as const).filter((verb) => !type.without?.includes(verb));
  switch (method === 'HEAD' ? 'GET' : verbs.find((verb) => verb === method)) {
    case 'GET':
      return readResource(exchange, type, id);
    case 'PUT':
      return putResource(exchange, type, id);
    case 'PATCH':
      return patchResource(exchange, type, id);
    case 'DELETE':
      return deleteResource(exchange, type, id);
    default:
      throw methodNotAllowed(method, [...verbs, 'HEAD']);
  }
}

function readResource(exchange: Exchange, type: ResourceType, id: string): Answer | Promise<Answer> {
  authorize(exchange, permissionOf(type, 'read'), id);
  const found = stored(exchange, type, id);
  const { pause } = exchange.ports;
  // azurerm polls what it deletes itself, without a delay when it is told so.
  if (pause && found.entry.value.provisioningState === 'Deleting') return pause().then(() => shown(exchange, stored(exchange, type, id)));
  return shown(exchange, found);
}

function shown(exchange: Exchange, { entry, parsed }: ReturnType<typeof stored>): Answer {
  if (exchange.request.method === 'HEAD') return { status: 204 };
  const { arm, world } = exchange.ports;
  const text = renderText(arm.types, world.reader, entry, exchange.apiVersion, canonicalId(arm, parsed));
  return { status: 200, text, headers: isMoving(entry.value) ? {} : AT_ONCE };
}

function stored(exchange: Exchange, type: ResourceType, id: string) {
  const { reader } = exchange.ports.world;
  const parsed = parseId(id);
  if (!parsed) throw notFound(`'${id}' is not the id of a resource.`);
  const entry = reader.get<Resource>(collectionOf(type.name), parsed.key);
  if (entry) return { entry, parsed };
  for (let above = parseId(parsed.parent); above; above = above.parent ? parseId(above.parent) : undefined)
    if (above.type.startsWith('Microsoft.Resources/') && !getResource(reader, above.id)) throw resourceNotFound(above);
  throw type.missing ? new Refusal(404, type.missing(parsed.name)) : resourceNotFound(parsed);
}

function options(exchange: Exchange, type: ResourceType, id: string): PutOptions {
  const expected = expectedRevision(exchange.request);
  if (expected === 'present' && !exchange.ports.world.reader.get(collectionOf(type.name), keyOf(id)))
    throw preconditionFailed(`The resource '${id}' does not exist.`, type.preconditionCode);
  return {
    caller: exchange.caller,
    apiVersion: exchange.apiVersion,
    ...(expected !== undefined && expected !== 'present' && { expected }),
  };
}

function putResource(exchange: Exchange, type: ResourceType, id: string): Answer {
  authorize(exchange, permissionOf(type, 'write'), id);
  requireRegistered(exchange.ports.world.reader, parseId(id)?.subscription ?? '', type.name.slice(0, type.name.indexOf('/')));
  const body = decodeBody(exchange.request, true);
  checkSameName(body, id);
  const { world, arm } = exchange.ports;
  // The body's shape is checked by the write itself, which refuses what is no Body.
  const put = world.transact((tx) => arm.putResource(tx, id, body as Body, options(exchange, type, id)));
  return written(exchange, type, id, put, put.created ? 201 : 200);
}

function patchResource(exchange: Exchange, type: ResourceType, id: string): Answer {
  authorize(exchange, permissionOf(type, 'write'), id);
  stored(exchange, type, id);
  const body = decodeBody(exchange.request, true);
  const { world, arm } = exchange.ports;
  const put = world.transact((tx) => arm.patchResource(tx, id, body as Body, options(exchange, type, id)));
  return written(exchange, type, id, put, 200);
}

/** A body may name itself, but not another resource. */
function checkSameName(body: JsonObject, id: string): void {
  const name = body['name'];
  const expected = parseId(id)?.name ?? '';
  if (typeof name === 'string' && name !== '' && name.toLowerCase() !== expected.toLowerCase())
    throw invalidContent(`The name '${name}' in the request body does not match the name '${expected}' in the request path.`);
}

function written(exchange: Exchange, type: ResourceType, id: string, put: Put, status: number): Answer {
  const { arm, world } = exchange.ports;
  const entry = world.reader.get<Resource>(collectionOf(type.name), keyOf(put.resource.id));
  const parsed = parseId(id);
  if (!entry || !parsed) throw new Error(`${id} vanished after it was written`);
  const body = renderVersion(arm.types, world.reader, entry, exchange.apiVersion, canonicalId(arm, parsed));
  return { status, body, headers: put.operation ? leading(exchange, put.operation, type, status) : AT_ONCE };
}

const leading = ({ ports, url, apiVersion }: Exchange, operation: Operation, type: ResourceType | undefined, status: number) =>
  operationHeaders(ports.world.reader, operation, type, status, url, apiVersion);

function deleteResource(exchange: Exchange, type: ResourceType, id: string): Answer {
  authorize(exchange, permissionOf(type, 'delete'), id);
  const { arm, world } = exchange.ports;
  const entry = world.reader.get<Resource>(collectionOf(type.name), keyOf(id));
  const before = entry && renderVersion(arm.types, world.reader, entry, exchange.apiVersion);
  const deleted = world.transact((tx) => arm.deleteResource(tx, id, options(exchange, type, id)));
  if (!deleted) {
    const parsed = parseId(id);
    if (parsed?.type === 'Microsoft.Resources/resourceGroups' || type.deleteMissing === 404) stored(exchange, type, id);
    return { status: 204, headers: AT_ONCE };
  }
  if (deleted.operation) return { status: 202, headers: leading(exchange, deleted.operation, type, 202) };
  // Role assignments must come back in the answer, or `az aks update --detach-acr` fails on an empty body (azure-contract §2.9).
  return { status: type.deleteStatus ?? 200, headers: AT_ONCE, ...(type.stateless && before && { body: before }) };
}

/** GET of all resources of a type below a scope. */
export function serveCollection(exchange: Exchange, type: ResourceType, below: string): Answer {
  const { method } = exchange.request;
  if (method !== 'GET' || type.without?.includes('LIST')) throw methodNotAllowed(method, type.without?.includes('LIST') ? [] : ['GET']);
  const { reader } = exchange.ports.world;
  const mayRead = listFilter(exchange, permissionOf(type, 'read'), below);
  const parent = parseId(below);
  if (parent && !reader.get(collectionOf(parent.type), parent.key)) {
    if (scopeOfType(type) === 'parent') throw parentNotFound('read', type.name, below);
    throw resourceNotFound(parent);
  }
  const value = reader
    .list<Resource>(collectionOf(type.name), { prefix: below ? `${keyOf(below)}/` : '' })
    .filter((entry) => mayRead(entry.value) && visible(exchange, entry.value))
    .map((entry) => renderVersion(exchange.ports.arm.types, reader, entry, exchange.apiVersion));
  return { status: 200, body: { value } };
}

/** Lists of a subscription show what the caller may read of it; without any role in it, and elsewhere, they are refused. */
function listFilter(exchange: Exchange, action: string, below: string): (resource: Resource) => boolean {
  const { ports, caller } = exchange;
  const { reader } = ports.world;
  const inSubscription = parseId(below)?.type === SUBSCRIPTION_TYPE && reaches(reader, ports.arm.directory, caller.objectId, below);
  if (!inSubscription || ports.arm.allowed(reader, caller, action, below)) {
    authorize(exchange, action, below || '/');
    return () => true;
  }
  return ({ id }) => ports.arm.allowed(reader, caller, action, id);
}

/** `$filter=tagName eq 'a' and tagValue eq 'b'` on resource groups; other filters are the generic list's. */
function visible(exchange: Exchange, resource: Resource): boolean {
  const match = /tagname\s+eq\s+'([^']*)'(?:\s+and\s+tagvalue\s+eq\s+'([^']*)')?/i.exec(exchange.query.get('$filter') ?? '');
  if (!match?.[1]) return true;
  const value = resource.tags?.[match[1]];
  return value !== undefined && (match[2] === undefined || value === match[2]);
}

/** Sub-operations of a resource. */
export async function serveAction(exchange: Exchange, type: ResourceType, id: string, tail: readonly string[]): Promise<Answer> {
  const { method } = exchange.request;
  const matching = matchActions(type, tail);
  const found = matching.find(({ action }) => action.method === method);
  if (!found) {
    if (matching.length > 0)
      throw methodNotAllowed(
        method,
        matching.map(({ action }) => action.method),
      );
    throw notImplemented([type.name, ...tail.filter((_, i) => i % 2 === 0)].join('/'));
  }
  authorize(exchange, found.action.permission, id);
  const { entry } = stored(exchange, type, id);
  const run = () => found.action.run({ ...contextOf(exchange, found.parameters), resource: entry.value });
  return actionAnswer(exchange, type, await lookAgain(exchange, run));
}

/** Operations that belong to no stored resource. */
export async function serveRoute(
  exchange: Exchange,
  target: { readonly routes: readonly Route[]; readonly parameters: { readonly [name: string]: string }; readonly scope: string },
): Promise<Answer> {
  const { method } = exchange.request;
  const route =
    target.routes.find((item) => item.method === method) ??
    (method === 'HEAD' ? target.routes.find((item) => item.method === 'GET') : undefined);
  if (!route)
    throw methodNotAllowed(
      method,
      target.routes.map((item) => item.method),
    );
  if (route.permission !== undefined) authorize(exchange, route.permission, target.scope || '/');
  const { location } = target.parameters;
  // Operations on what stands nowhere in particular are polled at "global".
  if (location !== undefined && location !== 'global' && !findLocation(location)) throw noProviderIn(location, exchange.apiVersion);
  const run = () => route.run({ ...contextOf(exchange, target.parameters), scope: target.scope });
  return actionAnswer(exchange, undefined, await lookAgain(exchange, run));
}

function contextOf(exchange: Exchange, parameters: { readonly [name: string]: string }) {
  const { ports, query, caller, url, request } = exchange;
  return {
    parameters,
    query,
    body: request.method === 'GET' ? {} : decodeBody(request, false),
    caller,
    reader: ports.world.reader,
    transact: <T>(work: Parameters<typeof ports.world.transact<T>>[0]): T => ports.world.transact(work),
    url,
    apiVersion: exchange.apiVersion,
    via: request.via,
  };
}

/** What still runs is looked at again a moment later: most of what is polled has ended by then. */
async function lookAgain({ ports }: Exchange, run: () => ActionResult | Promise<ActionResult>): Promise<ActionResult> {
  const result = await run();
  if (!result.pending || !ports.pause) return result;
  await ports.pause();
  return run();
}

function actionAnswer(exchange: Exchange, type: ResourceType | undefined, result: ActionResult): Answer {
  const headers = { ...(result.operation && leading(exchange, result.operation, type, result.status)), ...result.headers };
  return { status: result.status, headers, ...(result.body !== undefined && { body: result.body }) };
}
