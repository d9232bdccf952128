import type { Job, JobCondition, JobStatus, Pod } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import { job as jobKind } from '../../kinds/batch/job.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { claim, selecting } from '../claim.ts';
import { type ClusterController, onControlled, onKind, onObject } from '../cluster-controller.ts';
import { deletePod, isActive, isReady, withCondition } from '../pod-control.ts';
import { count, isTracked, type Tally, TRACKING, tallyStatus } from './accounting.ts';
import { managePods, untrack } from './pods.ts';
import { deadlineMs, judge, standingVerdict, type Verdict } from './verdict.ts';

const JOB_NAME = 'batch.kubernetes.io/job-name';
const CONTROLLER = 'kubernetes.io/job-controller';

/** Runs pods until enough of them succeeded. Models kubernetes pkg/controller/job; a pod is counted and let go in one transaction. */
export const jobController: ClusterController = {
  name: 'job',
  watches: [onKind(jobKind), onControlled(podKind, 'Job'), onObject(podKind, selecting(jobKind))],
  reconcile(cluster, name, namespace) {
    const job = cluster.get<Job>(jobKind, namespace, name);
    if (!job) {
      untrack(cluster, leftBehind(cluster, namespace, name));
      return undefined;
    }
    if (job.spec.managedBy !== undefined && job.spec.managedBy !== CONTROLLER) return undefined;
    const pods = claim<Pod>(cluster, podKind, job, job.spec.selector ?? {}, TRACKING);
    if (isFinished(job) || job.metadata.deletionTimestamp) {
      untrack(
        cluster,
        pods.filter((pod) => !isActive(pod)),
      );
      return undefined;
    }
    return step(cluster, withStart(cluster, job), pods);
  },
};

export const isFinished = (job: Job): boolean =>
  job.status?.conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? false;

/** Pods of a job that is gone: nobody else would take its finalizer from them. */
const leftBehind = (cluster: Cluster, namespace: string, name: string): Pod[] =>
  cluster.indexed<Pod>(podKind, 'label', `${namespace}/${JOB_NAME}=${name}`).filter(isTracked);

/** The job with startTime: it begins when it is first seen unsuspended, and anew after each suspension. */
function withStart(cluster: Cluster, job: Job): Job {
  if (job.spec.suspend || job.status?.startTime) return job;
  return { ...job, status: { ...job.status, startTime: cluster.tx.nowIso } };
}

function step(cluster: Cluster, job: Job, pods: readonly Pod[]): Outcome | undefined {
  const { nowMs } = cluster.tx;
  const tally = count(job, pods);
  const verdict = standingVerdict(job) ?? judge(job, tally, pods, nowMs);
  let againMs: number | undefined;
  if (verdict) for (const pod of pods.filter(isActive)) deletePod(cluster, job, pod);
  else againMs = managePods(cluster, job, pods, tally);
  untrack(cluster, tally.counted);
  writeStatus(cluster, job, tally, verdict);
  if (verdict) return undefined;
  const waits = [againMs, deadlineMs(job) - nowMs].filter((ms) => ms !== undefined && Number.isFinite(ms)) as number[];
  return waits.length ? { againMs: Math.min(...waits) } : undefined;
}

function writeStatus(cluster: Cluster, job: Job, tally: Tally, verdict: Verdict | undefined): void {
  const pods = cluster.indexed<Pod>(podKind, 'owner', job.metadata.uid);
  const active = pods.filter(isActive);
  const terminating = pods.filter(
    (pod) => pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed',
  );
  const hasEnded = verdict !== undefined && active.length + terminating.length === 0;
  const { startTime } = job.status ?? {};
  const status: JobStatus = {
    ...conditionsOf(cluster, job, verdict, hasEnded),
    ...(startTime !== undefined && !job.spec.suspend && { startTime }),
    ...(hasEnded && verdict.type === 'SuccessCriteriaMet' && { completionTime: cluster.tx.nowIso }),
    ...(active.length > 0 && { active: active.length }),
    ...tallyStatus(job, tally),
    terminating: terminating.length,
    uncountedTerminatedPods: {},
    ready: active.filter(isReady).length,
  };
  const current = cluster.get<Job>(jobKind, job.metadata.namespace, job.metadata.name) ?? job;
  cluster.updateStatus<Job>(jobKind, { ...current, status });
}

/** Conditions with what is new, and the events that tell of it. */
function conditionsOf(
  cluster: Cluster,
  job: Job,
  verdict: Verdict | undefined,
  hasEnded: boolean,
): { readonly conditions?: readonly JobCondition[] } {
  const before = job.status?.conditions ?? [];
  const { nowIso } = cluster.tx;
  const add = (list: readonly JobCondition[], type: string, status: string, reason: string, message: string): readonly JobCondition[] => {
    const old = list.find((condition) => condition.type === type);
    if (old?.status === status && old.reason === reason && old.message === message) return list;
    return withCondition<JobCondition>(list, { type, status, lastProbeTime: nowIso, lastTransitionTime: nowIso, reason, message });
  };
  let conditions = before;
  const isSuspended = before.some(({ type, status }) => type === 'Suspended' && status === 'True');
  if (job.spec.suspend && !verdict) conditions = add(conditions, 'Suspended', 'True', 'JobSuspended', 'Job suspended');
  else if (isSuspended) conditions = add(conditions, 'Suspended', 'False', 'JobResumed', 'Job resumed');
  if (conditions !== before) {
    const suspended = job.spec.suspend === true;
    cluster.event(job, 'Normal', suspended ? 'Suspended' : 'Resumed', suspended ? 'Job suspended' : 'Job resumed');
  }
  if (verdict) conditions = add(conditions, verdict.type, 'True', verdict.reason, verdict.message);
  if (verdict && hasEnded) {
    const succeeded = verdict.type === 'SuccessCriteriaMet';
    conditions = add(conditions, succeeded ? 'Complete' : 'Failed', 'True', verdict.reason, verdict.message);
    if (succeeded) cluster.event(job, 'Normal', 'Completed', 'Job completed');
    else cluster.event(job, 'Warning', verdict.reason, verdict.message);
  }
  return conditions.length ? { conditions } : {};
}
