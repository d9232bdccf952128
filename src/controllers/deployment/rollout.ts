import type { Deployment, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { byAge, DESIRED, rollingLimits, scaleSet, sum, wantedBy } from './replica-sets.ts';

const existing = (set: ReplicaSet): number => set.status?.replicas ?? 0;
const available = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;

/** How many replicas the new set may have now. Models deployment/util NewRSNewReplicas. */
export function newSetSize(deployment: Deployment, sets: readonly ReplicaSet[], newSet: ReplicaSet | undefined): number {
  const wanted = deployment.spec.replicas ?? 0;
  const current = newSet ? wantedBy(newSet) : 0;
  if (deployment.spec.strategy?.type === 'Recreate') return wanted;
  const room = wanted + rollingLimits(deployment).surge - sum(sets, wantedBy);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/** One step of a rolling update: the new set up as far as surge allows, old ones down as far as availability allows. */
export function rolling(cluster: Cluster, deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): void {
  const wanted = deployment.spec.replicas ?? 0;
  const size = wantedBy(newSet) > wanted ? wanted : newSetSize(deployment, [newSet, ...oldSets], newSet);
  if (size !== wantedBy(newSet)) {
    scaleSet(cluster, deployment, newSet, size);
    return;
  }
  const oldTotal = sum(oldSets, wantedBy);
  if (oldTotal === 0) return;
  const minAvailable = wanted - rollingLimits(deployment).unavailable;
  const newUnavailable = wantedBy(newSet) - available(newSet);
  const removable = oldTotal + wantedBy(newSet) - minAvailable - newUnavailable;
  if (removable <= 0) return;
  const cleaned = cleanUnhealthy(cluster, deployment, oldSets, removable);
  scaleDownOld(cluster, deployment, cleaned, sum([newSet, ...oldSets], available) - minAvailable);
}

/** Old pods that serve nobody go first: they cost no availability. */
function cleanUnhealthy(cluster: Cluster, deployment: Deployment, oldSets: readonly ReplicaSet[], most: number): ReplicaSet[] {
  let left = most;
  return [...oldSets].sort(byAge).map((set) => {
    const unhealthy = wantedBy(set) - available(set);
    const count = Math.min(left, unhealthy);
    if (count <= 0) return set;
    left -= count;
    return scaleSet(cluster, deployment, set, wantedBy(set) - count);
  });
}

function scaleDownOld(cluster: Cluster, deployment: Deployment, oldSets: readonly ReplicaSet[], most: number): void {
  let left = most;
  for (const set of oldSets) {
    const count = Math.min(left, wantedBy(set));
    if (count <= 0) continue;
    left -= count;
    scaleSet(cluster, deployment, set, wantedBy(set) - count);
  }
}

/**
 * Spreads a changed replica count over all sets that have pods, in proportion, so that a rollout in progress keeps its balance.
 * Models deployment/sync scale. Returns false when there was nothing of the kind to do.
 */
export function scaleProportionally(
  cluster: Cluster,
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
): boolean {
  const wanted = deployment.spec.replicas ?? 0;
  const all = newSet ? [newSet, ...oldSets] : [...oldSets];
  const active = all.filter((set) => wantedBy(set) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? newSet : undefined;
  if (only) {
    if (wantedBy(only) === wanted) return false;
    scaleSet(cluster, deployment, only, wanted);
    return true;
  }
  const allowed = wanted > 0 ? wanted + rollingLimits(deployment).surge : 0;
  let left = allowed - sum(active, wantedBy);
  if (left === 0) return false;
  const order = [...active].sort((a, b) => wantedBy(b) - wantedBy(a) || (left > 0 ? byAge(b, a) : byAge(a, b)));
  const sizes = order.map((set) => {
    const annotated = Number(set.metadata.annotations?.['deployment.kubernetes.io/max-replicas'] ?? 0) || sum(active, wantedBy);
    const share = Math.round((wantedBy(set) * allowed) / annotated) - wantedBy(set);
    const step = left > 0 ? Math.min(Math.max(share, 0), left) : Math.max(Math.min(share, 0), left);
    left -= step;
    return wantedBy(set) + step;
  });
  order.forEach((set, i) => {
    scaleSet(cluster, deployment, set, Math.max(0, (sizes[i] as number) + (i === 0 ? left : 0)));
  });
  return true;
}

/** Whether the wanted count changed since the sets were last scaled: then sizes are adjusted before the rollout goes on. */
export const isScaling = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets.some(
    (set) => wantedBy(set) > 0 && Number(set.metadata.annotations?.[DESIRED] ?? deployment.spec.replicas) !== deployment.spec.replicas,
  );

/** Recreate: all old pods are gone before the first new one comes. True while that is not so. */
export function recreate(cluster: Cluster, deployment: Deployment, oldSets: readonly ReplicaSet[]): boolean {
  for (const set of oldSets) if (wantedBy(set) > 0) scaleSet(cluster, deployment, set, 0);
  return oldSets.some((set) => existing(set) > 0 || wantedBy(set) > 0 || (set.status?.terminatingReplicas ?? 0) > 0);
}
