import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { Handler, HttpRequest, HttpResponse } from '../kernel/http.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { entraIndexes } from './directory.ts';
import { graphHandler } from './graph/handler.ts';
import { entraHandler } from './handler.ts';
import type { EntraPorts, TokenKey } from './ports.ts';
import { seedDirectory, TENANT_ID } from './seed.ts';
import { tokenVerifier, type VerifyToken } from './verify.ts';

export const SECRET = 'automation-secret';
export const PASSWORD = 'administrator-password';
export const HOST_START_MS = Date.parse('2026-11-21T08:00:00Z');

/** A key as the certificates engine makes them. */
export async function newTokenKey(kid: string): Promise<TokenKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  const sign = (claims: JWTPayload): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid }).sign(privateKey);
  return { kid, alg: 'RS256', publicJwk, sign };
}

const sharedKey = newTokenKey('test');

export interface Testbed {
  readonly ports: EntraPorts;
  readonly world: World;
  readonly verify: VerifyToken;
  readonly host: { nowMs: number };
  readonly entra: Handler;
  readonly graph: Handler;
  /** POST of a form; returns status and parsed body. */
  post(path: string, form: Record<string, string>, more?: Partial<HttpRequest>): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string, more?: Partial<HttpRequest>): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** A world with a seeded directory and both handlers; nothing of it outlives the test. */
export async function newTestbed(options: Partial<EntraPorts> = {}): Promise<Testbed> {
  const key = await sharedKey;
  const host = { nowMs: HOST_START_MS };
  const world = new World({
    name: 'w',
    seed: 's',
    indexes: entraIndexes,
    controllers: [],
    journal: memoryJournal(),
    hostNowMs: HOST_START_MS,
  });
  world.transact((tx) => seedDirectory(tx, { automationSecret: SECRET, administratorPassword: PASSWORD }));
  let secrets = 0;
  const newSecret = (): string => `secret-${secrets++}`;
  const ports: EntraPorts = { world, key, hostNowMs: () => host.nowMs, newSecret, autoConfirmDeviceCodes: false, ...options };
  const verify = tokenVerifier([key], TENANT_ID);
  const entra = entraHandler(ports);
  const graph = graphHandler({ ...ports, verifyToken: verify });
  return {
    ...{ ports, world, verify, host, entra, graph },
    post: async (path, form, more = {}) =>
      parsed(await entra(request('POST', path, { ...FORM, body: Buffer.from(String(new URLSearchParams(form))), ...more }))),
    get: async (path, more = {}) => parsed(await entra(request('GET', path, more))),
  };
}

const FORM = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };

/** A request to the token service's own host through the proxy, unless `more` says otherwise. */
export function request(method: string, pathAndSearch: string, more: Partial<HttpRequest> = {}): HttpRequest {
  const [path = '', search = ''] = pathAndSearch.split(/\?(.*)/s);
  return {
    ...{ method, path, search, origin: 'https://login.microsoftonline.com', host: 'login.microsoftonline.com', headers: {} },
    ...{ body: new Uint8Array(), via: 'proxy', world: '', vantage: '', signal: new AbortController().signal },
    ...more,
  };
}

export function parsed(response: HttpResponse): { status: number; body: Record<string, unknown> } {
  const text = typeof response.body === 'string' ? response.body : '';
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
}
