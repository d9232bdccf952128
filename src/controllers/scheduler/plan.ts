import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { interPodAffinity } from './inter-pod-affinity.ts';
import {
  balancedAllocation,
  imageLocality,
  nodeAffinity,
  nodeName,
  nodePorts,
  nodeResourcesFit,
  nodeUnschedulable,
  taintToleration,
} from './node-plugins.ts';
import type { Candidate, Placement, Plugin } from './plugin.ts';
import { podTopologySpread } from './topology-spread.ts';
import { volumeBinding } from './volume-binding.ts';

/** Upstream's default plugins, in its order of filtering. */
export const defaultPlugins: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  // A plugin's own state type is known to itself alone; the planner only hands it back.
  nodePorts as Plugin,
  nodeResourcesFit as Plugin,
  volumeBinding as Plugin,
  podTopologySpread as Plugin,
  interPodAffinity as Plugin,
  balancedAllocation as Plugin,
  imageLocality,
];

export type Plan = { readonly nodeName: string } | Unplaced;

/** `message` as in FailedScheduling: "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …", without what preemption adds. */
export interface Unplaced {
  readonly message: string;
  readonly nodes: number;
  /** Nodes on which evicting other pods may help. */
  readonly resolvable: ReadonlySet<string>;
}

/** Feasible nodes looked for before scoring: all up to 100 nodes, then a falling share. Source: numFeasibleNodesToFind. */
export function feasibleNodesToFind(nodes: number): number {
  if (nodes < 100) return nodes;
  const percent = Math.max(50 - Math.floor(nodes / 125), 5);
  return Math.max(Math.floor((nodes * percent) / 100), 100);
}

/**
 * Where a pod would go: filters, then scores. Pure: the scheduler acts on it, what-if questions only read it.
 * `start` is the node to begin with, so that large clusters are not always filled from the same end.
 */
export function plan(pod: Pod, placement: Placement, start: number, plugins: readonly Plugin[] = defaultPlugins): Plan {
  const active = prepared(pod, placement, plugins);
  const { nodes } = placement;
  const unplaced = (message: string, resolvable = new Set<string>()): Unplaced => ({ message, nodes: nodes.length, resolvable });
  if (nodes.length === 0) return unplaced('no nodes available to schedule pods');
  const everywhere = first(active, ({ plugin, state }) => plugin.refuse?.(pod, state));
  if (everywhere !== undefined) return unplaced(`0/${nodes.length} nodes are available: ${everywhere}.`);
  const enough = feasibleNodesToFind(nodes.length);
  const feasible: Candidate[] = [];
  const reasons = new Map<string, number>();
  const resolvable = new Set<string>();
  for (let i = 0; i < nodes.length && feasible.length < enough; i++) {
    const candidate = placement.candidate(nodes[(start + i) % nodes.length] as Node); // the index is below the length
    const refusal = first(active, ({ plugin, state }) => plugin.filter?.(pod, candidate, state));
    if (!refusal) feasible.push(candidate);
    else {
      if (refusal.resolvable) resolvable.add(candidate.node.metadata.name);
      for (const reason of refusal.reason.split(', ')) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  if (feasible.length === 0) return unplaced(fitError(nodes.length, reasons), resolvable);
  return { nodeName: best(pod, placement, feasible, active) };
}

const prepared = (pod: Pod, placement: Placement, plugins: readonly Plugin[]): Active[] =>
  plugins
    .map((plugin) => ({ plugin, state: plugin.prepare ? plugin.prepare(pod, placement) : null }))
    .filter(({ state }) => state !== undefined);

/** Whether no filter refuses one node. */
export function fits(pod: Pod, placement: Placement, candidate: Candidate, plugins: readonly Plugin[] = defaultPlugins): boolean {
  const active = prepared(pod, placement, plugins);
  return first(active, ({ plugin, state }) => plugin.refuse?.(pod, state) ?? plugin.filter?.(pod, candidate, state)) === undefined;
}

const fitError = (nodes: number, reasons: ReadonlyMap<string, number>): string =>
  `0/${nodes} nodes are available: ${[...reasons]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ')}.`;

/** Why evicting others does not help. Source of the texts: scheduler framework/preemption. */
export function preemptionText(pod: Pod, { nodes, resolvable }: Unplaced): string {
  if (nodes === 0) return '';
  if (pod.spec.preemptionPolicy === 'Never') return 'preemption: not eligible due to preemptionPolicy=Never.';
  const reasons = new Map<string, number>();
  if (resolvable.size > 0) reasons.set('No preemption victims found for incoming pod', resolvable.size);
  if (nodes > resolvable.size) reasons.set('Preemption is not helpful for scheduling', nodes - resolvable.size);
  return `preemption: ${fitError(nodes, reasons)}`;
}

function first<T, R>(items: readonly T[], pick: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = pick(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Active = { readonly plugin: Plugin; readonly state: unknown };

/** The feasible node with the highest weighted score; among equals the first in the order of search. */
function best(pod: Pod, placement: Placement, feasible: readonly Candidate[], active: readonly Active[]): string {
  const only = feasible[0] as Candidate;
  if (feasible.length === 1) return only.node.metadata.name;
  const totals = new Array<number>(feasible.length).fill(0);
  for (const { plugin, state: prepared } of active) {
    if (!plugin.score) continue;
    const state = plugin.tally ? plugin.tally(pod, placement, feasible, prepared) : prepared;
    const raw = feasible.map((candidate) => plugin.score?.(pod, candidate, state) ?? 0);
    const scores = plugin.normalize ? plugin.normalize(raw) : raw;
    for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] as number) + (scores[i] as number) * (plugin.weight ?? 1);
  }
  let at = 0;
  for (let i = 1; i < totals.length; i++) if ((totals[i] as number) > (totals[at] as number)) at = i;
  return (feasible[at] as Candidate).node.metadata.name;
}
