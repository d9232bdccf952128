import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { applyPatch } from '../apply/apply-patch.ts';
import { recordUpdate } from '../apply/record-update.ts';
import { objectManagedFields, scaleManagedFields } from '../apply/scale.ts';
import { decodeValue } from '../decode/decode.ts';
import { shownMetadata } from '../encode/json.ts';
import type { ScalePaths } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { labelSelectorOf } from '../selectors/label-selector.ts';
import type { Requirement } from '../selectors/requirement.ts';
import { badRequest, StatusError } from '../status.ts';
import { storedApiVersion, type Written } from '../write/context.ts';
import { existing, updateObject } from '../write/update.ts';
import { fieldValidation, metadataOf, readBody, requireWriteOptions } from './body.ts';
import { type ResourceExchange, writeContextOf } from './exchange.ts';
import { parseRevision } from './list-options.ts';
import { negotiate } from './negotiate.ts';
import { patched, patchType, readPatch, requirePatchOptions } from './patch.ts';
import { isTrue } from './request-info.ts';
import { documentResponse } from './respond.ts';

const GVK = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const API_VERSION = 'autoscaling/v1';

/** GET, PUT and PATCH of /scale: an autoscaling/v1 Scale that stands for the object's replicas. */
export function scale(exchange: ResourceExchange): HttpResponse {
  const { info, resource, ports, query } = exchange;
  const form = negotiate(exchange.request.headers.accept, false);
  const paths = resource.kind.scale as ScalePaths; // dispatch asked for it
  const answer = (object: KubeObject, revision: number | undefined) => ({
    ...documentResponse(exchange, scaleOf(object, revision, paths), 200, form.format),
    ...(revision !== undefined && { revision }),
  });
  if (info.verb === 'get') {
    const { value, revision } = existing(
      { tx: ports.world.reader as Transaction, scope: exchange.cluster.scope },
      resource.kind,
      info.namespace,
      info.name,
    );
    return answer(value, revision);
  }
  const change = info.verb === 'patch' ? patchChange(exchange) : putChange(exchange);
  requireWriteOptions(query, info.verb === 'patch' ? 'PatchOptions' : 'UpdateOptions');
  const written = ports.world.transact((tx) => write(exchange, tx, paths, change));
  return answer(written.object, written.revision);
}

/** A wanted Scale, made from the present one. `managedFields` are settled where server-side apply did that. */
interface Wanted {
  readonly scale: JsonObject;
  readonly isTracked: boolean;
}
type MakeScale = (present: JsonObject) => Wanted;

const schemaOf = (exchange: ResourceExchange) => {
  const schema = exchange.registry.schemas.ofKind(GVK.group, GVK.version, GVK.kind);
  if (!schema) throw new Error('no schema for autoscaling/v1 Scale');
  return schema;
};

function putChange(exchange: ResourceExchange): MakeScale {
  const body = readBody(exchange, GVK);
  const { name } = metadataOf(body);
  if (name !== exchange.info.name) {
    throw badRequest(
      name
        ? `the name of the object (${String(name)}) does not match the name on the URL (${exchange.info.name})`
        : 'name must be provided',
    );
  }
  return () => ({ scale: body, isTracked: false });
}

function patchChange(exchange: ResourceExchange): MakeScale {
  const { request, query } = exchange;
  const type = patchType(request.headers['content-type']);
  requirePatchOptions(query, type);
  const body = readPatch(request.body, type);
  const schema = schemaOf(exchange);
  if (type !== 'apply') {
    return (present) => {
      const decoded = decodeValue(patched(present, body, type, schema), schema, fieldValidation(query));
      if (!decoded.value) throw badRequest(decoded.error);
      return { scale: decoded.value.value as JsonObject, isTracked: false }; // an object stays one
    };
  }
  if (!isObject(body)) throw badRequest('error decoding YAML: the patch must be an object');
  return (present) => {
    const { resourceVersion: _, ...metadata } = metadataOf(present);
    const outcome = applyPatch({
      manager: query.get('fieldManager') ?? '',
      apiVersion: API_VERSION,
      subresource: 'scale',
      nowIso: new Date(exchange.ports.world.nowMs).toISOString().slice(0, 19) + 'Z',
      schema,
      live: { ...present, metadata: metadata as JsonObject },
      applied: body,
      force: isTrue(query.get('force')),
    });
    if (outcome.conflicts) throw new StatusError(409, 'Conflict', outcome.conflicts.message, { causes: outcome.conflicts.causes });
    if (outcome.error) throw badRequest(outcome.error.message);
    return { scale: outcome.value, isTracked: true };
  };
}

function write(exchange: ResourceExchange, tx: Transaction, paths: ScalePaths, make: MakeScale): Written {
  const { resource, info } = exchange;
  const { kind } = resource;
  const context = writeContextOf(exchange, tx);
  const entry = existing(context, kind, info.namespace, info.name);
  const present = scaleOf(entry.value, entry.revision, paths, true);
  const wanted = make(present);
  const replicas = isObject(wanted.scale.spec) ? (wanted.scale.spec.replicas ?? 0) : 0;
  const sent = metadataOf(wanted.scale);
  const expected = typeof sent.resourceVersion === 'string' ? parseRevision(sent.resourceVersion) : undefined;
  const settled = wanted.isTracked
    ? wanted.scale
    : recordUpdate({
        manager: context.manager,
        apiVersion: API_VERSION,
        subresource: 'scale',
        nowIso: tx.nowIso,
        schema: schemaOf(exchange),
        live: withoutRevision(present),
        next: { ...withoutRevision(present), spec: { replicas } },
      });
  const { managedFields: stored } = entry.value.metadata;
  const managedFields = objectManagedFields(stored, metadataOf(settled).managedFields, storedApiVersion(kind), paths.specReplicas);
  const metadata = { ...entry.value.metadata, ...(managedFields && { managedFields }) };
  const object = setPath({ ...entry.value, metadata }, paths.specReplicas, replicas);
  return updateObject(context, kind, object, { tracked: true, ...(expected !== undefined && { expectedRevision: expected }) });
}

function withoutRevision(value: JsonObject): JsonObject {
  const { resourceVersion: _, ...metadata } = metadataOf(value);
  return { ...value, metadata: metadata as JsonObject }; // what is left are values
}

const steps = (path: string): string[] => path.split('.').filter((step) => step !== '');

function getPath(value: Json | undefined, path: string): Json | undefined {
  let current = value;
  for (const step of steps(path)) current = isObject(current) ? current[step] : undefined;
  return current;
}

function setPath(object: KubeObject, path: string, value: Json): KubeObject {
  const set = (target: JsonObject, [step = '', ...rest]: string[]): JsonObject => {
    const inner = target[step];
    return { ...target, [step]: rest.length === 0 ? value : set(isObject(inner) ? inner : {}, rest) };
  };
  return set(object as unknown as JsonObject, steps(path)) as unknown as KubeObject; // one number differs
}

/** The Scale that stands for an object. Models the ScaleREST of apps and core. */
function scaleOf(object: KubeObject, revision: number | undefined, paths: ScalePaths, withManagers = false): JsonObject {
  const { name, namespace, uid, creationTimestamp, managedFields } = object.metadata;
  const owners = withManagers ? scaleManagedFields(managedFields, paths.specReplicas) : undefined;
  const metadata = shownMetadata(
    { name, ...(namespace && { namespace }), uid, creationTimestamp, ...(owners && { managedFields: owners }) },
    revision,
  );
  const replicas = getPath(object, paths.specReplicas);
  const selector = selectorText(getPath(object, paths.selector));
  return {
    kind: 'Scale',
    apiVersion: API_VERSION,
    metadata,
    spec: typeof replicas === 'number' && replicas !== 0 ? { replicas } : {},
    status: { replicas: getPath(object, paths.statusReplicas) ?? 0, ...(selector && { selector }) },
  };
}

/** A LabelSelector, or the map of a ReplicationController, as selector text. */
function selectorText(selector: Json | undefined): string {
  if (!isObject(selector)) return '';
  const isSelector = 'matchLabels' in selector || 'matchExpressions' in selector;
  const parsed = labelSelectorOf(isSelector ? selector : { matchLabels: selector }).value;
  return parsed?.requirements.map(requirementText).join(',') ?? '';
}

function requirementText({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${[...values].sort().join(',')})`;
  return `${key}${operator}${values[0] ?? ''}`;
}
