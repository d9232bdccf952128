import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import { rollingLimits, sum } from './replica-sets.ts';

/** Everything rolled out: all replicas are of the new template and available, nothing old is left. */
export const isComplete = (deployment: Deployment, status: DeploymentStatus): boolean => {
  const wanted = deployment.spec.replicas ?? 0;
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
};

/**
 * Status as counted from the sets, with its Available and Progressing conditions.
 * `againMs`: when the progress deadline is to be looked at again. Models deployment/sync calculateStatus and deployment/progress.
 */
export function observe(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  oldSets: readonly ReplicaSet[],
  nowMs: number,
  nowIso: string,
): { status: DeploymentStatus; againMs?: number } {
  const all = newSet ? [newSet, ...oldSets] : oldSets;
  const count = (pick: (set: ReplicaSet) => number | undefined, sets = all) => sum(sets, pick);
  const wanted = deployment.spec.replicas ?? 0;
  const replicas = count((set) => set.status?.replicas);
  const available = count((set) => set.status?.availableReplicas);
  const ready = count((set) => set.status?.readyReplicas);
  const updated = newSet?.status?.replicas ?? 0;
  const terminating = count((set) => set.status?.terminatingReplicas);
  const unavailable = Math.max(count((set) => set.spec.replicas) - available, 0);
  const base: DeploymentStatus = {
    observedGeneration: deployment.metadata.generation ?? 0,
    ...(replicas && { replicas }),
    ...(updated && { updatedReplicas: updated }),
    ...(ready && { readyReplicas: ready }),
    ...(available && { availableReplicas: available }),
    ...(unavailable && { unavailableReplicas: unavailable }),
    ...(terminating && { terminatingReplicas: terminating }),
    ...(deployment.status?.collisionCount && { collisionCount: deployment.status.collisionCount }),
  };
  const enough = available >= wanted - rollingLimits(deployment).unavailable;
  const availability: Fact = enough
    ? ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const previous = deployment.status?.conditions ?? [];
  const { fact, againMs } = progress(deployment, base, newSet, nowMs);
  const failing = newSet?.status?.conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  const facts: Fact[] = [availability, ...(fact ? [fact] : [])];
  if (failing) facts.push(['ReplicaFailure', 'True', failing.reason ?? '', failing.message ?? '']);
  const moved = fact !== undefined && hasProgressed(deployment, base);
  const conditions = facts.map(([type, state, reason, message]): DeploymentCondition => {
    const old = previous.find((condition) => condition.type === type);
    const same = old?.status === state && old.reason === reason && old.message === message && !(type === 'Progressing' && moved);
    if (old && same) return old;
    const lastTransitionTime = old?.status === state && old.lastTransitionTime ? old.lastTransitionTime : nowIso;
    return { type, status: state, lastUpdateTime: nowIso, lastTransitionTime, reason, message };
  });
  return { status: { ...base, conditions }, ...(againMs !== undefined && { againMs }) };
}

type Fact = [type: string, status: string, reason: string, message: string];

function progress(
  deployment: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  nowMs: number,
): { fact?: Fact; againMs?: number } {
  const deadlineSeconds = deployment.spec.progressDeadlineSeconds;
  const previous = deployment.status?.conditions?.find(({ type }) => type === 'Progressing');
  if (deadlineSeconds === undefined || deadlineSeconds === 2147483647) return {};
  if (deployment.spec.paused) return { fact: ['Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused'] };
  const set = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status))
    return { fact: ['Progressing', 'True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`] };
  const stays = previous && !hasProgressed(deployment, status) && newSet && previous.message?.startsWith(set);
  if (stays && (previous.reason === 'NewReplicaSetAvailable' || previous.reason === 'ProgressDeadlineExceeded')) {
    // Complete once: losing a pod later is no new rollout. Timed out once: only progress or another template changes that.
    return { fact: ['Progressing', previous.status, previous.reason, previous.message ?? ''] };
  }
  const since = Date.parse(previous?.lastUpdateTime ?? new Date(nowMs).toISOString());
  const leftMs = since + deadlineSeconds * 1000 - nowMs;
  if (previous && !hasProgressed(deployment, status) && leftMs <= 0)
    return { fact: ['Progressing', 'False', 'ProgressDeadlineExceeded', `${set} has timed out progressing.`] };
  return { fact: ['Progressing', 'True', 'ReplicaSetUpdated', `${set} is progressing.`], againMs: Math.max(leftMs, 1000) };
}

function hasProgressed(deployment: Deployment, status: DeploymentStatus): boolean {
  const before = deployment.status ?? {};
  const old = (each: DeploymentStatus) => (each.replicas ?? 0) - (each.updatedReplicas ?? 0);
  return (
    (status.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(status) < old(before) ||
    (status.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (status.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}
