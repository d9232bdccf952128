import { RevisionConflict } from '../../kernel/store.ts';
import { admitMutating, admitValidating } from '../admission/plugin.ts';
import type { NewObject } from '../cluster.ts';
import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { alreadyExists, generateNameConflict } from '../status.ts';
import { kindContextOf, storedApiVersion, type WriteContext, type Written } from './context.ts';
import { trackFields } from './fields.ts';
import { generatedName, withMetadata } from './metadata.ts';
import { admissionRequest, allocate, refuseFaults, warnAll, withStatus } from './rules.ts';
import { validateMetadata } from './validate-metadata.ts';

/**
 * Creates an object given in the stored shape: default → managed fields → mutate → prepare → validate → admit → commit.
 * Models registry.Store.Create. `isTracked`: managedFields are the caller's (server-side apply). Throws StatusError: 409 when the name is taken, 422 with all faults, or what admission refuses with.
 */
export function createObject(context: WriteContext, kind: Kind, input: NewObject, isTracked = false): Written {
  const api = kindContextOf(context);
  let object = fill(context, kind, input);
  object = kind.default?.(object, api) ?? object;
  if (!isTracked) object = trackFields(context, kind, object, undefined, '');
  object = admitMutating(context.admission, { ...admissionRequest(context, kind, 'CREATE', '', object, undefined), object }, context);
  if (kind.status && !kind.keepsStatusOnCreate) object = withStatus(kind, context.version, object, undefined);
  object = kind.prepareForCreate?.(object, api) ?? object;
  object = withMetadata(object, { generation: kind.generation === false || kind.generation === 'changed' ? undefined : 1 });
  refuseFaults(kind, object.metadata.name, [...validateMetadata(object, kind), ...(kind.validate?.(object, api) ?? [])]);
  object = allocate(context, kind, object, undefined, api);
  warnAll(context, kind, object, api);
  admitValidating(context.admission, admissionRequest(context, kind, 'CREATE', '', object, undefined), context);
  return commit(context, kind, object, !input.metadata.name);
}

/** Object with what the server fills in: kind, name, uid, creation time. */
function fill(context: WriteContext, kind: Kind, input: NewObject): KubeObject {
  const { tx } = context;
  const { name, generateName, namespace } = input.metadata;
  const meta = {
    name: name || (generateName ? generatedName(generateName, tx.random) : ''),
    uid: tx.random.uuid(),
    creationTimestamp: tx.nowIso,
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    generation: undefined,
    namespace: kind.namespaced ? namespace : undefined,
  };
  // The input holds JSON alone: it was decoded from a body, or a controller built it from typed parts.
  const object = { ...input, apiVersion: storedApiVersion(kind), kind: kind.kind } as KubeObject;
  return withMetadata(object, meta);
}

function commit(context: WriteContext, kind: Kind, object: KubeObject, isGenerated: boolean): Written {
  const { namespace, name } = object.metadata;
  const key = objectKey(namespace, name);
  const collection = collectionOf(kind, context.scope);
  const taken = () => (isGenerated ? generateNameConflict(kind, name) : alreadyExists(kind, name));
  if (context.dryRun) {
    if (context.tx.get(collection, key)) throw taken();
    return { outcome: 'created', object, revision: undefined, entry: undefined };
  }
  try {
    const entry = context.tx.put(collection, key, object, 'absent');
    return { outcome: 'created', object, revision: entry.revision, entry };
  } catch (error) {
    throw error instanceof RevisionConflict ? taken() : error;
  }
}
