import type { Change } from '../../kernel/collection.ts';
import type { Target, Watch } from '../../kernel/controller.ts';
import { event } from '../../kinds/core/event.ts';
import { storedKinds } from '../../kinds/index.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type Kind, kindClass } from '../../kube/kind.ts';
import type { KubeObject, OwnerReference } from '../../kube/object.ts';
import { type ClusterController, splitKey } from '../cluster-controller.ts';

/** Upstream leaves events alone: they own nothing, and go by their age. */
const collected = storedKinds.filter((kind) => kind !== event);
const byClass = new Map(collected.map((kind) => [kindClass(kind), kind]));
const byKindName = new Map(storedKinds.map((kind) => [`${kind.group}/${kind.kind}`, kind]));

/**
 * Deletes what its owners have left behind, and holds an owner back until its dependents are gone (foreground) or set free (orphan).
 * Models kubernetes pkg/controller/garbagecollector; instead of a graph it asks the "owner" index of every kind.
 * Keys: "owner <uid>" for an owner that went, "object <class> <key>" for an object with owners or a deletion finalizer.
 */
export const garbageCollector: ClusterController = {
  name: 'garbage-collector',
  watches: collected.map((kind): Watch => ({ class: kindClass(kind), targets })),
  reconcile(cluster, _name, _namespace, key) {
    const [what, first = '', second = ''] = key.split(' ');
    if (what === 'owner') for (const { kind, object } of dependentsOf(cluster, first)) collect(cluster, kind, object);
    else reconcileObject(cluster, byClass.get(first), second);
  },
};

function targets(change: Change): readonly (string | Target)[] {
  // Collections of a kind's class hold objects of that kind only.
  const after = change.entry?.value as KubeObject | undefined;
  const before = change.previous?.value as KubeObject | undefined;
  const className = change.collection.slice(0, change.collection.indexOf('@'));
  const found: string[] = [];
  if (!after && before) {
    found.push(`owner ${before.metadata.uid}`);
    for (const owner of before.metadata.ownerReferences ?? []) found.push(...waitingOwner(owner, before));
  }
  if (
    after &&
    (after.metadata.ownerReferences !== before?.metadata.ownerReferences || (after.metadata.deletionTimestamp && deletionFinalizer(after)))
  )
    found.push(`object ${className} ${change.key}`);
  return found;
}

/** The owner of something that went may be waiting for just that. */
function waitingOwner(owner: OwnerReference, dependent: KubeObject): string[] {
  const kind = byKindName.get(`${owner.apiVersion.includes('/') ? owner.apiVersion.split('/')[0] : ''}/${owner.kind}`);
  if (!kind) return [];
  return [`object ${kindClass(kind)} ${kind.namespaced ? `${dependent.metadata.namespace}/${owner.name}` : owner.name}`];
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
const deletionFinalizer = (object: KubeObject) => object.metadata.finalizers?.find((name) => name === FOREGROUND || name === ORPHAN);

function reconcileObject(cluster: Cluster, kind: Kind | undefined, key: string): void {
  if (!kind) return;
  const { namespace, name } = splitKey(key);
  const object = cluster.get(kind, namespace || undefined, name);
  if (!object) return;
  if (!object.metadata.deletionTimestamp) {
    collect(cluster, kind, object);
    return;
  }
  const finalizer = deletionFinalizer(object);
  if (finalizer === ORPHAN) for (const dependent of dependentsOf(cluster, object.metadata.uid)) disown(cluster, dependent, object);
  if (finalizer === FOREGROUND && !foregroundDone(cluster, object)) return;
  if (!finalizer) return;
  const current = cluster.get(kind, namespace || undefined, name) ?? object;
  const finalizers = (current.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  cluster.update(kind, { ...current, metadata: { ...current.metadata, finalizers } });
}

/** Deletes the dependents that nothing else keeps, and tells whether none is left that blocks its owner. */
function foregroundDone(cluster: Cluster, owner: KubeObject): boolean {
  for (const { kind, object } of dependentsOf(cluster, owner.metadata.uid)) {
    const { namespace, name, deletionTimestamp, ownerReferences = [] } = object.metadata;
    if (deletionTimestamp) continue;
    const keepers = ownerReferences.filter((reference) => keeps(cluster, reference, namespace));
    if (keepers.length > 0) {
      withOwners(cluster, kind, object, keepers);
      continue;
    }
    // In a circle each would wait for the next one.
    if (dependentsOf(cluster, object.metadata.uid).some((each) => waitsForDependents(each.object))) {
      const unblocked = ownerReferences.map((reference) => ({ ...reference, blockOwnerDeletion: false }));
      withOwners(cluster, kind, object, unblocked);
    }
    cluster.delete(kind, namespace, name, { propagationPolicy: 'Foreground' });
  }
  return !dependentsOf(cluster, owner.metadata.uid).some(({ object }) =>
    object.metadata.ownerReferences?.some((reference) => reference.uid === owner.metadata.uid && reference.blockOwnerDeletion),
  );
}

const waitsForDependents = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined && metadata.finalizers?.includes(FOREGROUND) === true;

/** Deletes an object none of whose owners exists; otherwise drops the references to those that don't. */
function collect(cluster: Cluster, kind: Kind, object: KubeObject): void {
  const owners = object.metadata.ownerReferences ?? [];
  const present = owners.filter((owner) => exists(cluster, owner, object.metadata.namespace));
  if (owners.length === 0 || present.length === owners.length || object.metadata.deletionTimestamp) return;
  if (present.length === 0)
    cluster.delete(kind, object.metadata.namespace, object.metadata.name, { propagationPolicy: 'Background', uid: object.metadata.uid });
  else withOwners(cluster, kind, object, present);
}

/** Whether an owner is there. One of an unknown kind counts as present: what we don't know, we don't delete. */
const exists = (cluster: Cluster, owner: OwnerReference, namespace: string | undefined): boolean =>
  ownerOf(cluster, owner, namespace) !== undefined;

/** Whether an owner is there and is not itself waiting for its dependents to go. */
function keeps(cluster: Cluster, reference: OwnerReference, namespace: string | undefined): boolean {
  const owner = ownerOf(cluster, reference, namespace);
  return owner === UNKNOWN || (owner !== undefined && !waitsForDependents(owner));
}

const UNKNOWN = 'unknown';

function ownerOf(cluster: Cluster, owner: OwnerReference, namespace: string | undefined): KubeObject | typeof UNKNOWN | undefined {
  const group = owner.apiVersion.includes('/') ? owner.apiVersion.slice(0, owner.apiVersion.indexOf('/')) : '';
  const kind = byKindName.get(`${group}/${owner.kind}`);
  if (!kind) return UNKNOWN;
  const found = cluster.get(kind, kind.namespaced ? namespace : undefined, owner.name);
  return found?.metadata.uid === owner.uid ? found : undefined;
}

function disown(cluster: Cluster, { kind, object }: { kind: Kind; object: KubeObject }, owner: KubeObject): void {
  const left = object.metadata.ownerReferences?.filter((reference) => reference.uid !== owner.metadata.uid) ?? [];
  withOwners(cluster, kind, object, left);
}

function withOwners(cluster: Cluster, kind: Kind, object: KubeObject, ownerReferences: readonly OwnerReference[]): void {
  cluster.update(kind, { ...object, metadata: { ...object.metadata, ownerReferences } });
}

const dependentsOf = (cluster: Cluster, uid: string): { kind: Kind; object: KubeObject }[] =>
  collected.flatMap((kind) => cluster.indexed(kind, 'owner', uid).map((object) => ({ kind, object })));
