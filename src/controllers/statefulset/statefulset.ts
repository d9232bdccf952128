import type { ControllerRevision, Pod, StatefulSet, StatefulSetStatus } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import { statefulSet } from '../../kinds/apps/statefulset.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { claim, selecting } from '../claim.ts';
import { type ClusterController, onControlled, onKind, onObject } from '../cluster-controller.ts';
import { presentRevision, revisionsOf, templateOf, truncateHistory } from '../history.ts';
import { availableInMs, isReady } from '../pod-control.ts';
import { condemnClaims, createClaims, createReplica, deleteReplica, ordinalOf, REVISION } from './replica.ts';

/** Keeps pods with a name, an order and storage of their own. Models kubernetes pkg/controller/statefulset. */
export const statefulSetController: ClusterController = {
  name: 'statefulset',
  watches: [onKind(statefulSet), onControlled(podKind, 'StatefulSet'), onObject(podKind, selecting(statefulSet))],
  reconcile(cluster, name, namespace) {
    const set = cluster.get<StatefulSet>(statefulSet, namespace, name);
    if (!set) return undefined;
    const pods = claim<Pod>(cluster, podKind, set, set.spec.selector);
    if (set.metadata.deletionTimestamp) return undefined;
    const update = presentRevision(cluster, set, set.spec.template, (hash) => ({
      ...set.spec.template.metadata?.labels,
      'controller.kubernetes.io/hash': hash,
    }));
    const current = revisionsOf(cluster, set).find((each) => each.metadata.name === set.status?.currentRevision) ?? update;
    step({ cluster, set, current, update }, pods);
    return writeStatus({ cluster, set, current, update });
  },
};

/** What all steps need: the set, the revision that it comes from and the one that it goes to. */
interface Roll {
  readonly cluster: Cluster;
  readonly set: StatefulSet;
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

/** One step: the first thing that order demands; with Parallel all that can be done at once. */
function step(roll: Roll, pods: readonly Pod[]): void {
  const { cluster, set } = roll;
  const start = set.spec.ordinals?.start ?? 0;
  const end = start + (set.spec.replicas ?? 1);
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  for (let ordinal = start; ordinal < end; ordinal++) if (!settleReplica(roll, ordinal, byOrdinal.get(ordinal)) && isOrdered) return;
  const condemned = pods.filter((pod) => ordinalOf(set, pod) < start || ordinalOf(set, pod) >= end);
  for (const pod of condemned.sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))) {
    condemnClaims(cluster, set, pod);
    deleteReplica(cluster, set, pod);
    if (isOrdered) return;
  }
  if (set.spec.updateStrategy?.type !== 'OnDelete') rollOut(roll, byOrdinal, start, end);
}

/** Brings one replica into being. True when it is there and available, so that the next in order may follow. */
function settleReplica(roll: Roll, ordinal: number, pod: Pod | undefined): boolean {
  const { cluster, set } = roll;
  if (!pod) {
    const revision = revisionFor(roll, ordinal);
    createReplica(cluster, set, ordinal, revision.metadata.name, templateOf(revision) ?? set.spec.template);
    return false;
  }
  if (pod.metadata.deletionTimestamp) return false;
  const phase = pod.status?.phase;
  if (phase === 'Failed' || phase === 'Succeeded') {
    const [reason, what] = phase === 'Failed' ? ['RecreatingFailedPod', 'failed'] : ['RecreatingTerminatedPod', 'terminated'];
    const message = `StatefulSet ${set.metadata.namespace}/${set.metadata.name} is recreating ${what} Pod ${pod.metadata.name}`;
    cluster.event(set, phase === 'Failed' ? 'Warning' : 'Normal', reason, message);
    deleteReplica(cluster, set, pod);
    return false;
  }
  if (phase === 'Pending') createClaims(cluster, set, ordinal);
  return isAvailable(roll, pod);
}

const isAvailable = ({ set, cluster }: Pick<Roll, 'set' | 'cluster'>, pod: Pod): boolean =>
  availableInMs(pod, set.spec.minReadySeconds ?? 0, cluster.tx.nowMs) === 0;

/** A pod below the partition, or not yet reached by the rollout, comes back as it was. */
function revisionFor({ set, current, update }: Roll, ordinal: number): ControllerRevision {
  if (set.spec.updateStrategy?.type === 'OnDelete') return update;
  const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  return ordinal < (set.spec.ordinals?.start ?? 0) + partition ? current : update;
}

/** From the highest ordinal down to the partition, one after the other: an old pod goes, its successor must be available. */
function rollOut(roll: Roll, byOrdinal: ReadonlyMap<number, Pod>, start: number, end: number): void {
  const { cluster, set, update } = roll;
  const partition = start + (set.spec.updateStrategy?.rollingUpdate?.partition ?? 0);
  for (let ordinal = end - 1; ordinal >= partition; ordinal--) {
    const pod = byOrdinal.get(ordinal);
    if (!pod) return;
    if (pod.metadata.labels?.[REVISION] !== update.metadata.name) {
      deleteReplica(cluster, set, pod);
      return;
    }
    if (pod.metadata.deletionTimestamp || !isAvailable(roll, pod)) return;
  }
}

function writeStatus({ cluster, set, current, update }: Roll): Outcome | undefined {
  const pods = cluster.indexed<Pod>(podKind, 'owner', set.metadata.uid);
  const living = pods.filter((pod) => !pod.metadata.deletionTimestamp);
  const ofRevision = (revision: ControllerRevision) =>
    living.filter((pod) => pod.metadata.labels?.[REVISION] === revision.metadata.name).length;
  const ready = pods.filter(isReady);
  const waits = ready.map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, cluster.tx.nowMs) ?? 0);
  const updated = ofRevision(update);
  const isThrough = set.spec.updateStrategy?.type !== 'OnDelete' && updated === pods.length && ready.length === pods.length;
  const from = isThrough ? update : current;
  const status: StatefulSetStatus = {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(ofRevision(from) > 0 && { currentReplicas: ofRevision(from) }),
    ...(updated > 0 && { updatedReplicas: updated }),
    currentRevision: from.metadata.name,
    updateRevision: update.metadata.name,
    collisionCount: set.status?.collisionCount ?? 0,
    availableReplicas: waits.filter((ms) => ms === 0).length,
  };
  cluster.updateStatus<StatefulSet>(statefulSet, { ...set, status });
  const used = new Set([from.metadata.name, update.metadata.name, ...pods.map((pod) => pod.metadata.labels?.[REVISION])]);
  truncateHistory(cluster, set, set.spec.revisionHistoryLimit ?? 10, ({ metadata }) => used.has(metadata.name));
  const pending = waits.filter((ms) => ms > 0);
  return pending.length ? { againMs: Math.min(...pending) } : undefined;
}
