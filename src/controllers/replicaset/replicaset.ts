import type { Pod, ReplicaSet, ReplicaSetStatus } from '../../../gen/kubernetes-types.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Kind } from '../../kube/kind.ts';
import { selectorOfMap } from '../../kube/selectors/label-selector.ts';
import { claim, selecting } from '../claim.ts';
import { type ClusterController, onControlled, onKind, onObject } from '../cluster-controller.ts';
import { availableInMs, createPod, deletePod, isActive, isReady } from '../pod-control.ts';
import { deletionOrder } from './deletion-order.ts';

/** Pods created or deleted in one reconcile at most, so that one huge set does not hold up the others. */
const BURST = 500;

/** Keeps as many pods as a ReplicaSet asks for. Models kubernetes pkg/controller/replicaset. */
export const replicaSetController = replicator('replicaset', replicaSet, (set) => set.spec.selector);

/** A controller for sets that differ from ReplicaSets in their kind and in how they write their selector. */
export function replicator(name: string, kind: Kind, selectorIn: (set: ReplicaSet) => object): ClusterController {
  return {
    name,
    watches: [onKind(kind), onControlled(pod, kind.kind), onObject(pod, selecting(kind))],
    reconcile(cluster, setName, namespace) {
      const set = cluster.get<ReplicaSet>(kind, namespace, setName);
      if (!set) return undefined;
      const active = claim<Pod>(cluster, pod, set, selectorIn(set)).filter(isActive);
      const surplus = active.length - (set.spec.replicas ?? 1);
      const problem = set.metadata.deletionTimestamp ? undefined : scale(cluster, set, active, surplus);
      const status = observe(cluster, set, problem);
      cluster.updateStatus(kind, { ...set, status: status.value });
      if (problem === undefined && Math.abs(surplus) > BURST) return { againMs: 1 };
      return status.againMs === undefined ? undefined : { againMs: status.againMs };
    },
  };
}

/** Creates what is missing or deletes what is too much. Returns why pods could not be created. */
function scale(cluster: Cluster, set: ReplicaSet, active: readonly Pod[], surplus: number): string | undefined {
  for (let missing = Math.min(-surplus, BURST); missing > 0; missing--) {
    if (!set.spec.template) return undefined;
    const made = createPod(cluster, set, set.spec.template, { generateName: `${set.metadata.name}-` });
    if (typeof made === 'string') return made;
  }
  if (surplus <= 0) return undefined;
  for (const victim of deletionOrder(active, active).slice(0, Math.min(surplus, BURST))) deletePod(cluster, set, victim);
  return undefined;
}

/** Status as counted from the pods that are there now, and when the next pod becomes available by waiting. */
function observe(cluster: Cluster, set: ReplicaSet, problem: string | undefined): { value: ReplicaSetStatus; againMs?: number } {
  const { nowMs, nowIso } = cluster.tx;
  const owned = cluster.indexed<Pod>(pod, 'owner', set.metadata.uid);
  const active = owned.filter(isActive);
  const ready = active.filter(isReady);
  const waits = ready.map((each) => availableInMs(each, set.spec.minReadySeconds ?? 0, nowMs) ?? 0);
  const pending = waits.filter((waitMs) => waitMs > 0);
  const labelled = selectorOfMap(set.spec.template?.metadata?.labels);
  const before = set.status?.conditions ?? [];
  const failure = { type: 'ReplicaFailure', status: 'True', lastTransitionTime: nowIso, reason: 'FailedCreate', message: problem ?? '' };
  const others = before.filter(({ type }) => type !== failure.type);
  // The first message stays: each names another pod that was not made.
  const conditions = problem === undefined ? others : others.length < before.length ? before : [...before, failure];
  const value: ReplicaSetStatus = {
    replicas: active.length,
    ...(active.length > 0 && { fullyLabeledReplicas: active.filter((each) => labelled.matches(each.metadata.labels)).length }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(ready.length > pending.length && { availableReplicas: ready.length - pending.length }),
    ...(owned.some((each) => each.metadata.deletionTimestamp) && {
      terminatingReplicas: owned.filter((each) => each.metadata.deletionTimestamp).length,
    }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length && { conditions }),
  };
  return pending.length ? { value, againMs: Math.min(...pending) } : { value };
}
