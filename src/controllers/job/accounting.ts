import type { Job, Pod } from '../../../gen/kubernetes-types.ts';
import { failureAction } from './failure-policy.ts';
import { formatIndexes, parseIndexes } from './indexes.ts';

/** Keeps a pod in being until its job has counted it. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
export const INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';

/** What a job has come to once the pods that ended lately are counted in. */
export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly completed: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** Pods that are counted now and need no longer be kept. */
  readonly counted: readonly Pod[];
  /** Why the failure policy ends the job. */
  readonly violation?: string;
}

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed';
export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false;

/** The completion index of a pod; undefined where it has none. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[INDEX];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A pod that is leaving counts as failed at once, unless the job waits until its end is known. */
export const hasFailed = (job: Job, pod: Pod): boolean =>
  pod.status?.phase === 'Failed' ||
  (pod.metadata.deletionTimestamp !== undefined &&
    pod.status?.phase !== 'Succeeded' &&
    (job.spec.podReplacementPolicy !== 'Failed' || !pod.spec.nodeName));

/** Counts the pods that ended since the last time. Models job_controller trackJobStatusAndRemoveFinalizers, in one step. */
export function count(job: Job, pods: readonly Pod[]): Tally {
  const completed = parseIndexes(job.status?.completedIndexes);
  const failedIndexes = parseIndexes(job.status?.failedIndexes);
  const counted: Pod[] = [];
  let succeeded = job.status?.succeeded ?? 0;
  let failed = job.status?.failed ?? 0;
  let violation: string | undefined;
  for (const pod of pods) {
    if (!isTracked(pod)) continue;
    const index = indexOf(pod);
    if (pod.status?.phase === 'Succeeded') {
      if (!isIndexed(job)) succeeded++;
      else if (index !== undefined && index < (job.spec.completions ?? 0)) completed.add(index);
    } else if (hasFailed(job, pod)) {
      const verdict = failureAction(job, pod);
      if (verdict.action === 'FailJob') violation ??= verdict.message;
      if (verdict.action !== 'Ignore') failed++;
      if (index !== undefined && failsIndex(job, pod, verdict.action)) failedIndexes.add(index);
    } else continue;
    counted.push(pod);
  }
  for (const index of completed) failedIndexes.delete(index);
  return {
    succeeded: isIndexed(job) ? completed.size : succeeded,
    failed,
    completed,
    failedIndexes,
    counted,
    ...(violation !== undefined && { violation }),
  };
}

export const failuresOf = (pod: Pod): number => Number(pod.metadata.annotations?.[INDEX_FAILURES] ?? 0);

const failsIndex = (job: Job, pod: Pod, action: string): boolean =>
  job.spec.backoffLimitPerIndex !== undefined &&
  (action === 'FailIndex' || (action !== 'Ignore' && failuresOf(pod) >= job.spec.backoffLimitPerIndex));

/** The fields of status that the tally gives. */
export const tallyStatus = (job: Job, tally: Tally) => ({
  ...(tally.succeeded > 0 && { succeeded: tally.succeeded }),
  ...(tally.failed > 0 && { failed: tally.failed }),
  ...(isIndexed(job) && tally.completed.size > 0 && { completedIndexes: formatIndexes(tally.completed) }),
  ...(job.spec.backoffLimitPerIndex !== undefined && { failedIndexes: formatIndexes(tally.failedIndexes) }),
});
