import { stringify } from 'yaml';
import type { Entry } from '../../kernel/collection.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { encodedObject, encodedTail, encodeTail, objectHead, served, shownMetadata, shownObject } from '../encode/json.ts';
import { encodedMessage, storedMessage } from '../encode/protobuf.ts';
import { flowHeaders } from '../flow/flow-headers.ts';
import type { KubeObject } from '../object.ts';
import { encodeEnvelope } from '../protobuf/encode.ts';
import type { ServedResource } from '../registry/registry.ts';
import type { StatusError } from '../status.ts';
import { renderTable } from '../table/table.ts';
import type { Written } from '../write/context.ts';
import { computed } from './computed.ts';
import type { Exchange, ResourceExchange } from './exchange.ts';
import { type Format, negotiate, type Representation, tableNotAcceptable } from './negotiate.ts';
import { isTrue } from './request-info.ts';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
};
const NEWLINE = Buffer.from('\n');

/** Headers that every answer has. */
export function headersOf(exchange: Exchange, contentType: string): Record<string, string> {
  return {
    'audit-id': exchange.auditId,
    'cache-control': 'no-cache, private',
    'content-type': contentType,
    ...flowHeaders(exchange),
    ...(exchange.warnings.size > 0 && { warning: warningHeader(exchange.warnings) }),
  };
}

/** RFC 7234 warnings as apiserver writes them, one header joined by commas. */
const warningHeader = (texts: ReadonlySet<string>): string =>
  [...texts].map((text) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[\r\n]+/g, ' ')}"`).join(', ');

/** Whether to indent: asked for, or because the client is curl or Wget, whose users read the answer. */
export function isPretty({ query, request }: Pick<Exchange, 'query' | 'request'>): boolean {
  if (query.has('pretty')) return isTrue(query.get('pretty'));
  const agent = request.headers['user-agent'] ?? '';
  return agent.startsWith('curl') || agent.startsWith('Wget') || agent.startsWith('Mozilla/5.0');
}

/** Any JSON document in the wanted format (JSON or YAML; protobuf clients read JSON too). */
export function documentResponse(exchange: Exchange, document: Json, status = 200, format: Format = 'json'): HttpResponse {
  if (format === 'yaml') {
    return {
      status,
      headers: headersOf(exchange, CONTENT_TYPES.yaml),
      body: stringify(document, { sortMapEntries: true, version: '1.1', indentSeq: false, aliasDuplicateObjects: false }),
    };
  }
  const body = isPretty(exchange) ? JSON.stringify(document, null, 2) : `${JSON.stringify(document)}\n`;
  return { status, headers: headersOf(exchange, CONTENT_TYPES.json), body };
}

/** A refusal as a Status object. */
export function refusalResponse(exchange: Exchange, error: StatusError): HttpResponse {
  const retry = error.details?.retryAfterSeconds;
  // Upstream falls back to an indenting serializer when negotiation itself has failed.
  const body = error.code === 406 || isPretty(exchange) ? JSON.stringify(error.status, null, 2) : `${JSON.stringify(error.status)}\n`;
  const headers = headersOf(exchange, CONTENT_TYPES.json);
  return { status: error.code, headers: { ...headers, ...(retry && { 'retry-after': String(retry) }) }, body };
}

/** The answer of a write. */
export const writtenResponse = (exchange: ResourceExchange, written: Written, status = 200): HttpResponse => ({
  ...objectResponse(exchange, written.object, written.revision, written.entry, status),
  ...(written.revision !== undefined && { revision: written.revision }),
});

/** One object in the form that the client accepts. `entry` holds it, when it is what is stored. */
export function objectResponse(
  exchange: ResourceExchange,
  object: KubeObject,
  revision: number | undefined,
  entry: Entry<KubeObject> | undefined,
  status = 200,
): HttpResponse {
  const form = negotiate(exchange.request.headers.accept, false);
  const { resource } = exchange;
  if (form.format === 'protobuf' && !form.as) {
    const body = encodeEnvelope(messageOf(exchange, object, revision, entry), resource.apiVersion, resource.kind.kind);
    return { status, headers: headersOf(exchange, CONTENT_TYPES.protobuf), body };
  }
  if (form.as || form.format !== 'json' || isPretty(exchange)) {
    return documentResponse(exchange, transformed(exchange, form, object, revision), status, form.format);
  }
  const body = isShownAsStored(resource, object, entry)
    ? encodedObject(entry, resource)
    : Buffer.concat([objectHead(resource), tailOf(exchange, object, revision), NEWLINE]);
  return { status, headers: headersOf(exchange, CONTENT_TYPES.json), body };
}

/** Whether an entry's encoded form is what clients see: the object is the stored one, and nothing in it depends on the clock. */
const isShownAsStored = (resource: ServedResource, object: KubeObject, entry: Entry<KubeObject> | undefined): entry is Entry<KubeObject> =>
  entry !== undefined && entry.value === object && !resource.kind.computed;

/** JSON of an object from its metadata on; cached where nothing in it depends on the clock. */
export function tailOf(exchange: ResourceExchange, object: KubeObject, revision: number | undefined, entry?: Entry<KubeObject>): Buffer {
  const { resource } = exchange;
  if (isShownAsStored(resource, object, entry)) return encodedTail(entry, resource);
  return encodeTail(served(computed(exchange, object), resource), revision);
}

/** The protobuf message of an object, cached like its JSON. */
export function messageOf(
  exchange: ResourceExchange,
  object: KubeObject,
  revision: number | undefined,
  entry?: Entry<KubeObject>,
): Uint8Array {
  const { resource, registry } = exchange;
  if (isShownAsStored(resource, object, entry)) return storedMessage(entry, resource, registry.version);
  return encodedMessage(shownObject(served(computed(exchange, object), resource), revision), resource.schema.name ?? '', registry.version);
}

/** The object as a document: as it is, as a table of one row, or as its metadata alone. */
function transformed(exchange: ResourceExchange, form: Representation, object: KubeObject, revision: number | undefined): JsonObject {
  if (form.as === 'Table') {
    if (form.format === 'protobuf') throw tableNotAcceptable();
    return renderTable(exchange, form.metaVersion, [{ object, revision }], {
      ...(revision !== undefined && { resourceVersion: String(revision) }),
    });
  }
  const shaped = served(computed(exchange, object), exchange.resource);
  const metadata = shownMetadata(shaped.metadata, revision);
  if (form.as) return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${form.metaVersion}`, metadata };
  const { kind, apiVersion, metadata: _, ...rest } = shaped;
  return { kind, apiVersion, metadata, ...rest };
}
