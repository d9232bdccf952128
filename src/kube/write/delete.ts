import type { Entry } from '../../kernel/collection.ts';
import { admitValidating } from '../admission/plugin.ts';
import type { DeleteOptions } from '../cluster.ts';
import { collectionOf, type Kind } from '../kind.ts';
import { type KubeObject, type ObjectMeta, objectKey } from '../object.ts';
import { conflict, notFound } from '../status.ts';
import { kindContextOf, type WriteContext, type Written } from './context.ts';
import { withMetadata } from './metadata.ts';
import { admissionRequest } from './rules.ts';

export interface DeletePreconditions {
  readonly expectedRevision?: number;
}

/**
 * Deletes an object, or begins to: with a grace period or finalizers it stays, marked with deletionTimestamp.
 * Models registry.Store.Delete and rest.BeforeDelete. Throws StatusError: 404, 409 for a precondition, or what admission refuses with.
 */
export function deleteObject(
  context: WriteContext,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions & DeletePreconditions = {},
): Written {
  const entry = context.tx.get<KubeObject>(collectionOf(kind, context.scope), objectKey(namespace, name));
  if (!entry) throw notFound(kind, name);
  checkPreconditions(kind, entry, options);
  const previous = entry.value;
  admitValidating(context.admission, admissionRequest(context, kind, 'DELETE', '', undefined, previous), context);
  const finalizers = finalizersAfter(previous.metadata, options.propagationPolicy);
  const grace = kind.gracePeriodSeconds?.(previous, options.gracePeriodSeconds) ?? 0;
  const marked = mark(context, kind, previous, finalizers, grace, options.gracePeriodSeconds);
  if (isFinished(kind, marked)) return vanish(context, kind, entry, marked);
  if (marked === previous) return { outcome: 'deleting', object: previous, revision: entry.revision, entry };
  if (context.dryRun) return { outcome: 'deleting', object: marked, revision: entry.revision, entry: undefined };
  const written = context.tx.put(collectionOf(kind, context.scope), entry.key, marked, entry.revision);
  return { outcome: 'deleting', object: marked, revision: written.revision, entry: written };
}

/** Nothing keeps an object any longer whose deletion has begun: no finalizer, no grace period. */
export const isFinished = (kind: Kind, object: KubeObject): boolean =>
  object.metadata.deletionTimestamp !== undefined &&
  !object.metadata.finalizers?.length &&
  !object.metadata.deletionGracePeriodSeconds &&
  !kind.holdsDeletion?.(object);

/** Takes the object out of the store; the result shows its last state under the revision of the deletion. */
export function vanish(context: WriteContext, kind: Kind, entry: Entry<KubeObject>, object: KubeObject): Written {
  if (context.dryRun) return { outcome: 'deleted', object, revision: entry.revision, entry: undefined };
  const change = context.tx.delete(collectionOf(kind, context.scope), entry.key, entry.revision);
  return { outcome: 'deleted', object, revision: change?.revision, entry: undefined };
}

function checkPreconditions(kind: Kind, entry: Entry<KubeObject>, { uid, expectedRevision }: DeleteOptions & DeletePreconditions): void {
  const { name, uid: actual } = entry.value.metadata;
  const refuse = (what: string, wanted: string, found: string) =>
    conflict(kind, name, `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`);
  if (uid && uid !== actual) throw refuse('UID', uid, actual);
  if (expectedRevision !== undefined && expectedRevision !== entry.revision) {
    throw refuse('ResourceVersion', String(expectedRevision), String(entry.revision));
  }
}

const GC_FINALIZERS: ReadonlySet<string> = new Set(['orphan', 'foregroundDeletion']);

/** Finalizers that the garbage collector has to work off, after what the request asks for; without a wish the object's own stay. */
function finalizersAfter(meta: ObjectMeta, policy: DeleteOptions['propagationPolicy']): readonly string[] {
  const present = meta.finalizers ?? [];
  if (!policy) return present;
  const others = present.filter((name) => !GC_FINALIZERS.has(name));
  if (policy === 'Orphan') return [...others, 'orphan'];
  return policy === 'Foreground' ? [...others, 'foregroundDeletion'] : others;
}

/** The object as it is while its deletion goes on. Returns `previous` itself when this request changes nothing. */
function mark(
  context: WriteContext,
  kind: Kind,
  previous: KubeObject,
  finalizers: readonly string[],
  grace: number,
  requested: number | undefined,
): KubeObject {
  const { metadata } = previous;
  const sameFinalizers = finalizers === metadata.finalizers || (finalizers.length === 0 && !metadata.finalizers?.length);
  if (metadata.deletionTimestamp) {
    const left = metadata.deletionGracePeriodSeconds ?? 0;
    // A deletion that is under way can only be made shorter.
    const shorter = requested !== undefined && grace < left;
    if (!shorter && sameFinalizers) return previous;
    if (!shorter) return withMetadata(previous, { finalizers });
    const atMs = Date.parse(metadata.deletionTimestamp) - (left - grace) * 1000;
    return withMetadata(previous, { finalizers, deletionTimestamp: seconds(atMs), deletionGracePeriodSeconds: grace });
  }
  const marked = withMetadata(previous, {
    finalizers,
    deletionTimestamp: seconds(context.tx.nowMs + grace * 1000),
    deletionGracePeriodSeconds: grace,
    ...(metadata.generation && { generation: metadata.generation + 1 }),
  });
  return kind.beginDeletion?.(marked, kindContextOf(context)) ?? marked;
}

const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
