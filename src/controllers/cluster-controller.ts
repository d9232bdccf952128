import type { Change } from '../kernel/collection.ts';
import type { Controller, Outcome, Target, Watch } from '../kernel/controller.ts';
import { collectionName, type Reader, scopeOf } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import type { Cluster } from '../kube/cluster.ts';
import { CLUSTERS, type ClusterRecord } from '../kube/clusters.ts';
import { collectionOf, type Kind, kindClass } from '../kube/kind.ts';
import { controllerOf, type KubeObject, objectKey } from '../kube/object.ts';

/**
 * A controller that works inside one cluster. `namespace` and `name` are those of the key; a controller with keys of its own making
 * reads `key`.
 */
export interface ClusterController {
  readonly name: string;
  readonly watches: readonly Watch[];
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconcile with nothing to add just ends
  reconcile(cluster: Cluster, name: string, namespace: string, key: string): Outcome | void;
}

/** Opens a cluster that is there and running. */
export type OpenRunning = (tx: Transaction, scope: string, component: string) => Cluster | undefined;

/** Splits an object's key. The namespace of a cluster-scoped key is "". */
export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** Makes a kernel controller of one that works in a cluster. It rests while the cluster is stopped; starting it queues everything. */
export const clusterController = (controller: ClusterController, open: OpenRunning): Controller => ({
  name: controller.name,
  watches: [...controller.watches, ...controller.watches.map(onStart)],
  reconcile(tx, { scope, key }) {
    const cluster = open(tx, scope, componentOf(controller.name));
    if (!cluster) return undefined;
    const { namespace, name } = splitKey(key);
    const outcome = controller.reconcile(cluster, name, namespace, key) ?? undefined;
    // What is refused now (by a quota, for want of a service account) may be allowed later, without a change that the controller hears of.
    return cluster.refused > 0 ? { ...outcome, retry: true } : outcome;
  },
});

/** A cluster that starts has everything looked at again: what changed while it was stopped reached nobody. */
const onStart = (watch: Watch): Watch => ({
  class: CLUSTERS,
  targets(change, reader) {
    // Collection CLUSTERS holds records alone.
    const before = change.previous?.value as ClusterRecord | undefined;
    const after = change.entry?.value as ClusterRecord | undefined;
    if (!after?.running || !before || before.running) return [];
    const collection = collectionName(watch.class, after.scope);
    return reader.list(collection).flatMap((entry): Target[] => {
      const changed = { revision: entry.revision, collection, key: entry.key, entry };
      const targets = watch.targets ? watch.targets(changed, reader) : [entry.key];
      return targets.map((target) => (typeof target === 'string' ? { scope: after.scope, key: target } : target));
    });
  },
});

/** The component that upstream's events of this controller come from. */
const componentOf = (name: string): string =>
  name === 'kubelet' ? name : name === 'scheduler' ? 'default-scheduler' : `${name}-controller`;

/** Each changed object of a kind. */
export const onKind = (kind: Kind): Watch => ({ class: kindClass(kind) });

/** The owner of that kind, whenever an object that it controls changes, and the former owner when it lost one. */
export const onControlled = (kind: Kind, ownerKind: string): Watch => ({
  class: kindClass(kind),
  targets: (change) => ofVersions(change, (object) => ownerKey(object, ownerKind)),
});

/** Whatever `targets` makes of a changed object; called for its state before and after. */
export const onObject = (kind: Kind, targets: (object: KubeObject, reader: Reader, scope: string) => readonly string[]): Watch => ({
  class: kindClass(kind),
  targets: (change, reader) => ofVersions(change, (object) => targets(object, reader, scopeOf(change.collection))),
});

const NOBODY: readonly string[] = [];

/** What concerns an object before or after a change; twice what concerns it before and after, which the queue takes once. */
function ofVersions({ previous, entry }: Change, targets: (object: KubeObject) => readonly string[]): readonly string[] {
  // Collections of a kind's class hold objects of that kind only.
  const before = previous ? targets(previous.value as KubeObject) : NOBODY;
  const after = entry ? targets(entry.value as KubeObject) : NOBODY;
  if (before.length === 0) return after;
  return after.length === 0 ? before : [...before, ...after];
}

/** Keys of all objects of a kind in one namespace: for changes that may concern any of them. */
export const keysOf = (reader: Reader, kind: Kind, scope: string, namespace = ''): string[] =>
  reader.list(collectionOf(kind, scope), { prefix: namespace && `${namespace}/` }).map((entry) => entry.key);

function ownerKey(object: KubeObject, ownerKind: string): readonly string[] {
  const owner = controllerOf(object);
  return owner?.kind === ownerKind ? [objectKey(object.metadata.namespace, owner.name)] : NOBODY;
}
