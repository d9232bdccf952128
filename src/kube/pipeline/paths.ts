import type { HttpResponse } from '../../kernel/http.ts';
import { chain } from '../authn/authenticate.ts';
import { renderMetrics } from '../metrics/metrics.ts';
import { discoveryOf } from '../registry/discovery.ts';
import { methodNotAllowed } from '../status.ts';
import type { Exchange } from './exchange.ts';
import { gauges } from './gauges.ts';
import { acceptClauses, negotiate } from './negotiate.ts';
import { openApiResponse } from './open-api.ts';
import type { Later } from './ports.ts';
import { documentResponse, headersOf } from './respond.ts';
import { versionDocument } from './version.ts';

const TEXT = 'text/plain; charset=utf-8';

/** Go's answer for a path that nobody serves. */
export const plainNotFound = (exchange: Exchange): HttpResponse => ({
  status: 404,
  headers: { ...headersOf(exchange, TEXT), 'x-content-type-options': 'nosniff' },
  body: '404 page not found\n',
});

/** Answers a path that names no resource: discovery, health, version, metrics, OpenAPI, token issuer. */
export function pathResponse(exchange: Exchange): Later<HttpResponse> {
  const { request } = exchange;
  const path = request.path.length > 1 && request.path.endsWith('/') ? request.path.slice(0, -1) : request.path;
  const openApi = openApiResponse(exchange, path);
  if (openApi) return openApi;
  const serve = FIXED[path];
  if (serve) return isRead(exchange) ? serve(exchange) : refuse();
  const [, root = '', ...rest] = path.split('/');
  if (HEALTH.has(root)) return healthCheck(exchange, root, rest);
  const document = discoveryDocument(exchange, root, rest);
  if (!document) return plainNotFound(exchange);
  return isRead(exchange) ? document : refuse();
}

const isRead = ({ request }: Exchange): boolean => request.method === 'GET';
const refuse = (): never => {
  throw methodNotAllowed();
};

const FIXED: Readonly<Record<string, (exchange: Exchange) => Later<HttpResponse>>> = {
  '/': (exchange) => indented(exchange, { paths: pathsOf(exchange) }),
  '/api': (exchange) => aggregatedOr(exchange, 'api', () => coreVersions(exchange)),
  '/apis': (exchange) => aggregatedOr(exchange, 'apis', () => ({ ...discoveryOf(exchange.registry).groups })),
  '/version': (exchange) => indented(exchange, versionDocument(exchange.cluster.version)),
  '/metrics': (exchange) => ({
    status: 200,
    headers: headersOf(exchange, 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores'),
    body: renderMetrics(exchange.cluster.scope, gauges(exchange)),
  }),
  '/.well-known/openid-configuration': (exchange) => issuerDocument(exchange),
  '/openid/v1/jwks': (exchange) =>
    chain(exchange.ports.serviceAccountKeys(exchange.cluster.scope), (keys) => ({
      status: 200,
      headers: { ...headersOf(exchange, 'application/jwk-set+json'), 'cache-control': 'public, max-age=3600' },
      body: JSON.stringify(keys),
    })),
};

const indented = (exchange: Exchange, document: object): HttpResponse => ({
  status: 200,
  headers: headersOf(exchange, 'application/json'),
  body: JSON.stringify(document, null, 2),
});

const coreVersions = (exchange: Exchange) =>
  discoveryOf(exchange.registry).coreVersions(exchange.request.origin.replace(/^[a-z]+:\/\//, ''));

/** The aggregated form where the client accepts it first, else the legacy one. */
function aggregatedOr(exchange: Exchange, root: 'api' | 'apis', legacy: () => ReturnType<typeof coreVersions>): HttpResponse {
  const { headers } = exchange.request;
  for (const { mediaType, parameters } of acceptClauses(headers.accept ?? '')) {
    if (mediaType !== 'application/json') continue;
    const version = parameters.get('v');
    if (parameters.get('as') === undefined) break;
    if (parameters.get('as') !== 'APIGroupDiscoveryList' || parameters.get('g') !== 'apidiscovery.k8s.io') continue;
    if (version !== 'v2' && version !== 'v2beta1') continue;
    const { body, etag } = discoveryOf(exchange.registry).aggregated(root, version);
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const shared = { ...headersOf(exchange, contentType), 'cache-control': 'public', vary: 'Accept', etag };
    return headers['if-none-match'] === etag ? { status: 304, headers: shared, body: '' } : { status: 200, headers: shared, body };
  }
  const form = negotiate(headers.accept?.includes('as=') ? undefined : headers.accept, false);
  const response = documentResponse(exchange, legacy(), 200, form.format);
  return { ...response, headers: { ...response.headers, vary: 'Accept' } };
}

/** Legacy documents below the roots. */
function discoveryDocument(exchange: Exchange, root: string, rest: readonly string[]): HttpResponse | undefined {
  const documents = discoveryOf(exchange.registry);
  const [first = '', second] = rest;
  const document =
    root === 'api' && rest.length === 1
      ? documents.resources('', first)
      : root === 'apis' && rest.length === 1
        ? documents.group(first)
        : root === 'apis' && rest.length === 2
          ? documents.resources(first, second ?? '')
          : undefined;
  if (!document) return undefined;
  return documentResponse(exchange, document, 200, negotiate(exchange.request.headers.accept, false).format);
}

function pathsOf({ registry }: Exchange): string[] {
  const groups = registry.groupVersions.filter(({ group }) => group !== '');
  const apis = groups.flatMap(({ group, version }) => [`/apis/${group}`, `/apis/${group}/${version}`]);
  const fixed = Object.keys(FIXED).filter((path) => path !== '/');
  const health = [...HEALTH].flatMap((root) => [`/${root}`, ...CHECKS.map((check) => `/${root}/${check}`)]);
  return [...new Set([...fixed, '/api/v1', '/apis/', ...apis, ...health, '/openapi/v2', '/openapi/v3', '/openapi/v3/'])].sort();
}

const HEALTH: ReadonlySet<string> = new Set(['livez', 'readyz', 'healthz']);
/** Checks that this process really has: it answers, its log takes writes, controllers are not stuck in the past. */
const CHECKS: readonly string[] = ['ping', 'log', 'etcd', 'informer-sync'];

function healthCheck(exchange: Exchange, root: string, [check, ...more]: readonly string[]): HttpResponse {
  const headers = { ...headersOf(exchange, TEXT), 'x-content-type-options': 'nosniff' };
  if (more.length > 0 || (check !== undefined && !CHECKS.includes(check))) return plainNotFound(exchange);
  if (!exchange.query.has('verbose') || check !== undefined) return { status: 200, headers, body: 'ok' };
  return { status: 200, headers, body: `${CHECKS.map((name) => `[+]${name} ok\n`).join('')}${root} check passed\n` };
}

function issuerDocument(exchange: Exchange): HttpResponse {
  const { cluster, request } = exchange;
  const document = {
    issuer: cluster.issuer,
    jwks_uri: `${request.origin}/openid/v1/jwks`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
  return {
    status: 200,
    headers: { ...headersOf(exchange, 'application/json'), 'cache-control': 'public, max-age=3600' },
    body: JSON.stringify(document),
  };
}
