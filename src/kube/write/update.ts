import type { Entry } from '../../kernel/collection.ts';
import { invalid as invalidField } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { admitMutating, admitValidating } from '../admission/plugin.ts';
import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, objectKey } from '../object.ts';
import { conflict, invalid, MODIFIED, notFound } from '../status.ts';
import { kindContextOf, storedApiVersion, type WriteContext, type Written } from './context.ts';
import { isFinished, vanish } from './delete.ts';
import { trackFields } from './fields.ts';
import { carryOverMetadata, withMetadata } from './metadata.ts';
import { admissionRequest, allocate, isNewGeneration, refuseFaults, warnAll, withStatus } from './rules.ts';
import { restrictTo } from './subresources.ts';
import { validateMetadataUpdate } from './validate-metadata.ts';

export interface UpdateOptions {
  /** "" for the object itself, "status", or a subresource that keeps its own part of the object ("ephemeralcontainers", "finalize"). */
  readonly subresource?: string;
  /** Revision that the client read; absent: whatever is there. */
  readonly expectedRevision?: number;
  readonly expectedUid?: string;
  /** Field managers are tracked by the caller (server-side apply). */
  readonly tracked?: boolean;
}

/** The stored entry, or 404. */
export function existing(
  context: { readonly tx: Reader; readonly scope: string },
  kind: Kind,
  namespace: string | undefined,
  name: string,
): Entry<KubeObject> {
  const entry = context.tx.get<KubeObject>(collectionOf(kind, context.scope), objectKey(namespace, name));
  if (!entry) throw notFound(kind, name);
  return entry;
}

/**
 * Replaces an object by one in the stored shape. Models registry.Store.Update: no write when nothing changed; an object whose
 * deletion waited for its last finalizer goes with the update that removes it. Throws StatusError: 404, 409, 422, or admission's.
 */
export function updateObject(context: WriteContext, kind: Kind, input: KubeObject, options: UpdateOptions = {}): Written {
  const entry = existing(context, kind, input.metadata.namespace, input.metadata.name);
  checkPreconditions(kind, entry, options);
  const previous = entry.value;
  const subresource = options.subresource ?? '';
  const api = kindContextOf(context);
  let object = { ...input, apiVersion: storedApiVersion(kind), kind: kind.kind };
  object = kind.default?.(object, api) ?? object;
  object = carryOverMetadata(restrict(context, kind, object, previous, subresource), previous);
  // A binding is not tracked, as upstream: nobody comes to own spec.nodeName.
  if (!options.tracked && subresource !== 'binding') object = trackFields(context, kind, object, previous, subresource);
  object = admitMutating(
    context.admission,
    { ...admissionRequest(context, kind, 'UPDATE', subresource, object, previous), object },
    context,
  );
  if (subresource === '') object = kind.prepareForUpdate?.(object, previous, api) ?? object;
  else if (subresource === 'status') object = kind.prepareForStatusUpdate?.(object, previous, api) ?? object;
  if (equal(object, previous)) return { outcome: 'unchanged', object: previous, revision: entry.revision, entry };
  if (isNewGeneration(kind, object, previous, subresource)) {
    object = withMetadata(object, { generation: (previous.metadata.generation ?? 0) + 1 });
  }
  const faults = [...validateMetadataUpdate(object, previous)];
  if (subresource === 'status') faults.push(...(kind.validateStatusUpdate?.(object, previous, api) ?? []));
  else if (subresource === '' && kind.validateUpdate) faults.push(...kind.validateUpdate(object, previous, api));
  else faults.push(...(kind.validate?.(object, api) ?? []));
  refuseFaults(kind, object.metadata.name, faults);
  if (subresource === '') object = allocate(context, kind, object, previous, api);
  if (subresource !== 'status') warnAll(context, kind, object, api);
  admitValidating(context.admission, admissionRequest(context, kind, 'UPDATE', subresource, object, previous), context);
  return commit(context, kind, entry, object);
}

/** What a write to this path may change: the rest comes from the stored object. */
function restrict(context: WriteContext, kind: Kind, object: KubeObject, previous: KubeObject, subresource: string): KubeObject {
  if (subresource === '') return kind.status ? withStatus(kind, context.version, object, previous.status) : object;
  if (subresource === 'status') return withStatus(kind, context.version, { ...previous, metadata: object.metadata }, object.status);
  return restrictTo(kind, subresource, object, previous);
}

function checkPreconditions(kind: Kind, entry: Entry<KubeObject>, { expectedRevision, expectedUid }: UpdateOptions): void {
  const { name, uid } = entry.value.metadata;
  if (expectedUid && expectedUid !== uid) {
    throw conflict(kind, name, `Precondition failed: UID in precondition: ${expectedUid}, UID in object meta: ${uid}`);
  }
  if (expectedRevision !== undefined && expectedRevision !== entry.revision) throw conflict(kind, name, MODIFIED);
}

/** Refuses an update that names no revision, of a kind that demands one. */
export function requireRevision(kind: Kind, name: string, expectedRevision: number | undefined): void {
  if (expectedRevision !== undefined || !kind.requiresResourceVersion) return;
  throw invalid(kind, name, [invalidField('metadata.resourceVersion', 0, 'must be specified for an update')]);
}

function commit(context: WriteContext, kind: Kind, entry: Entry<KubeObject>, object: KubeObject): Written {
  if (isFinished(kind, object)) return vanish(context, kind, entry, object);
  if (context.dryRun) return { outcome: 'updated', object, revision: entry.revision, entry: undefined };
  const written = context.tx.put(collectionOf(kind, context.scope), entry.key, object, entry.revision);
  return { outcome: 'updated', object, revision: written.revision, entry: written };
}
