import { sha256Hex } from '../../kernel/hash.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import { encodeOpenApiV2 } from '../openapi/gnostic.ts';
import { openApiV2Document } from '../openapi/v2.ts';
import { documentUrl, openApiV3Document, openApiV3Hash, openApiV3Index } from '../openapi/v3.ts';
import type { Registry } from '../registry/registry.ts';
import { methodNotAllowed } from '../status.ts';
import type { Exchange } from './exchange.ts';
import { acceptClauses } from './negotiate.ts';
import { headersOf } from './respond.ts';

const V3 = '/openapi/v3';
const YEAR_MS = 31_536_000_000;
const GNOSTIC = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Answers paths under /openapi; undefined for all others. */
export function openApiResponse(exchange: Exchange, path: string): HttpResponse | Promise<HttpResponse> | undefined {
  if (path !== '/openapi/v2' && path !== V3 && !path.startsWith(`${V3}/`)) return undefined;
  if (exchange.request.method !== 'GET') throw methodNotAllowed();
  if (path === '/openapi/v2') return version2(exchange);
  if (path === V3) {
    const body = JSON.stringify(openApiV3Index(exchange.registry));
    return { status: 200, headers: { ...headersOf(exchange, 'application/json'), etag: `"${sha256Hex(body).toUpperCase()}"` }, body };
  }
  return version3(exchange, path.slice(V3.length + 1));
}

/** A document of one group version. With the right hash it may be cached for good, with a wrong one the client is sent to the right one. */
async function version3(exchange: Exchange, path: string): Promise<HttpResponse> {
  const { registry } = exchange;
  const hash = openApiV3Hash(registry, path);
  const body = hash === undefined ? undefined : await openApiV3Document(registry, path);
  if (hash === undefined || !body) {
    return { status: 404, headers: headersOf(exchange, 'text/plain; charset=utf-8'), body: '404 page not found\n' };
  }
  const asked = exchange.query.get('hash');
  if (asked !== null && asked !== hash) {
    return { status: 301, headers: { ...headersOf(exchange, 'text/html; charset=utf-8'), location: documentUrl(path, hash) }, body: '' };
  }
  const caching =
    asked === null ? {} : { 'cache-control': 'public, immutable', expires: new Date(exchange.ports.hostNowMs() + YEAR_MS).toUTCString() };
  return conditional(exchange, {
    status: 200,
    headers: { ...headersOf(exchange, 'application/json'), vary: 'Accept', etag: `"${hash}"`, ...caching },
    body,
  });
}

type Encoded = Promise<{ readonly body: Uint8Array; readonly etag: string }>;
const version2Bodies = new WeakMap<Registry, { json?: Encoded; protobuf?: Encoded }>();

async function version2(exchange: Exchange): Promise<HttpResponse> {
  const wantsProtobuf = acceptClauses(exchange.request.headers.accept ?? '').find(
    ({ mediaType }) => mediaType === 'application/json' || mediaType === '*/*' || isGnostic(mediaType),
  );
  const isProtobuf = wantsProtobuf !== undefined && isGnostic(wantsProtobuf.mediaType);
  const { registry } = exchange;
  const bodies = version2Bodies.get(registry) ?? {};
  version2Bodies.set(registry, bodies);
  const form = isProtobuf ? 'protobuf' : 'json';
  bodies[form] ??= version2Body(registry, isProtobuf);
  const { body, etag } = await bodies[form];
  const headers = { ...headersOf(exchange, isProtobuf ? GNOSTIC : 'application/json'), vary: 'Accept', etag };
  return conditional(exchange, { status: 200, headers, body });
}

/** Both spellings that clients send. */
const isGnostic = (mediaType: string): boolean => /^application\/com\.github\.proto-openapi\.spec\.v2[.@]v1\.0\+protobuf$/.test(mediaType);

async function version2Body(registry: Registry, isProtobuf: boolean) {
  const document = await openApiV2Document(registry);
  const body = isProtobuf ? encodeOpenApiV2(document) : Buffer.from(JSON.stringify(document));
  return { body, etag: `"${sha256Hex(body).toUpperCase()}"` };
}

function conditional(exchange: Exchange, response: HttpResponse): HttpResponse {
  const isKnown = exchange.request.headers['if-none-match'] === response.headers.etag;
  return isKnown ? { ...response, status: 304, body: '' } : response;
}
