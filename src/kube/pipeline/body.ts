import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { decodeBody } from '../decode/body.ts';
import type { FieldValidation } from '../decode/decode.ts';
import type { KubeObject } from '../object.ts';
import type { GroupVersionKind } from '../schema/table.ts';
import type { Schema } from '../schema.ts';
import { badRequest, entityTooLarge, invalid, unsupportedMediaType } from '../status.ts';
import type { Exchange, ResourceExchange } from './exchange.ts';
import { parseRevision } from './list-options.ts';

/** Largest body that upstream reads. */
const LIMIT_BYTES = 3 * 1024 * 1024;

const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

export function requireBodyWithinLimit(body: Uint8Array): void {
  if (body.length > LIMIT_BYTES) throw entityTooLarge(LIMIT_BYTES);
}

/** The body as an object of the expected kind. Throws 400, 413 or 415; warnings go to the exchange. */
export function readBody(exchange: Exchange, expected: GroupVersionKind): JsonObject {
  const { request, cluster, query } = exchange;
  requireBodyWithinLimit(request.body);
  const { value, error } = decodeBody({
    body: request.body,
    contentType: request.headers['content-type'] ?? '',
    expected,
    lookup: (kind) => lookup(exchange, kind),
    fieldValidation: fieldValidation(query),
    version: cluster.version,
  });
  if (!value) throw error.status === 415 ? unsupportedMediaType(error.message) : badRequest(error.message);
  for (const warning of value.warnings) exchange.warnings.add(warning);
  return value.value;
}

const lookup = ({ registry }: Exchange, kind: GroupVersionKind): Schema | undefined =>
  kind.kind === 'DeleteOptions'
    ? registry.schemas.definition(DELETE_OPTIONS)
    : registry.schemas.ofKind(kind.group, kind.version, kind.kind);

const VALIDATIONS: readonly string[] = ['Ignore', 'Warn', 'Strict'];

/** The `fieldValidation` parameter, Warn by default. Throws 422 for others. */
export function fieldValidation(query: URLSearchParams): FieldValidation {
  const value = query.get('fieldValidation') || 'Warn';
  if (VALIDATIONS.includes(value)) return value as FieldValidation; // one of the three just compared
  throw invalid({ group: 'meta.k8s.io', kind: 'CreateOptions' }, '', [
    { kind: 'notSupported', path: 'fieldValidation', value, detail: 'supported values: "Ignore", "Strict", "Warn"' },
  ]);
}

/** Refuses parameters of a write that upstream does not know: other dry runs than All, a field manager that is too long. */
export function requireWriteOptions(
  query: URLSearchParams,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions',
): void {
  const dryRun = query.getAll('dryRun');
  const of = { group: 'meta.k8s.io', kind };
  if (dryRun.some((value) => value !== 'All')) {
    throw invalid(of, '', [{ kind: 'notSupported', path: 'dryRun', value: dryRun, detail: 'supported values: "All"' }]);
  }
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128) throw invalid(of, '', [{ kind: 'tooLong', path: 'fieldManager', detail: 'may not be more than 128 bytes' }]);
}

/** An object of a request, with what it says about the state that it was made from. */
export interface Submitted {
  readonly object: KubeObject;
  readonly expectedRevision: number | undefined;
  readonly expectedUid: string | undefined;
}

/** What a client sent, in the served version, once its namespace is found to be that of the path. Throws 400. */
export function checked(exchange: ResourceExchange, value: JsonObject): Submitted {
  const { resource, info } = exchange;
  const { resourceVersion, ...metadata } = metadataOf(value);
  const { namespace, uid } = metadata;
  if (resource.kind.namespaced && namespace !== undefined && namespace !== '' && namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return {
    // Decoding gave the object the fields of its schema; metadata is completed by the write path.
    object: { ...value, metadata: { ...metadata, ...(info.namespace && { namespace: info.namespace }) } } as unknown as KubeObject,
    expectedRevision: typeof resourceVersion === 'string' && resourceVersion !== '0' ? parseRevision(resourceVersion) : undefined,
    expectedUid: typeof uid === 'string' && uid !== '' ? uid : undefined,
  };
}

/** The same, taken into the stored shape. */
export function submitted(exchange: ResourceExchange, value: JsonObject): Submitted {
  const sent = checked(exchange, value);
  const { toStored } = exchange.resource.version;
  return toStored ? { ...sent, object: toStored(sent.object) } : sent;
}

export const metadataOf = (value: JsonObject): { readonly [field: string]: Json | undefined } =>
  isObject(value.metadata) ? value.metadata : {};
