import type { Pod, PodDisruptionBudget } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { podDisruptionBudget } from '../../kinds/policy/poddisruptionbudget.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { markDisrupted } from '../pod-control.ts';
import { selectorOf } from '../selection.ts';
import { fits, type Unplaced } from './plan.ts';
import type { Placement } from './plugin.ts';
import { type Evictions, preempt } from './preemption.ts';

/**
 * Evicts pods of lower priority for one that fits nowhere, and notes where it is to go. Returns what that adds to the pod's message;
 * undefined when nothing can be done.
 */
export function makeRoom(cluster: Cluster, pod: Pod, placement: Placement, unplaced: Unplaced): string | undefined {
  const { nominatedNodeName, ...status } = pod.status ?? {};
  const giveUp = (): undefined => {
    // Room that it will not use is others' again.
    if (nominatedNodeName) cluster.updateStatus<Pod>(podKind, { ...pod, status });
  };
  if (unplaced.resolvable.size === 0 || !mayPreempt(cluster, pod)) return giveUp();
  const priority = pod.spec.priority ?? 0;
  const isLeaving = (each: Pod) => each.metadata.deletionTimestamp !== undefined && (each.spec.priority ?? 0) < priority;
  if (nominatedNodeName && podsOn(cluster, nominatedNodeName).some(isLeaving))
    return 'preemption: not eligible due to a terminating pod on the nominated node.';
  const found = preempt(pod, placement, unplaced.resolvable, evictionsOf(cluster));
  if (!found) return giveUp();
  cluster.updateStatus<Pod>(podKind, { ...pod, status: { ...pod.status, nominatedNodeName: found.nodeName } });
  for (const victim of found.victims) evict(cluster, victim, pod, found.nodeName);
  return '';
}

/** Whether anybody of lower priority can be there: the "ranked" index spares a walk over all pods where all are equal. */
function mayPreempt(cluster: Cluster, pod: Pod): boolean {
  if (pod.spec.preemptionPolicy === 'Never') return false;
  const priority = pod.spec.priority ?? 0;
  return priority > 0 || cluster.indexed<Pod>(podKind, 'ranked', '').some((other) => (other.spec.priority ?? 0) < priority);
}

const podsOn = (cluster: Cluster, nodeName: string): Pod[] =>
  cluster.indexed<Pod>(podKind, 'node', nodeName).filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');

const evictionsOf = (cluster: Cluster): Evictions => ({
  podsOn: (nodeName) => podsOn(cluster, nodeName),
  isGuarded: ({ metadata }) =>
    cluster
      .list<PodDisruptionBudget>(podDisruptionBudget, metadata.namespace)
      .some(({ spec, status }) => (status?.disruptionsAllowed ?? 0) <= 0 && selectorOf(spec.selector).matches(metadata.labels)),
  fits,
});

function evict(cluster: Cluster, victim: Pod, preemptor: Pod, nodeName: string): void {
  if (victim.metadata.deletionTimestamp) return;
  markDisrupted(cluster, victim, 'PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod');
  cluster.event(victim, 'Normal', 'Preempted', `Preempted by pod ${preemptor.metadata.uid} on node ${nodeName}`);
  cluster.delete(podKind, victim.metadata.namespace, victim.metadata.name);
}
