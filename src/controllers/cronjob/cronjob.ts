import type { CronJob, CronJobStatus, Job, ObjectReference } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import { type CronSchedule, parseCronSchedule } from '../../kinds/batch/cron-schedule.ts';
import { cronJob } from '../../kinds/batch/cronjob.ts';
import { job as jobKind } from '../../kinds/batch/job.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { StatusError } from '../../kube/status.ts';
import { type ClusterController, onControlled, onKind } from '../cluster-controller.ts';
import { isFinished } from '../job/job.ts';
import { controllerRef } from '../pod-control.ts';
import { lastTime, nextTimeMs } from './next-time.ts';

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Missed times from which on a warning is due. */
const MANY_MISSED = 100;

/** Starts jobs on a schedule. Models kubernetes pkg/controller/cronjob. */
export const cronJobController: ClusterController = {
  name: 'cronjob',
  watches: [onKind(cronJob), onControlled(jobKind, 'CronJob')],
  reconcile(cluster, name, namespace) {
    const found = cluster.get<CronJob>(cronJob, namespace, name);
    if (!found) return undefined;
    const jobs = cluster.indexed<Job>(jobKind, 'owner', found.metadata.uid);
    let status = noteEnds(cluster, found, jobs);
    let outcome: Outcome | undefined;
    const { value: schedule } = parseCronSchedule(found.spec.schedule);
    if (schedule && !found.metadata.deletionTimestamp && !found.spec.suspend) {
      status = startDue(cluster, found, schedule, status);
      const nextMs = nextTimeMs(schedule, cluster.tx.nowMs, found.spec.timeZone);
      if (nextMs !== undefined) outcome = { againMs: nextMs - cluster.tx.nowMs };
    }
    forgetOld(cluster, found, jobs);
    cluster.updateStatus<CronJob>(cronJob, { ...found, status });
    return outcome;
  },
};

const conditionOf = (job: Job): string => (isFinished(job) ? (succeeded(job) ? 'Complete' : 'Failed') : '');
const succeeded = (job: Job): boolean =>
  job.status?.conditions?.some(({ type, status }) => type === 'Complete' && status === 'True') ?? false;

/** Status without the jobs that ended or went missing. */
function noteEnds(cluster: Cluster, owner: CronJob, jobs: readonly Job[]): CronJobStatus {
  const { active = [], ...status } = owner.status ?? {};
  let { lastSuccessfulTime } = status;
  const left = active.filter((reference) => {
    const job = jobs.find(({ metadata }) => metadata.uid === reference.uid);
    if (!job) cluster.event(owner, 'Normal', 'MissingJob', `Active job went missing: ${reference.name}`);
    else if (isFinished(job))
      cluster.event(owner, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${conditionOf(job)}`);
    return job && !isFinished(job);
  });
  for (const job of jobs) {
    if (!isFinished(job) && !active.some(({ uid }) => uid === job.metadata.uid)) {
      const message = `Saw a job that the controller did not create or forgot: ${job.metadata.name}`;
      cluster.event(owner, 'Warning', 'UnexpectedJob', message);
    }
    const { completionTime } = job.status ?? {};
    if (completionTime && succeeded(job) && completionTime > (lastSuccessfulTime ?? '')) lastSuccessfulTime = completionTime;
  }
  return { ...status, ...(left.length && { active: left }), ...(lastSuccessfulTime !== undefined && { lastSuccessfulTime }) };
}

/** Starts the job of the last time that is due, unless that is too long ago or another one stands in its way. */
function startDue(cluster: Cluster, owner: CronJob, schedule: CronSchedule, status: CronJobStatus): CronJobStatus {
  const { spec } = owner;
  const { nowMs } = cluster.tx;
  const deadlineMs = (spec.startingDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const sinceMs = Math.max(Date.parse(owner.status?.lastScheduleTime ?? owner.metadata.creationTimestamp), nowMs - deadlineMs);
  const due = lastTime(schedule, sinceMs, nowMs, spec.timeZone);
  if (!due) return status;
  if (due.missed > MANY_MISSED) {
    const hint = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
    cluster.event(owner, 'Warning', 'TooManyMissedTimes', `too many missed start times. ${hint}`);
  }
  let active = status.active ?? [];
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    cluster.event(owner, 'Normal', 'JobAlreadyActive', message);
    return status;
  }
  if (spec.concurrencyPolicy === 'Replace') {
    for (const { name = '' } of active) deleteJob(cluster, owner, name);
    active = [];
  }
  const started = startJob(cluster, owner, due.atMs);
  if (started) active = [...active, started];
  const { active: _, ...rest } = status;
  return { ...rest, ...(active.length && { active }), ...(started && { lastScheduleTime: isoSeconds(due.atMs) }) };
}

const isoSeconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The name follows from the scheduled time, so that no time is ever served twice. */
function startJob(cluster: Cluster, owner: CronJob, atMs: number): ObjectReference | undefined {
  const name = `${owner.metadata.name}-${Math.floor(atMs / 60_000)}`;
  const { metadata, spec } = owner.spec.jobTemplate;
  const namespace = owner.metadata.namespace ?? '';
  try {
    const made = cluster.create<Job>(jobKind, {
      metadata: {
        name,
        namespace,
        ...(metadata?.labels && { labels: metadata.labels }),
        annotations: { ...metadata?.annotations, [SCHEDULED]: isoSeconds(atMs) },
        ownerReferences: [controllerRef(owner)],
      },
      spec,
    });
    cluster.event(owner, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    return { apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid: made.metadata.uid };
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    cluster.event(owner, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
    return undefined;
  }
}

/** Finished jobs beyond the limits go, the oldest first. */
function forgetOld(cluster: Cluster, owner: CronJob, jobs: readonly Job[]): void {
  const finished = jobs.filter((job) => isFinished(job) && !job.metadata.deletionTimestamp);
  const oldest = finished.sort((a, b) => ((a.status?.startTime ?? '') < (b.status?.startTime ?? '') ? -1 : 1));
  for (const [wanted, limit] of [
    [true, owner.spec.successfulJobsHistoryLimit],
    [false, owner.spec.failedJobsHistoryLimit],
  ] as const) {
    if (limit === undefined) continue;
    const those = oldest.filter((job) => succeeded(job) === wanted);
    for (const { metadata } of those.slice(0, Math.max(those.length - limit, 0))) deleteJob(cluster, owner, metadata.name);
  }
}

function deleteJob(cluster: Cluster, owner: CronJob, name: string): void {
  const found = cluster.get<Job>(jobKind, owner.metadata.namespace, name);
  if (!found || found.metadata.deletionTimestamp) return;
  cluster.delete(jobKind, owner.metadata.namespace, name, { propagationPolicy: 'Background' });
  cluster.event(owner, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
}
