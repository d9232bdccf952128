import type {
  HorizontalPodAutoscaler,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerSpec,
  V2HorizontalPodAutoscalerStatus,
  V2MetricSpec,
  V2MetricStatus,
} from '../../../gen/kubernetes-types.ts';
import type { Json } from '../../kernel/json.ts';
import type { KubeObject } from '../../kube/object.ts';
import { metricFromVersion1, metricToVersion1, statusFromVersion1, statusToVersion1 } from './version1-metrics.ts';

/**
 * autoscaling/v1 knows CPU utilization alone; everything else travels in these annotations, as JSON in the shapes of v1.
 * Models kubernetes pkg/apis/autoscaling/v1/conversion.go.
 */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

const isCpuUtilization = ({ type, resource }: V2MetricSpec): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;

const isCpuStatus = ({ type, resource }: V2MetricStatus): boolean =>
  type === 'Resource' && resource?.name === 'cpu' && resource.current.averageUtilization !== undefined;

function parsed<T>(text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    // An annotation that a client wrote: what doesn't fit is found by validation of the converted object.
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** autoscaling/v1 as it is stored, autoscaling/v2. */
export function fromVersion1(object: KubeObject): KubeObject {
  // Only called for autoscalers of v1.
  const { metadata, spec, status } = object as unknown as HorizontalPodAutoscaler;
  const {
    [METRICS]: metrics,
    [CURRENT_METRICS]: current,
    [CONDITIONS]: conditions,
    [BEHAVIOR]: behavior,
    ...kept
  } = metadata.annotations ?? {};
  const { targetCPUUtilizationPercentage: utilization, ...sameSpec } = spec;
  const cpu: V2MetricSpec[] =
    utilization === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: utilization } } }];
  const all = [...cpu, ...(parsed<Json[]>(metrics) ?? []).map(metricFromVersion1)];
  const { annotations: _, ...sameMetadata } = metadata;
  const stored = {
    apiVersion: 'autoscaling/v2',
    kind: object.kind,
    metadata: Object.keys(kept).length > 0 ? { ...sameMetadata, annotations: kept } : sameMetadata,
    spec: { ...sameSpec, ...(all.length > 0 && { metrics: all }), ...(behavior && { behavior: parsed<Json>(behavior) ?? {} }) },
    ...(status && {
      status: { ...statusFrom(status, parsed<Json[]>(current) ?? []), ...(conditions && { conditions: parsed<Json>(conditions) ?? [] }) },
    }),
  };
  return stored as unknown as KubeObject;
}

function statusFrom(status: NonNullable<HorizontalPodAutoscaler['status']>, others: readonly Json[]) {
  const { currentCPUUtilizationPercentage: utilization, ...same } = status;
  const cpu =
    utilization === undefined
      ? []
      : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: utilization, averageValue: '0' } } }];
  return { ...same, currentMetrics: [...cpu, ...others.map(statusFromVersion1)] };
}

/** What is stored, as autoscaling/v1. */
export function toVersion1(object: KubeObject): KubeObject {
  // Only called for stored autoscalers.
  const { metadata, spec, status } = object as unknown as V2HorizontalPodAutoscaler;
  const { metrics = [], behavior, ...sameSpec } = spec;
  const cpu = metrics.findIndex(isCpuUtilization);
  const others = metrics.filter((_, i) => i !== cpu);
  const { currentMetrics, conditions, ...sameStatus } = status ?? ({} as V2HorizontalPodAutoscalerStatus);
  const currents = currentMetrics ?? [];
  const cpuStatus = currents.findIndex(isCpuStatus);
  const otherCurrents = currents.filter((_, i) => i !== cpuStatus);
  const annotations = {
    ...metadata.annotations,
    ...(others.length > 0 && { [METRICS]: JSON.stringify(others.map(metricToVersion1)) }),
    ...(otherCurrents.length > 0 && { [CURRENT_METRICS]: JSON.stringify(otherCurrents.map(statusToVersion1)) }),
    ...(conditions && conditions.length > 0 && { [CONDITIONS]: JSON.stringify(conditions) }),
    ...(behavior && { [BEHAVIOR]: JSON.stringify(behavior) }),
  };
  const utilization = utilizationOf(metrics, cpu);
  const currentUtilization = currents[cpuStatus]?.resource?.current.averageUtilization;
  const shown = {
    apiVersion: 'autoscaling/v1',
    kind: object.kind,
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations } : metadata,
    spec: { ...sameSpec, ...(utilization !== undefined && { targetCPUUtilizationPercentage: utilization }) },
    ...(status && {
      status: {
        currentReplicas: 0,
        ...sameStatus,
        ...(currentUtilization !== undefined && { currentCPUUtilizationPercentage: currentUtilization }),
      },
    }),
  };
  return shown as unknown as KubeObject;
}

const utilizationOf = (metrics: NonNullable<V2HorizontalPodAutoscalerSpec['metrics']>, index: number): number | undefined =>
  metrics[index]?.resource?.target.averageUtilization;
