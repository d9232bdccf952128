import type { Container, Job, Pod, PodTemplateSpec } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { createPod, deletePod, isActive } from '../pod-control.ts';
import { deletionOrder } from '../replicaset/deletion-order.ts';
import { failuresOf, hasFailed, INDEX, INDEX_FAILURES, indexOf, isIndexed, isTracked, type Tally, TRACKING } from './accounting.ts';

/** Pods created or deleted in one reconcile at most. */
const BURST = 500;
/** Wait before a failed pod is replaced: 10 s, doubled per failure in a row, 10 min at most. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_LAST_MS = 600_000;

/** Creates what is missing and deletes what is too much. Returns ms after which to look again, if any. */
export function managePods(cluster: Cluster, job: Job, pods: readonly Pod[], tally: Tally): number | undefined {
  const active = pods.filter(isActive);
  const wanted = job.spec.suspend ? 0 : wantedActive(job, active.length, tally.succeeded);
  if (active.length > wanted) {
    for (const pod of deletionOrder(active, active).slice(0, active.length - wanted)) deletePod(cluster, job, pod);
    return undefined;
  }
  const leaving = job.spec.podReplacementPolicy === 'Failed' ? pods.filter((pod) => isLeaving(job, pod)) : [];
  const missing = Math.min(wanted - active.length - leaving.length, BURST);
  if (missing <= 0) return undefined;
  if (isIndexed(job)) return createIndexed(cluster, job, pods, tally, missing);
  const waitMs = backoffEndMs(job, pods) - cluster.tx.nowMs;
  if (waitMs > 0) return waitMs;
  for (let i = 0; i < missing; i++)
    if (typeof create(cluster, job, job.spec.template, `${job.metadata.name}-`) === 'string') return undefined;
  return wanted - active.length > BURST ? 1 : undefined;
}

const isLeaving = (job: Job, pod: Pod): boolean =>
  pod.metadata.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded' && !hasFailed(job, pod);

function wantedActive({ spec }: Job, active: number, succeeded: number): number {
  const parallelism = spec.parallelism ?? 1;
  if (spec.completions === undefined || spec.completions === null) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
  return Math.min(Math.max(spec.completions - succeeded, 0), parallelism);
}

/** The lowest indexes that are neither done nor given up nor under way. */
function createIndexed(cluster: Cluster, job: Job, pods: readonly Pod[], tally: Tally, most: number): number | undefined {
  const perIndex = job.spec.backoffLimitPerIndex !== undefined;
  const busy = new Set(pods.filter((pod) => isActive(pod) || isLeaving(job, pod)).map(indexOf));
  const byIndex = Map.groupBy(pods, indexOf);
  const waits: number[] = [];
  let left = most;
  const globalMs = perIndex ? 0 : backoffEndMs(job, pods) - cluster.tx.nowMs;
  if (globalMs > 0) return globalMs;
  for (let index = 0; index < (job.spec.completions ?? 0) && left > 0; index++) {
    if (busy.has(index) || tally.completed.has(index) || tally.failedIndexes.has(index)) continue;
    const earlier = byIndex.get(index) ?? [];
    const waitMs = perIndex ? backoffEndMs(job, earlier) - cluster.tx.nowMs : 0;
    if (waitMs > 0) waits.push(waitMs);
    else {
      const failures = earlier.filter((pod) => hasFailed(job, pod)).map((pod) => failuresOf(pod) + 1);
      create(cluster, job, withIndex(job, index), `${job.metadata.name}-${index}-`, {
        [INDEX]: String(index),
        ...(perIndex && { [INDEX_FAILURES]: String(Math.max(0, ...failures)) }),
      });
      left--;
    }
  }
  return waits.length ? Math.min(...waits) : undefined;
}

/** The template with what a pod knows of its index: host name, label, environment. */
function withIndex(job: Job, index: number): PodTemplateSpec {
  const { template } = job.spec;
  const variable = {
    name: 'JOB_COMPLETION_INDEX',
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${INDEX}']` } },
  };
  const withVariable = (container: Container): Container =>
    container.env?.some(({ name }) => name === variable.name) ? container : { ...container, env: [...(container.env ?? []), variable] };
  const spec = template.spec ?? { containers: [] };
  return {
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [INDEX]: String(index) } },
    spec: {
      ...spec,
      hostname: spec.hostname ?? `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withVariable),
      ...(spec.initContainers && { initContainers: spec.initContainers.map(withVariable) }),
    },
  };
}

const create = (cluster: Cluster, job: Job, template: PodTemplateSpec, generateName: string, annotations?: Record<string, string>) =>
  createPod(cluster, job, template, { generateName }, { finalizers: [TRACKING], ...(annotations && { annotations }) });

/** When a failed pod may be replaced, in world ms, by the failures since the last success. */
function backoffEndMs(job: Job, pods: readonly Pod[]): number {
  const ends = pods.map((pod) => ({ failed: hasFailed(job, pod), ok: pod.status?.phase === 'Succeeded', atMs: endMs(pod) }));
  const lastSuccessMs = Math.max(0, ...ends.filter(({ ok }) => ok).map(({ atMs }) => atMs));
  const failures = ends.filter(({ failed, atMs }) => failed && atMs > lastSuccessMs).map(({ atMs }) => atMs);
  if (failures.length === 0) return 0;
  return Math.max(...failures) + Math.min(BACKOFF_FIRST_MS * 2 ** (failures.length - 1), BACKOFF_LAST_MS);
}

function endMs(pod: Pod): number {
  const finished = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.finishedAt ?? []);
  return Math.max(0, ...finished.map((time) => Date.parse(time)), Date.parse(pod.metadata.deletionTimestamp ?? '') || 0);
}

/** Lets go of pods that are counted. */
export function untrack(cluster: Cluster, pods: readonly Pod[]): void {
  for (const pod of pods) {
    const current = cluster.get<Pod>(podKind, pod.metadata.namespace, pod.metadata.name);
    if (!current || current.metadata.uid !== pod.metadata.uid || !isTracked(current)) continue;
    const finalizers = current.metadata.finalizers?.filter((name) => name !== TRACKING) ?? [];
    cluster.update<Pod>(podKind, { ...current, metadata: { ...current.metadata, finalizers } });
  }
}
