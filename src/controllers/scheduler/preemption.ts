import type { Pod } from '../../../gen/kubernetes-types.ts';
import { podRequests } from '../../kinds/core/pod/requests.ts';
import { controllerOf } from '../../kube/object.ts';
import type { Candidate, Placement } from './plugin.ts';

/** Who has to go for a pod, and where. */
export interface Preemption {
  readonly nodeName: string;
  readonly victims: readonly Pod[];
}

/** What preemption must know besides where pods can go. */
export interface Evictions {
  /** Unfinished pods on a node. */
  podsOn(nodeName: string): readonly Pod[];
  /** Whether a disruption budget speaks against evicting a pod. */
  isGuarded(pod: Pod): boolean;
  /** Whether the pod fits on a node of a placement, by all filters. */
  fits(pod: Pod, placement: Placement, candidate: Candidate): boolean;
}

const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0;

/**
 * The node on which the least harm makes room for a pod. Pure. Models scheduler framework/preemption with DefaultPreemption: fewest
 * broken budgets, then the lowest of the highest victims, the lowest sum, the fewest, the first. `resolvable`: nodes where it may help.
 */
export function preempt(pod: Pod, placement: Placement, resolvable: ReadonlySet<string>, evictions: Evictions): Preemption | undefined {
  if (pod.spec.preemptionPolicy === 'Never') return undefined;
  let best: { readonly found: Preemption; readonly rank: readonly number[] } | undefined;
  for (const node of placement.nodes) {
    const { name } = node.metadata;
    if (!resolvable.has(name)) continue;
    const victims = victimsOn(pod, placement, placement.candidate(node), evictions);
    if (!victims?.length) continue;
    const rank = [
      victims.filter((victim) => evictions.isGuarded(victim)).length,
      Math.max(...victims.map(priorityOf)),
      victims.reduce((sum, victim) => sum + priorityOf(victim) + 2 ** 31, 0),
      victims.length,
    ];
    if (!best || isLess(rank, best.rank)) best = { found: { nodeName: name, victims }, rank };
  }
  return best?.found;
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

/** All of lower priority go; then as many as fit come back, guarded ones first and the more important before the less. */
function victimsOn(pod: Pod, placement: Placement, candidate: Candidate, evictions: Evictions): Pod[] | undefined {
  const lower = evictions.podsOn(candidate.node.metadata.name).filter((each) => priorityOf(each) < priorityOf(pod));
  if (lower.length === 0) return undefined;
  const gone = new Set(lower);
  const fits = (): boolean => {
    const without = withoutPods(placement, candidate, gone);
    return evictions.fits(pod, without.placement, without.candidate);
  };
  if (!fits()) return undefined;
  const order = [...lower].sort(
    (a, b) =>
      Number(evictions.isGuarded(b)) - Number(evictions.isGuarded(a)) ||
      priorityOf(b) - priorityOf(a) ||
      ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1),
  );
  for (const each of order) {
    gone.delete(each);
    if (!fits()) gone.add(each);
  }
  return order.filter((each) => gone.has(each));
}

/** The placement as it were if these pods of one node did not exist. */
function withoutPods(placement: Placement, candidate: Candidate, gone: ReadonlySet<Pod>): { placement: Placement; candidate: Candidate } {
  const requested: Record<string, number> = { ...candidate.requested };
  for (const pod of gone) for (const [name, amount] of Object.entries(podRequests(pod))) requested[name] = (requested[name] ?? 0) - amount;
  for (const name of Object.keys(requested)) if (requested[name] === 0) delete requested[name];
  const emptied = { ...candidate, requested };
  const { name } = candidate.node.metadata;
  const uids = new Set([...gone].map(({ metadata }) => metadata.uid));
  const stays = ({ metadata }: Pod): boolean => !uids.has(metadata.uid);
  return {
    candidate: emptied,
    placement: {
      ...placement,
      candidate: (node) => (node === candidate.node ? emptied : placement.candidate(node)),
      antiAffine: placement.antiAffine.filter(stays),
      matching: (namespaces, selector) => placement.matching(namespaces, selector).filter(stays),
      siblingsOn: (uid, nodeName) =>
        placement.siblingsOn(uid, nodeName) - (nodeName === name ? [...gone].filter((each) => controllerOf(each)?.uid === uid).length : 0),
    },
  };
}
