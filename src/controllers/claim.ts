import type { Pod } from '../../gen/kubernetes-types.ts';
import type { JsonObject } from '../kernel/json.ts';
import type { Reader } from '../kernel/store.ts';
import type { Cluster } from '../kube/cluster.ts';
import { collectionOf, type Kind } from '../kube/kind.ts';
import { controllerOf, type KubeObject } from '../kube/object.ts';
import type { LabelSelector } from '../kube/selectors/label-selector.ts';
import { controllerRef } from './pod-control.ts';
import { exactLabel, selectorOf } from './selection.ts';

/**
 * The objects that belong to `owner`: those it controls and that match, plus orphans that match, which it adopts. Controlled ones
 * that no longer match are released. The owner's `finalizer` comes and goes with that. Models kubernetes pkg/controller
 * ControllerRefManager. Cost: O(owned + objects that share a label).
 */
export function claim<T extends KubeObject = Pod>(
  cluster: Cluster,
  kind: Kind,
  owner: KubeObject,
  selector: object,
  finalizer?: string,
): T[] {
  const matcher = selectorOf(selector);
  const claimed: T[] = [];
  for (const object of cluster.indexed<T>(kind, 'owner', owner.metadata.uid)) {
    if (controllerOf(object)?.uid !== owner.metadata.uid) continue;
    if (matcher.matches(object.metadata.labels)) claimed.push(object);
    else if (!object.metadata.deletionTimestamp) release(cluster, kind, owner, object, finalizer);
  }
  if (owner.metadata.deletionTimestamp) return claimed;
  for (const object of candidates<T>(cluster, kind, owner.metadata.namespace ?? '', matcher)) {
    if (controllerOf(object) || object.metadata.deletionTimestamp || !matcher.matches(object.metadata.labels)) continue;
    const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerRef(owner)];
    const { finalizers = [] } = object.metadata;
    const held = finalizer && !finalizers.includes(finalizer) ? { finalizers: [...finalizers, finalizer] } : {};
    claimed.push(cluster.update<T>(kind, { ...object, metadata: { ...object.metadata, ownerReferences, ...held } }));
  }
  return claimed;
}

/** Objects that may match: by the label index where the kind has one and the selector names a value, else all orphans. */
const candidates = <T extends KubeObject>(cluster: Cluster, kind: Kind, namespace: string, matcher: LabelSelector): T[] => {
  const label = kind.indexes?.['label'] && exactLabel(matcher);
  return label ? cluster.indexed<T>(kind, 'label', `${namespace}/${label}`) : cluster.indexed<T>(kind, 'orphan', namespace);
};

/** Whom an orphan may concern: objects of `kind` in its namespace whose selector matches it. Nothing for what is controlled. */
export const selecting =
  (kind: Kind) =>
  (object: KubeObject, reader: Reader, scope: string): string[] =>
    controllerOf(object)
      ? []
      : reader
          .list<KubeObject & { readonly spec: { readonly selector?: JsonObject } }>(collectionOf(kind, scope), {
            prefix: `${object.metadata.namespace}/`,
          })
          .filter(({ value }) => selectorOf(value.spec.selector).matches(object.metadata.labels))
          .map(({ key }) => key);

function release(cluster: Cluster, kind: Kind, owner: KubeObject, object: KubeObject, finalizer: string | undefined): void {
  const ownerReferences = object.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid) ?? [];
  const finalizers = object.metadata.finalizers?.filter((name) => name !== finalizer);
  cluster.update(kind, { ...object, metadata: { ...object.metadata, ownerReferences, ...(finalizers && { finalizers }) } });
}
