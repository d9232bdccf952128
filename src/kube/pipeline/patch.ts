import { invalid as invalidField } from '../../kernel/field-error.ts';
import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { applyPatch } from '../apply/apply-patch.ts';
import { decodeValue } from '../decode/decode.ts';
import { parseYaml } from '../decode/yaml.ts';
import { served, shownObject } from '../encode/json.ts';
import { collectionOf } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import type { Outcome } from '../outcome.ts';
import type { PatchFailure } from '../patch/failure.ts';
import { goText } from '../patch/go-text.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../patch/strategic-merge.ts';
import type { Schema } from '../schema.ts';
import { badRequest, conflict, invalid, StatusError, unsupportedMediaType } from '../status.ts';
import type { Written } from '../write/context.ts';
import { createObject } from '../write/create.ts';
import { droppedPart } from '../write/fields.ts';
import { existing, updateObject } from '../write/update.ts';
import { checked, fieldValidation, requireBodyWithinLimit, requireWriteOptions, type Submitted, submitted } from './body.ts';
import type { ResourceExchange } from './exchange.ts';
import { negotiate } from './negotiate.ts';
import { isTrue } from './request-info.ts';
import { writtenResponse } from './respond.ts';
import { requireName, updateOptions, versioned } from './write.ts';

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const PATCH_TYPES: ReadonlyMap<string, PatchType> = new Map([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
]);

/** The kind of patch that the request sends. Throws 415. */
export function patchType(contentType: string | undefined): PatchType {
  const type = PATCH_TYPES.get((contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '');
  if (!type) throw unsupportedMediaType('415: Unsupported Media Type');
  return type;
}

/** PATCH of an object or of one of its parts, by any of the four kinds of patch. */
export function patch(exchange: ResourceExchange): HttpResponse {
  const { ports, query, request } = exchange;
  const type = patchType(request.headers['content-type']);
  negotiate(request.headers.accept, false);
  requirePatchOptions(query, type);
  const body = readPatch(request.body, type);
  const written = ports.world.transact((tx) => (type === 'apply' ? apply(exchange, tx, body) : patchObject(exchange, tx, type, body)));
  return writtenResponse(exchange, written, written.outcome === 'created' ? 201 : 200);
}

/** Models metav1 validation.ValidatePatchOptions. */
export function requirePatchOptions(query: URLSearchParams, type: PatchType): void {
  requireWriteOptions(query, 'PatchOptions');
  const of = { group: 'meta.k8s.io', kind: 'PatchOptions' };
  if (type === 'apply' && !query.get('fieldManager')) {
    throw invalid(of, '', [{ kind: 'required', path: 'fieldManager', detail: 'is required for apply patch' }]);
  }
  if (type !== 'apply' && query.has('force')) {
    throw invalid(of, '', [{ kind: 'forbidden', path: 'force', detail: 'may not be specified for non-apply patch' }]);
  }
}

/** The patch as a JSON value. Throws 400 or 413. */
export function readPatch(body: Uint8Array, type: PatchType): Json {
  requireBodyWithinLimit(body);
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (type === 'apply') {
    const { value, error } = parseYaml(text);
    if (!value) throw badRequest(`error decoding YAML: ${error}`);
    return value.value;
  }
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Applies a patch that is no server-side apply to a document of that schema. Throws what upstream answers. */
export function patched(document: JsonObject, body: Json, type: Exclude<PatchType, 'apply'>, schema: Schema): JsonObject {
  let outcome: Outcome<Json, PatchFailure>;
  if (type === 'json') outcome = applyJsonPatch(document, body);
  else if (type === 'merge') outcome = applyMergePatch(document, body);
  else outcome = applyStrategicMergePatch(document, body, schema);
  if (outcome.error) throw patchRefusal(outcome.error);
  if (!isObject(outcome.value)) throw badRequest('the patch does not leave an object');
  return outcome.value;
}

const REASONS: Readonly<Record<PatchFailure['code'], string>> = {
  400: 'BadRequest',
  413: 'RequestEntityTooLarge',
  422: 'Invalid',
  500: '',
};

const patchRefusal = ({ code, message }: PatchFailure): StatusError =>
  new StatusError(
    code,
    REASONS[code],
    code === 422 ? `the server rejected our request due to an error in our request: ${message}` : message,
    code === 422 ? {} : undefined,
  );

function patchObject(exchange: ResourceExchange, tx: Transaction, type: Exclude<PatchType, 'apply'>, body: Json): Written {
  const { resource, info } = exchange;
  const context = versioned(exchange, tx);
  const entry = existing(context, resource.kind, info.namespace, info.name);
  const before = shownObject(served(entry.value, resource), entry.revision);
  const after = patched(before, body, type, resource.schema);
  const decoded = decodeValue(after, resource.schema, fieldValidation(exchange.query));
  if (!decoded.value) throw undecodable(type, body, after, decoded.error);
  for (const warning of decoded.value.warnings) exchange.warnings.add(warning);
  const sent = submitted(exchange, decoded.value.value as JsonObject); // decoding an object gives an object
  requireName(sent.object, info.name);
  return updateObject(context, resource.kind, sent.object, updateOptions(exchange, sent));
}

/** Models apiserver's patch handler: what does not fit the type is a fault of the field "patch". */
function undecodable(type: PatchType, body: Json, after: JsonObject, detail: string): StatusError {
  const value = type === 'strategic' ? goText(body) : JSON.stringify(detail.startsWith('strict') ? body : after);
  return invalid({ group: '', kind: '' }, '', [invalidField('patch', value, detail)]);
}

/** Server-side apply: merges a configuration into the object, or creates it. Merges and owns in the version of the request. */
function apply(exchange: ResourceExchange, tx: Transaction, body: Json): Written {
  const { resource, info, query } = exchange;
  const { kind, schema, apiVersion } = resource;
  const context = versioned(exchange, tx);
  const sent = configuration(exchange, body);
  const entry = tx.get<KubeObject>(collectionOf(kind, context.scope), objectKey(info.namespace, info.name));
  if (!entry && info.subresource) existing(context, kind, info.namespace, info.name);
  if (!entry && sent.expectedUid !== undefined) {
    const what = `uid mismatch: the provided object specified uid ${sent.expectedUid}, and no existing object was found`;
    throw conflict(kind, info.name, what);
  }
  const dropped = droppedPart(kind, info.subresource);
  const outcome = applyPatch({
    manager: context.manager,
    apiVersion,
    subresource: info.subresource,
    nowIso: tx.nowIso,
    schema,
    live: entry && served(entry.value, resource),
    applied: dropped && (entry || !kind.keepsStatusOnCreate) ? without(sent.object, dropped) : sent.object,
    force: isTrue(query.get('force')),
  });
  if (outcome.conflicts) throw new StatusError(409, 'Conflict', outcome.conflicts.message, { causes: outcome.conflicts.causes });
  if (outcome.error) throw outcome.error.code === 400 ? badRequest(outcome.error.message) : new StatusError(500, '', outcome.error.message);
  // Go's zero values come with the decoding, after the merge: a configuration owns only what it says.
  const merged = (decodeValue(outcome.value, schema, 'Ignore').value?.value ?? outcome.value) as KubeObject; // one of the kind
  const object = resource.version.toStored?.(merged) ?? merged;
  if (!entry) return createObject(context, kind, object, true);
  return updateObject(context, kind, object, { ...updateOptions(exchange, sent), tracked: true });
}

function without(object: KubeObject, part: string): KubeObject {
  const { [part]: _, ...rest } = object;
  return rest as KubeObject; // the part is not one of those that every object has
}

/** The applied configuration as it was sent, checked against the schema. */
function configuration(exchange: ResourceExchange, body: Json): Submitted {
  const { resource, info } = exchange;
  if (!isObject(body)) throw badRequest('error decoding YAML: the patch must be an object');
  const { apiVersion = '', kind = '' } = body;
  if (apiVersion === '' || kind === '') throw badRequest(`invalid object type: /${String(apiVersion)}, Kind=${String(kind)}`);
  if (apiVersion !== resource.apiVersion) {
    const specified = `Specified patch version: ${String(apiVersion)}, expected: ${resource.apiVersion}`;
    throw badRequest(`Incorrect version specified in apply patch. ${specified}`);
  }
  const decoded = decodeValue(body, resource.schema, 'Warn');
  const unknown = decoded.value?.warnings.map((text) => text.replace(/^unknown field "(.*)"$/, '.$1: field not declared in schema'));
  if (!unknown || unknown.length > 0) {
    const what = `${info.namespace ?? ''}/${info.name}; ${resource.apiVersion}, Kind=${resource.kind.kind}`;
    const why = unknown ? (unknown.length === 1 ? unknown[0] : `errors:\n  ${unknown.join('\n  ')}`) : decoded.error;
    throw new StatusError(500, '', `failed to create typed patch object (${what}): ${why}`);
  }
  const metadata = isObject(body.metadata) ? body.metadata : {};
  return checked(exchange, { ...body, metadata: { ...metadata, name: metadata.name ?? info.name } });
}
