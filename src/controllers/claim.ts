import type { Pod } from '../../gen/kubernetes-types.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { Kind } from '../kube/kind.ts';
import { controllerOf, type KubeObject } from '../kube/object.ts';
import { controllerRef } from './pod-control.ts';
import { selectorOf } from './selection.ts';

/**
 * The objects that belong to `owner`: those it controls and that match, plus orphans that match, which it adopts. Controlled ones
 * that no longer match are released. Models kubernetes pkg/controller ControllerRefManager. Cost: O(owned + orphans of the namespace).
 */
export function claim<T extends KubeObject = Pod>(cluster: Cluster, kind: Kind, owner: KubeObject, selector: object): T[] {
  const matcher = selectorOf(selector);
  const claimed: T[] = [];
  for (const object of cluster.indexed<T>(kind, 'owner', owner.metadata.uid)) {
    if (controllerOf(object)?.uid !== owner.metadata.uid) continue;
    if (matcher.matches(object.metadata.labels)) claimed.push(object);
    else if (!object.metadata.deletionTimestamp) release(cluster, kind, owner, object);
  }
  if (owner.metadata.deletionTimestamp) return claimed;
  for (const object of cluster.indexed<T>(kind, 'orphan', owner.metadata.namespace ?? '')) {
    if (object.metadata.deletionTimestamp || !matcher.matches(object.metadata.labels)) continue;
    const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerRef(owner)];
    claimed.push(cluster.update<T>(kind, { ...object, metadata: { ...object.metadata, ownerReferences } }));
  }
  return claimed;
}

function release(cluster: Cluster, kind: Kind, owner: KubeObject, object: KubeObject): void {
  const ownerReferences = object.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid) ?? [];
  cluster.update(kind, { ...object, metadata: { ...object.metadata, ownerReferences } });
}
