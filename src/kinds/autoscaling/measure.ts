import type { Pod, V2HorizontalPodAutoscaler, V2MetricSpec, V2MetricStatus, V2MetricTarget } from '../../../gen/kubernetes-types.ts';
import { isObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { collectionOf, type Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { bytes, cpuMilli } from '../../kube/quantity.ts';
import { type LabelSelector, labelSelectorOf, selectorOfMap } from '../../kube/selectors/label-selector.ts';
import { deployment } from '../apps/deployment.ts';
import { replicaSet } from '../apps/replicaset.ts';
import { statefulSet } from '../apps/statefulset.ts';
import { pod as podKind } from '../core/pod/pod.ts';
import { replicationController } from '../core/replicationcontroller.ts';
import { isMeasured } from '../metrics.k8s.io/podmetrics.ts';
import { containerUsage, sampleMs } from '../metrics.k8s.io/usage.ts';

/** Kinds that an autoscaler can scale. */
export const scalable: readonly Kind[] = [deployment, replicaSet, replicationController, statefulSet];

/** What an autoscaler scales: the object, its size, and its pods. */
export interface ScaleTarget {
  readonly kind: Kind;
  readonly object: KubeObject;
  readonly replicas: number;
  readonly pods: readonly Pod[];
}

/** Undefined when there is no such object, or none of a kind that can be scaled. Cost: O(pods that share a label with the selector). */
export function scaleTargetOf({ metadata, spec }: V2HorizontalPodAutoscaler, reader: Reader, scope: string): ScaleTarget | undefined {
  const { namespace = '' } = metadata;
  const kind = scalable.find((each) => each.kind === spec.scaleTargetRef.kind);
  const object = kind && reader.get<KubeObject>(collectionOf(kind, scope), `${namespace}/${spec.scaleTargetRef.name}`)?.value;
  if (!kind || !object) return undefined;
  const { replicas = 1, selector } = object.spec as { replicas?: number; selector?: { readonly [key: string]: string } }; // so do all of `scalable`
  const isMap = kind === replicationController;
  const matcher = isMap ? selectorOfMap(selector) : labelSelectorOf(selector).value;
  return { kind, object, replicas, pods: matcher ? podsOf(reader, scope, namespace, matcher) : [] };
}

function podsOf(reader: Reader, scope: string, namespace: string, matcher: LabelSelector): Pod[] {
  const collection = collectionOf(podKind, scope);
  const [first] = matcher.requirements;
  const value = first && matcher.exact(first.key);
  const entries =
    first && value !== undefined
      ? reader.indexed<Pod>(collection, 'label', `${namespace}/${first.key}=${value}`)
      : reader.list<Pod>(collection, { prefix: `${namespace}/` });
  return entries.map((entry) => entry.value).filter((pod) => matcher.matches(pod.metadata.labels) && !pod.metadata.deletionTimestamp);
}

/** What a metric comes to: how many replicas it asks for, or why that can't be told. */
export type Measure =
  | { readonly replicas: number; readonly status: V2MetricStatus; readonly name: string }
  | { readonly error: string; readonly reason: string };

/** Usage within so much of the target changes nothing. */
const TOLERANCE = 0.1;

/** One metric of an autoscaler at an instant. Models podautoscaler/replica_calculator GetResourceReplicas. */
export function measure(metric: V2MetricSpec, { replicas, pods }: ScaleTarget, atMs: number): Measure {
  const source = metric.resource ?? metric.containerResource;
  if (!source) {
    const type = metric.type;
    const api = type === 'External' ? 'external.metrics.k8s.io' : 'custom.metrics.k8s.io';
    const what = type === 'External' ? 'external metrics API: no external' : 'custom metrics API: no custom';
    return { error: `unable to fetch metrics from ${what} metrics API (${api}) registered`, reason: `FailedGet${type}Metric` };
  }
  const { name, target } = source;
  const only = metric.containerResource?.container;
  const reason = metric.resource ? 'FailedGetResourceMetric' : 'FailedGetContainerResourceMetric';
  const counted = pods.filter((pod) => pod.status?.phase === 'Running' || pod.status?.phase === 'Pending');
  const ready = counted.filter((pod) => isMeasured(pod) && isReady(pod));
  if (ready.length === 0)
    return { error: `failed to get ${name} utilization: did not receive metrics for targeted pods (pods might be unready)`, reason };
  const used = ready.reduce((sum, pod) => sum + usedBy(pod, name, only, atMs), 0);
  const asked = requestsOf(ready, name, only);
  if (target.averageUtilization !== undefined && typeof asked === 'string')
    return { error: `failed to get ${name} utilization: ${asked}`, reason };
  const whole =
    target.averageUtilization === undefined
      ? ready.length * amountOf(name, target.averageValue ?? '0')
      : Number(asked) * (target.averageUtilization / 100);
  const ratio = used / whole;
  // Pods that are not ready yet are taken to use nothing before more of them are made.
  const unready = ratio > 1 ? counted.length - ready.length : 0;
  const damped = (ratio * ready.length) / (ready.length + unready);
  const isNear = Math.abs(1 - ratio) <= TOLERANCE || (ratio > 1 && damped <= 1 + TOLERANCE);
  const wanted = isNear ? replicas : Math.ceil(damped * (ready.length + unready) - 1e-9);
  const current = {
    averageValue: quantityText(name, used / ready.length),
    ...(target.averageUtilization !== undefined && { averageUtilization: Math.floor((used * 100) / Number(asked)) }),
  };
  const status: V2MetricStatus = metric.resource
    ? { type: metric.type, resource: { name, current } }
    : { type: metric.type, containerResource: { name, container: only ?? '', current } };
  return { replicas: wanted, status, name: describe(name, target) };
}

const describe = (name: string, target: V2MetricTarget): string =>
  target.averageUtilization === undefined ? `${name} resource` : `${name} resource utilization (percentage of request)`;

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
const amountOf = (name: string, quantity: string): number => (name === 'cpu' ? cpuMilli(quantity) : bytes(quantity));
const quantityText = (name: string, amount: number): string => (name === 'cpu' ? `${Math.ceil(amount)}m` : String(Math.ceil(amount)));
const containersOf = (pod: Pod, only: string | undefined) => pod.spec.containers.filter((each) => only === undefined || each.name === only);

const usedBy = (pod: Pod, name: string, only: string | undefined, atMs: number): number =>
  containersOf(pod, only)
    .map((container) => containerUsage(pod.metadata.uid, container, sampleMs(atMs)))
    .reduce((sum, usage) => sum + (name === 'cpu' ? usage.cpuNano / 1e6 : usage.memoryBytes), 0);

/** What the pods request together, or which container says nothing. */
function requestsOf(pods: readonly Pod[], name: string, only: string | undefined): number | string {
  let sum = 0;
  for (const pod of pods)
    for (const container of containersOf(pod, only)) {
      const request = container.resources?.requests?.[name];
      if (request === undefined) return `missing request for ${name} in container ${container.name} of Pod ${pod.metadata.name}`;
      sum += amountOf(name, request);
    }
  return sum;
}

/** An autoscaler with its metrics as they are now: they are a function of the clock, and stored only with decisions. */
export function withCurrentMetrics(object: KubeObject, reader: Reader, scope: string, nowMs: number): KubeObject {
  // Only called for autoscalers.
  const autoscaler = object as unknown as V2HorizontalPodAutoscaler;
  if (!isObject(object.status) || !Array.isArray(object.status.currentMetrics)) return object;
  const target = scaleTargetOf(autoscaler, reader, scope);
  if (!target) return object;
  const measures = (autoscaler.spec.metrics ?? []).map((metric) => measure(metric, target, nowMs));
  const currentMetrics = measures.flatMap((each) => ('status' in each ? [each.status] : []));
  return currentMetrics.length === measures.length
    ? ({ ...object, status: { ...object.status, currentMetrics } } as unknown as KubeObject)
    : object;
}
