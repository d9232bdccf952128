import type { Job, Pod } from '../../../gen/kubernetes-types.ts';
import { isActive } from '../pod-control.ts';
import { isIndexed, type Tally } from './accounting.ts';
import { parseIndexes } from './indexes.ts';

/** How a job is to end, before all of its pods have. */
export interface Verdict {
  readonly type: 'SuccessCriteriaMet' | 'FailureTarget';
  readonly reason: string;
  readonly message: string;
}

const failure = (reason: string, message: string): Verdict => ({ type: 'FailureTarget', reason, message });
const success = (reason: string, message: string): Verdict => ({ type: 'SuccessCriteriaMet', reason, message });

/** The verdict that an earlier reconcile wrote down. */
export function standingVerdict(job: Job): Verdict | undefined {
  const found = job.status?.conditions?.find(
    ({ type, status }) => (type === 'SuccessCriteriaMet' || type === 'FailureTarget') && status === 'True',
  );
  return found && { type: found.type as Verdict['type'], reason: found.reason ?? '', message: found.message ?? '' };
}

/** Whether a job has to end now, in upstream's order of reasons. Models job_controller syncJob. */
export function judge(job: Job, tally: Tally, pods: readonly Pod[], nowMs: number): Verdict | undefined {
  const { spec } = job;
  if (tally.violation !== undefined) return failure('PodFailurePolicy', tally.violation);
  const limit = spec.backoffLimit ?? 6;
  if (tally.failed > limit || restartsExceed(job, pods, limit))
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (deadlineMs(job) - nowMs <= 0) return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (spec.maxFailedIndexes !== undefined && tally.failedIndexes.size > spec.maxFailedIndexes)
    return failure('MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes');
  if (tally.failedIndexes.size > 0 && tally.failedIndexes.size + tally.completed.size >= (spec.completions ?? 0))
    return failure('FailedIndexes', 'Job has failed indexes');
  const rule = matchedSuccessRule(job, tally);
  if (rule !== undefined) return success('SuccessPolicy', `Matched rules at index ${rule}`);
  return isComplete(job, tally, pods) ? success('CompletionsReached', 'Reached expected number of succeeded pods') : undefined;
}

/** A job without completions is done when one pod succeeded and none is left; others when enough succeeded. */
const isComplete = (job: Job, tally: Tally, pods: readonly Pod[]): boolean =>
  job.spec.completions === undefined || job.spec.completions === null
    ? tally.succeeded > 0 && !pods.some(isActive)
    : tally.succeeded >= job.spec.completions;

/** When activeDeadlineSeconds runs out, in world ms; infinite while it does not run. */
export const deadlineMs = ({ spec, status }: Job): number =>
  spec.activeDeadlineSeconds === undefined || spec.suspend || !status?.startTime
    ? Number.POSITIVE_INFINITY
    : Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000;

/** Containers that are restarted in place count against the limit as failed pods do. */
function restartsExceed(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter((pod) => isActive(pod) && (pod.status?.phase === 'Running' || pod.status?.phase === 'Pending'))
    .flatMap((pod) => [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])])
    .reduce((total, status) => total + status.restartCount, 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Place of the first rule of the success policy that the completed indexes fulfil. */
function matchedSuccessRule(job: Job, tally: Tally): number | undefined {
  if (!isIndexed(job)) return undefined;
  const at = (job.spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    const wanted = succeededIndexes === undefined ? undefined : parseIndexes(succeededIndexes);
    const met = wanted ? [...wanted].filter((index) => tally.completed.has(index)).length : tally.completed.size;
    return met >= (succeededCount ?? wanted?.size ?? Number.POSITIVE_INFINITY);
  });
  return at < 0 ? undefined : at;
}
