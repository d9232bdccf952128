import type { Handler, HttpRequest, HttpResponse } from '../../kernel/http.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import { json, requestId } from '../errors.ts';
import type { EntraPorts } from '../ports.ts';
import type { VerifyToken } from '../verify.ts';
import { badRequest, GraphError, graphErrorResponse, notImplemented } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { ROUTES, type Route } from './routes.ts';

export interface GraphPorts extends EntraPorts {
  readonly verifyToken: VerifyToken;
}

const AUDIENCES = [
  'https://graph.microsoft.com',
  'https://graph.microsoft.com/',
  '00000003-0000-0000-c000-000000000000',
  'https://graph.windows.net',
  'https://graph.windows.net/',
];

/** The part of Microsoft Graph that Azure's clients need. Everything needs a token for Graph; writes need an administrator. */
export const graphHandler =
  (ports: GraphPorts): Handler =>
  async (request) => {
    try {
      return await answer(ports, request);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const id = requestId(ports.newSecret());
      return graphErrorResponse(error, id, request.headers['client-request-id'] ?? id, ports.hostNowMs());
    }
  };

async function answer(ports: GraphPorts, request: HttpRequest): Promise<HttpResponse> {
  const claims = await authenticate(ports, request);
  const [version = '', ...segments] = request.path.split('/').filter((segment) => segment !== '');
  if (version !== 'v1.0' && version !== 'beta') throw badRequest(`Invalid version: ${version}`, 'BadRequest');
  const decoded = segments.map(decodedSegment);
  const found = routeFor(request.method, keyed(decoded));
  if (!found) throw unknownPath(request.method, decoded);
  const exchange: Exchange = {
    ports,
    claims,
    parameters: found.parameters,
    query: new URLSearchParams(request.search),
    body: bodyOf(request),
    base: `${request.origin}/${version}`,
  };
  const { status, body } = found.route(exchange);
  const { revision } = ports.world.reader;
  if (body === undefined) return { status, headers: {}, body: '', revision };
  const contentType = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';
  return json(status, body, { revision, headers: { 'content-type': contentType, 'odata-version': '4.0' } });
}

async function authenticate(ports: GraphPorts, request: HttpRequest): Promise<Exchange['claims']> {
  const token = /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) throw new GraphError(401, 'InvalidAuthenticationToken', 'Access token is empty.');
  // At an explicit endpoint Graph's resource id is the endpoint itself.
  const own = request.via === 'endpoint' ? [request.origin, `${request.origin}/`] : [];
  const verdict = await ports.verifyToken(token.trim(), { audiences: [...AUDIENCES, ...own], nowMs: ports.hostNowMs() });
  if ('claims' in verdict) return verdict.claims;
  const messages = {
    malformed: 'CompactToken parsing failed.',
    signature: 'Access token validation failure. Invalid signature.',
    issuer: 'Access token validation failure. Invalid issuer.',
    audience: 'Access token validation failure. Invalid audience.',
    expired: 'Lifetime validation failed, the token is expired.',
    notYetValid: 'Lifetime validation failed, the token is not valid yet.',
  };
  throw new GraphError(401, 'InvalidAuthenticationToken', messages[verdict.refusal]);
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('Resource not found for the segment.', 'BadRequest');
  }
}

/** `applications(appId='x')` is `applications/appId=x`. */
const keyed = (segments: readonly string[]): string[] =>
  segments.flatMap((segment) => {
    const match = /^(\w+)\((?:(appId)=)?'([^']*)'\)$/i.exec(segment);
    if (!match) return [segment];
    const [, kind = '', byAppId, key = ''] = match;
    return [kind, byAppId ? `appId=${key}` : key];
  });

/** Literal segments win over parameters: `directoryObjects/getByIds` is no object. */
function routeFor(method: string, segments: readonly string[]): { route: Route; parameters: string[] } | undefined {
  const literal = ROUTES[`${method} ${segments.join('/').toLowerCase()}`];
  if (literal) return { route: literal, parameters: [] };
  // In every route with parameters they stand at the odd places.
  const pattern = segments.map((segment, i) => (i % 2 === 1 ? '{}' : segment.toLowerCase()));
  for (const path of [pattern, withLiteralAt(pattern, segments, 3)]) {
    const route = ROUTES[`${method} ${path.join('/')}`];
    if (route) return { route, parameters: segments.filter((_, i) => path[i] === '{}') };
  }
  return undefined;
}

/** The same pattern with the segment at `place` as it stands: `groups/{}/members/$ref`. */
const withLiteralAt = (pattern: readonly string[], segments: readonly string[], place: number): string[] =>
  pattern.map((segment, i) => (i === place ? (segments[i] ?? '').toLowerCase() : segment));

function unknownPath(method: string, segments: readonly string[]): GraphError {
  const root = segments[0]?.toLowerCase() ?? '';
  const isKnown = Object.keys(ROUTES).some((key) => key.split(' ')[1]?.split('/')[0] === root);
  if (isKnown) return notImplemented(`${method} ${segments.join('/')}`);
  return badRequest(`Resource not found for the segment '${segments[0] ?? ''}'.`, 'BadRequest');
}

function bodyOf(request: HttpRequest): JsonObject {
  if (request.body.length === 0) return {};
  try {
    const body: unknown = JSON.parse(Buffer.from(request.body).toString('utf8'));
    if (isObject(body)) return body;
  } catch {
    // Refused below, as any other body that is no object.
  }
  throw badRequest(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    'BadRequest',
  );
}
