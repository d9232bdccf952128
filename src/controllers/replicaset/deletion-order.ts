import type { Pod } from '../../../gen/kubernetes-types.ts';
import { conditionOf, isReady } from '../pod-control.ts';

const PHASES = ['Pending', 'Unknown', 'Running'];
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * The order in which surplus pods go: unassigned, pending, not ready, cheap, crowded on a node, lately ready, often restarted,
 * young first. Models kubernetes pkg/controller ActivePodsWithRanks. `related` are all pods that count for crowding.
 */
export function deletionOrder(pods: readonly Pod[], related: readonly Pod[]): Pod[] {
  const perNode = new Map<string, number>();
  for (const { spec } of related) if (spec.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
  const rank = (pod: Pod): readonly (number | string)[] => {
    const ready = isReady(pod);
    return [
      pod.spec.nodeName ? 1 : 0,
      PHASES.indexOf(pod.status?.phase ?? 'Pending'),
      ready ? 1 : 0,
      Number(pod.metadata.annotations?.[DELETION_COST] ?? 0) || 0,
      -(perNode.get(pod.spec.nodeName ?? '') ?? 0),
      ready ? -logarithm(conditionOf(pod, 'Ready')?.lastTransitionTime) : 0,
      -Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount)),
      -logarithm(pod.metadata.creationTimestamp),
      pod.metadata.uid,
    ];
  };
  return pods
    .map((pod) => ({ pod, rank: rank(pod) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ pod }) => pod);
}

/** Later times sort first; equal seconds fall to the next criterion. */
const logarithm = (time: string | undefined): number => (time ? Math.floor(Date.parse(time) / 1000) : 0);

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number | string;
    const y = b[i] as number | string;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
