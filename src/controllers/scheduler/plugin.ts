import type { Node, PersistentVolume, PersistentVolumeClaim, Pod } from '../../../gen/kubernetes-types.ts';
import type { Totals } from '../../kernel/collection.ts';
import type { LabelSelector } from '../../kube/selectors/label-selector.ts';

/** A node as a plugin sees it. */
export interface Candidate {
  readonly node: Node;
  readonly allocatable: Totals;
  /** What the pods assigned to it request. */
  readonly requested: Totals;
}

/** What is known of a claim that a pod's volumes name. */
export interface ClaimFacts {
  readonly name: string;
  /** Absent: there is no such claim. */
  readonly claim?: PersistentVolumeClaim;
  /** The volume that it is bound to. */
  readonly volume?: PersistentVolume;
  /** It waits for its first pod to be placed. */
  readonly waits: boolean;
  /** A volume can be made for it anywhere; else one that exists must fit. */
  readonly isProvisioned: boolean;
}

/** Reads of the cluster that plugins need beyond the node itself. */
export interface Placement {
  readonly nodes: readonly Node[];
  /** A node with what is known of its room; made when it is looked at, since most nodes of a large cluster never are. */
  candidate(node: Node): Candidate;
  /** Assigned, unfinished pods of these namespaces ("*": all) that a selector matches. */
  matching(namespaces: readonly string[] | '*', selector: LabelSelector): readonly Pod[];
  /** How many pods of a controller are on a node, finished and leaving ones aside. */
  siblingsOn(controllerUid: string, nodeName: string): number;
  nodeOf(pod: Pod): Node | undefined;
  /** Namespaces whose labels a selector matches. */
  namespaces(selector: LabelSelector): readonly string[];
  /** The claims that a pod's volumes name. */
  claimsOf(pod: Pod): readonly ClaimFacts[];
  volumes(): readonly PersistentVolume[];
  /** Assigned pods anywhere whose required anti-affinity may forbid the new pod a place. */
  readonly antiAffine: readonly Pod[];
}

/** Why a node can't take a pod: upstream's reason text, and whether evicting pods could change that. */
export interface Refusal {
  readonly reason: string;
  readonly resolvable: boolean;
}

/**
 * One rule of placement. `filter` and `score` get a state that `prepare` computed once per pod, so that nothing is counted per node.
 * Scores are over [0, 100] after `normalize`, then weighted.
 */
export interface Plugin<S = unknown> {
  readonly name: string;
  /** Weight of the score, as in upstream's default configuration. */
  readonly weight?: number;
  /** Undefined when the plugin has nothing to say about this pod. */
  prepare?(pod: Pod, placement: Placement): S | undefined;
  /** Why the pod can go nowhere, whatever the nodes. */
  refuse?(pod: Pod, state: S): string | undefined;
  filter?(pod: Pod, candidate: Candidate, state: S): Refusal | undefined;
  /** State for scoring, where that needs to know which nodes are left. */
  tally?(pod: Pod, placement: Placement, feasible: readonly Candidate[], state: S): S;
  score?(pod: Pod, candidate: Candidate, state: S): number;
  /** Maps raw scores of the feasible nodes to [0, 100]; absent: they already are. */
  normalize?(scores: number[]): number[];
}

/** Highest raw score becomes 100, or with `reverse` the lowest does. Source: scheduler helper DefaultNormalizeScore. */
export function normalizeByMax(scores: number[], reverse = false): number[] {
  const max = Math.max(0, ...scores);
  if (max === 0) return scores.map(() => (reverse ? 100 : 0));
  return scores.map((score) => (reverse ? 100 - Math.floor((score * 100) / max) : Math.floor((score * 100) / max)));
}
