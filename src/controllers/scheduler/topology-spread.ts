import type { Node, Pod, TopologySpreadConstraint } from '../../../gen/kubernetes-types.ts';
import { controllerOf } from '../../kube/object.ts';
import type { LabelSelector } from '../../kube/selectors/label-selector.ts';
import { selectorOf } from '../selection.ts';
import { meetsNodeAffinity, untolerated } from './node-facts.ts';
import type { Candidate, Placement, Plugin } from './plugin.ts';

/** What upstream spreads by when a pod says nothing: gently over hosts and zones, among pods of the same controller. */
const DEFAULTS: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
];

interface Counted {
  readonly constraint: TopologySpreadConstraint;
  /** Matching pods per value of the topology key; every eligible value is present. */
  readonly perDomain: Map<string, number>;
  readonly least: number;
  readonly selfMatch: number;
}

/** Keeps pods spread over topology domains. Models scheduler plugin PodTopologySpread. */
export const podTopologySpread: Plugin<readonly Counted[]> = {
  name: 'PodTopologySpread',
  weight: 2,
  prepare(pod, placement) {
    const own = pod.spec.topologySpreadConstraints ?? [];
    if (own.length === 0) return controllerOf(pod) ? [] : undefined;
    return own.map((constraint) => {
      const matcher = selector(pod, constraint);
      return count(pod, placement, constraint, placement.matching([pod.metadata.namespace ?? ''], matcher), matcher);
    });
  },
  tally: (pod, placement, feasible, counted) => (counted.length ? counted : defaults(pod, placement, feasible)),
  filter(_, { node }, counted) {
    for (const { constraint, perDomain, least, selfMatch } of counted) {
      if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain === undefined)
        return { reason: "node(s) didn't match pod topology spread constraints (missing required label)", resolvable: false };
      if ((perDomain.get(domain) ?? 0) + selfMatch - least > constraint.maxSkew)
        return { reason: "node(s) didn't match pod topology spread constraints", resolvable: true };
    }
    return undefined;
  },
  score: (_, { node }, counted) =>
    counted
      .filter(({ constraint }) => constraint.whenUnsatisfiable === 'ScheduleAnyway')
      .reduce((total, { constraint, perDomain }) => {
        const pods = perDomain.get(node.metadata.labels?.[constraint.topologyKey] ?? '') ?? 0;
        return total + pods * Math.log(perDomain.size + 2) + (constraint.maxSkew - 1);
      }, 0),
  normalize(scores) {
    const max = Math.max(...scores);
    const min = Math.min(...scores);
    return scores.map((score) => (max === 0 ? 100 : Math.floor((100 * (max + min - score)) / max)));
  },
};

/** The default constraints, for pods of the same controller on the nodes that are left. O(these). */
function defaults(pod: Pod, placement: Placement, feasible: readonly Candidate[]): Counted[] {
  const uid = controllerOf(pod)?.uid ?? '';
  const counted = DEFAULTS.map((constraint): Counted => ({ constraint, perDomain: new Map(), least: 0, selfMatch: 1 }));
  for (const { node } of feasible) {
    const pods = placement.siblingsOn(uid, node.metadata.name);
    for (const { constraint, perDomain } of counted) {
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain !== undefined) perDomain.set(domain, (perDomain.get(domain) ?? 0) + pods);
    }
  }
  return counted;
}

function selector(pod: Pod, constraint: TopologySpreadConstraint): LabelSelector {
  const keys = (constraint.matchLabelKeys ?? []).filter((key) => pod.metadata.labels?.[key] !== undefined);
  if (keys.length === 0) return selectorOf(constraint.labelSelector);
  const matchLabels = Object.fromEntries(keys.map((key) => [key, pod.metadata.labels?.[key] ?? '']));
  return selectorOf({ ...constraint.labelSelector, matchLabels: { ...constraint.labelSelector?.matchLabels, ...matchLabels } });
}

function count(
  pod: Pod,
  placement: Placement,
  constraint: TopologySpreadConstraint,
  pods: readonly Pod[],
  matcher: LabelSelector,
): Counted {
  const perDomain = new Map<string, number>();
  for (const node of placement.nodes) {
    const domain = node.metadata.labels?.[constraint.topologyKey];
    if (domain !== undefined && eligible(pod, node, constraint)) perDomain.set(domain, 0);
  }
  for (const each of pods) {
    if (each.metadata.deletionTimestamp) continue;
    const domain = placement.nodeOf(each)?.metadata.labels?.[constraint.topologyKey];
    if (domain !== undefined && perDomain.has(domain)) perDomain.set(domain, (perDomain.get(domain) ?? 0) + 1);
  }
  const least = perDomain.size < (constraint.minDomains ?? 0) ? 0 : Math.min(...perDomain.values(), Number.POSITIVE_INFINITY);
  return { constraint, perDomain, least: Number.isFinite(least) ? least : 0, selfMatch: matcher.matches(pod.metadata.labels) ? 1 : 0 };
}

const eligible = (pod: Pod, node: Node, { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: TopologySpreadConstraint): boolean =>
  (nodeAffinityPolicy !== 'Honor' || meetsNodeAffinity(pod, node)) &&
  (nodeTaintsPolicy !== 'Honor' || untolerated(pod, node, ['NoSchedule', 'NoExecute']).length === 0);
