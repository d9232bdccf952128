import type { Handler, HttpRequest, HttpResponse } from '../kernel/http.ts';
import { confirmDevice, showDevicePage } from './device-page.ts';
import { tenantOf } from './directory.ts';
import { type Authority, instanceDiscovery, issuerFor, keySet, openidConfiguration, userRealm } from './discovery.ts';
import { EntraError, errorResponse, invalidRequest, json, missingParameter, requestId } from './errors.ts';
import type { TokenRequest } from './grants/answer.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import { deviceCodeGrant, startDeviceCode } from './grants/device-code.ts';
import { passwordGrant } from './grants/password.ts';
import { refreshTokenGrant } from './grants/refresh-token.ts';
import type { EntraPorts, Later } from './ports.ts';

type Grant = (ports: EntraPorts, request: TokenRequest) => Later<HttpResponse>;

const GRANTS: { readonly [grantType: string]: Grant } = {
  client_credentials: clientCredentials,
  password: passwordGrant,
  refresh_token: refreshTokenGrant,
  'urn:ietf:params:oauth:grant-type:device_code': deviceCodeGrant,
  device_code: deviceCodeGrant,
};

/** Names of "any tenant of this authority". */
const ANY_TENANT = ['common', 'organizations', 'consumers'];

/** What a path asks for, once tenant and `/adfs` are taken off it. */
interface Asked {
  readonly request: HttpRequest;
  readonly authority: Authority;
  readonly isV1: boolean;
}

const ROUTES: { readonly [methodAndPath: string]: (ports: EntraPorts, asked: Asked) => Later<HttpResponse> } = {
  'GET .well-known/openid-configuration': (_, { authority }) => openidConfiguration(authority),
  'GET v2.0/.well-known/openid-configuration': (_, { authority }) => openidConfiguration({ ...authority, isV2: true }),
  'GET discovery/v2.0/keys': keySet,
  'GET discovery/keys': keySet,
  'GET discovery/instance': (_, { authority }) => instanceDiscovery(authority.origin, authority.tenantId),
  'GET devicelogin': showDevicePage,
  'POST devicelogin': (ports, { request }) => confirmDevice(ports, formOf(request)),
  'POST oauth2/v2.0/token': token,
  'POST oauth2/token': token,
  'POST oauth2/v2.0/devicecode': (ports, asked) => startDeviceCode(ports, tokenRequest(asked)),
  'POST oauth2/devicecode': (ports, asked) => startDeviceCode(ports, tokenRequest(asked)),
};

/** The token service of one world: login.microsoftonline.com, or `/adfs` at an explicit endpoint. */
export const entraHandler =
  (ports: EntraPorts): Handler =>
  async (request) => {
    try {
      return await answer(ports, request);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return errorResponse(error, request, requestId(ports.newSecret()), ports.hostNowMs());
    }
  };

/** True for paths that the token service answers at an endpoint that it shares with other services. */
export const isEntraPath = (path: string): boolean =>
  /^\/+(adfs(\/|$)|devicelogin$|[^/]+\/(v2\.0\/)?\.well-known\/openid-configuration$|[^/]+\/(oauth2|discovery|userrealm)\/|common\/)/i.test(
    path,
  );

function answer(ports: EntraPorts, request: HttpRequest): Later<HttpResponse> {
  const segments = request.path.split('/').filter((segment) => segment !== '');
  const isAdfs = segments[0]?.toLowerCase() === 'adfs';
  if (isAdfs) segments.shift();
  const tenantId = takeTenant(ports, segments);
  const path = segments.join('/').toLowerCase();
  const isV1 = path === 'oauth2/token' || path === 'oauth2/devicecode';
  const authority = { origin: request.origin, isAdfs, isV2: !isV1 && path.includes('v2.0'), tenantId };
  if (request.method === 'GET' && segments[0]?.toLowerCase() === 'userrealm' && segments[1])
    return userRealm(segments[1].replaceAll(/%40/g, '@'));
  const route = ROUTES[`${request.method} ${path}`];
  if (route) return route(ports, { request, authority, isV1 });
  const otherMethod = ['GET', 'POST'].some((method) => ROUTES[`${method} ${path}`]);
  if (otherMethod)
    return errorResponse(
      new EntraError(405, 'invalid_request', 900561, `The endpoint does not accept ${request.method} requests.`),
      request,
      requestId(ports.newSecret()),
      ports.hostNowMs(),
    );
  if (path.endsWith('/authorize')) return notBuilt('interactive sign-in (authorization code)');
  return json(404, { error: 'not_found', error_description: `No such page: ${request.path}` });
}

const notBuilt = (what: string): HttpResponse =>
  json(501, { error: 'temporarily_unavailable', error_description: `Slipway does not have ${what}; sign in with a device code instead.` });

/** Takes the tenant off the path, where it has one. Throws for a tenant that is not ours. */
function takeTenant(ports: EntraPorts, segments: string[]): string {
  const { id, defaultDomain } = tenantOf(ports.world.reader);
  const named = segments[0]?.toLowerCase();
  if (named === undefined || ROUTE_ROOTS.has(named)) return id;
  segments.shift();
  if (named === id || named === defaultDomain || ANY_TENANT.includes(named)) return id;
  throw invalidRequest(
    90002,
    `Tenant '${named}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

const ROUTE_ROOTS = new Set(['oauth2', 'discovery', '.well-known', 'v2.0', 'devicelogin', 'userrealm']);

function token(ports: EntraPorts, asked: Asked): Later<HttpResponse> {
  const request = tokenRequest(asked);
  const type = request.form.get('grant_type');
  if (!type) throw missingParameter('grant_type');
  const grant = Object.hasOwn(GRANTS, type) ? GRANTS[type] : undefined;
  if (!grant) throw new EntraError(400, 'unsupported_grant_type', 70003, `The app requested an unsupported grant type '${type}'.`);
  return grant(ports, request);
}

function tokenRequest({ request, authority, isV1 }: Asked): TokenRequest {
  return { form: withBasic(formOf(request), request), isV1, issuer: issuerFor({ ...authority, isV2: true }), origin: request.origin };
}

function formOf(request: HttpRequest): URLSearchParams {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded/i.test(type))
    throw invalidRequest(900144, 'The request body must be of type application/x-www-form-urlencoded.');
  return new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** Client id and secret may come as Basic authentication (RFC 6749 §2.3.1). */
function withBasic(form: URLSearchParams, request: HttpRequest): URLSearchParams {
  const basic = /^basic ([a-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!basic) return form;
  const [, id = '', secret = ''] = /^([^:]*):?(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? [];
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? '';
  if (!form.has('client_id')) form.set('client_id', decode(id));
  if (!form.has('client_secret')) form.set('client_secret', decode(secret));
  return form;
}
