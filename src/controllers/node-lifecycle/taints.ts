import type { Node, Taint } from '../../../gen/kubernetes-types.ts';

const key = (name: string): string => `node.kubernetes.io/${name}`;

/** Taints that this controller alone sets and takes away, by condition: status that brings the taint about. */
const BY_CONDITION: readonly (readonly [type: string, status: string, name: string])[] = [
  ['Ready', 'False', 'not-ready'],
  ['Ready', 'Unknown', 'unreachable'],
  ['MemoryPressure', 'True', 'memory-pressure'],
  ['DiskPressure', 'True', 'disk-pressure'],
  ['NetworkUnavailable', 'True', 'network-unavailable'],
  ['PIDPressure', 'True', 'pid-pressure'],
];
const MANAGED: ReadonlySet<string> = new Set([...BY_CONDITION.map(([, , name]) => key(name)), key('unschedulable')]);

export const readyStatus = (node: Node): string => node.status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown';

/**
 * The taints that a node should have: NoSchedule for each bad condition and for a cordon, NoExecute while it is not ready and
 * `mayEvict`. Present ones are kept as they are. Models kubernetes pkg/controller/nodelifecycle.
 */
export function taintsOf(node: Node, mayEvict: boolean, nowIso: string): readonly Taint[] {
  const before = node.spec.taints ?? [];
  const wanted: { key: string; effect: string }[] = [];
  for (const [type, status, name] of BY_CONDITION) {
    if (!node.status?.conditions?.some((condition) => condition.type === type && condition.status === status)) continue;
    wanted.push({ key: key(name), effect: 'NoSchedule' });
    if (type === 'Ready' && mayEvict) wanted.push({ key: key(name), effect: 'NoExecute' });
  }
  if (node.spec.unschedulable) wanted.push({ key: key('unschedulable'), effect: 'NoSchedule' });
  const same = (a: { key: string; effect: string }, b: { key: string; effect: string }) => a.key === b.key && a.effect === b.effect;
  const kept = before.filter((taint) => !MANAGED.has(taint.key) || wanted.some((each) => same(each, taint)));
  const added = wanted.filter((each) => !kept.some((taint) => same(taint, each)));
  if (kept.length === before.length && added.length === 0) return before;
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: nowIso }))];
}
