import type { V2MetricSpec, V2MetricStatus, V2MetricTarget } from '../../../gen/kubernetes-types.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';

/** Without fields that are undefined. */
const given = (fields: { readonly [field: string]: unknown }): JsonObject =>
  // The values come from JSON and go back into it.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;

const inner = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

function target(type: string, fields: { readonly [field: string]: unknown }): V2MetricTarget {
  return { type, ...given(fields) };
}

/** A metric of v2 in the shape of v1 (MetricSpec of autoscaling/v1). */
export function metricToVersion1(metric: V2MetricSpec): JsonObject {
  const { type, resource, containerResource, pods, object, external } = metric;
  const byResource = (source: NonNullable<typeof resource>): { readonly [field: string]: unknown } => ({
    name: source.name,
    targetAverageUtilization: source.target.averageUtilization,
    targetAverageValue: source.target.averageValue,
  });
  return given({
    type,
    resource: resource && given(byResource(resource)),
    containerResource: containerResource && given({ ...byResource(containerResource), container: containerResource.container }),
    pods: pods && given({ metricName: pods.metric.name, selector: pods.metric.selector, targetAverageValue: pods.target.averageValue }),
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        selector: object.metric.selector,
        targetValue: object.target.value,
        averageValue: object.target.averageValue,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        targetValue: external.target.value,
        targetAverageValue: external.target.averageValue,
      }),
  });
}

/** A metric of v1 in the shape of v2. */
export function metricFromVersion1(value: Json): V2MetricSpec {
  const metric = inner(value);
  const byResource = (source: JsonObject) => ({
    name: source.name,
    target: target(source.targetAverageValue === undefined ? 'Utilization' : 'AverageValue', {
      averageUtilization: source.targetAverageUtilization,
      averageValue: source.targetAverageValue,
    }),
  });
  const { resource, containerResource, pods, object, external } = metric;
  const byMetric = (source: JsonObject, selector: string, value: string, average: string) => ({
    metric: given({ name: source.metricName, selector: source[selector] }),
    target: target(source[average] === undefined ? 'Value' : 'AverageValue', { value: source[value], averageValue: source[average] }),
  });
  const converted = given({
    type: metric.type,
    resource: isObject(resource) ? byResource(resource) : undefined,
    containerResource: isObject(containerResource)
      ? { ...byResource(containerResource), container: containerResource.container }
      : undefined,
    pods: isObject(pods) ? byMetric(pods, 'selector', 'targetValue', 'targetAverageValue') : undefined,
    object: isObject(object)
      ? { describedObject: object.target, ...byMetric(object, 'selector', 'targetValue', 'averageValue') }
      : undefined,
    external: isObject(external) ? byMetric(external, 'metricSelector', 'targetValue', 'targetAverageValue') : undefined,
  });
  return converted as unknown as V2MetricSpec;
}

/** The present value of a metric of v2 in the shape of v1 (MetricStatus of autoscaling/v1). */
export function statusToVersion1({ type, resource, containerResource, pods, object, external }: V2MetricStatus): JsonObject {
  const byResource = (source: NonNullable<typeof resource>): { readonly [field: string]: unknown } => ({
    name: source.name,
    currentAverageUtilization: source.current.averageUtilization,
    currentAverageValue: source.current.averageValue,
  });
  return given({
    type,
    resource: resource && given(byResource(resource)),
    containerResource: containerResource && given({ ...byResource(containerResource), container: containerResource.container }),
    pods: pods && given({ metricName: pods.metric.name, selector: pods.metric.selector, currentAverageValue: pods.current.averageValue }),
    object:
      object &&
      given({
        target: object.describedObject,
        metricName: object.metric.name,
        selector: object.metric.selector,
        currentValue: object.current.value,
        averageValue: object.current.averageValue,
      }),
    external:
      external &&
      given({
        metricName: external.metric.name,
        metricSelector: external.metric.selector,
        currentValue: external.current.value,
        currentAverageValue: external.current.averageValue,
      }),
  });
}

/** The present value of a metric of v1 in the shape of v2. */
export function statusFromVersion1(value: Json): V2MetricStatus {
  const status = inner(value);
  const byResource = (source: JsonObject) => ({
    name: source.name,
    current: given({ averageUtilization: source.currentAverageUtilization, averageValue: source.currentAverageValue }),
  });
  const byMetric = (source: JsonObject, selector: string, average: string) => ({
    metric: given({ name: source.metricName, selector: source[selector] }),
    current: given({ value: source.currentValue, averageValue: source[average] }),
  });
  const { resource, containerResource, pods, object, external } = status;
  const converted = given({
    type: status.type,
    resource: isObject(resource) ? byResource(resource) : undefined,
    containerResource: isObject(containerResource)
      ? { ...byResource(containerResource), container: containerResource.container }
      : undefined,
    pods: isObject(pods) ? byMetric(pods, 'selector', 'currentAverageValue') : undefined,
    object: isObject(object) ? { describedObject: object.target, ...byMetric(object, 'selector', 'averageValue') } : undefined,
    external: isObject(external) ? byMetric(external, 'metricSelector', 'currentAverageValue') : undefined,
  });
  return converted as unknown as V2MetricStatus;
}
