import type { V2HorizontalPodAutoscaler, V2HPAScalingRules, V2MetricSpec, V2MetricTarget } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { type Faults, oneOf, requiredName } from '../faults.ts';

// Models kubernetes pkg/apis/autoscaling/validation.

const SOURCES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const FIELDS: ReadonlyMap<string, keyof V2MetricSpec> = new Map([
  ['ContainerResource', 'containerResource'],
  ['External', 'external'],
  ['Object', 'object'],
  ['Pods', 'pods'],
  ['Resource', 'resource'],
]);
const MAX_POLICY_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

function targetFaults(
  path: string,
  target: V2MetricTarget | undefined,
  needed: readonly (keyof V2MetricTarget)[],
  detail: string,
  out: Faults,
): void {
  if (!target?.type) return void out.push(required(`${path}.type`, 'must specify a metric target type'));
  oneOf(`${path}.type`, target.type, ['AverageValue', 'Utilization', 'Value'], true, out);
  if (target.averageUtilization !== undefined && target.averageUtilization < 1)
    out.push(invalid(`${path}.averageUtilization`, target.averageUtilization, 'must be greater than 0'));
  if (needed.every((field) => target[field] === undefined)) out.push(required(`${path}.${needed[0]}`, detail));
}

function resourceFaults(path: string, source: { readonly name: string; readonly target: V2MetricTarget }, out: Faults): void {
  if (!source.name) out.push(required(`${path}.name`, 'must specify a resource name'));
  const { averageUtilization, averageValue } = source.target ?? {};
  targetFaults(
    `${path}.target`,
    source.target,
    ['averageUtilization', 'averageValue'],
    'must set either a target raw value or a target utilization',
    out,
  );
  if (averageUtilization !== undefined && averageValue !== undefined)
    out.push(forbidden(`${path}.target.averageValue`, 'may not set both a target raw value and a target utilization'));
}

function metricFaults(path: string, metric: V2MetricSpec, out: Faults): void {
  if (!metric.type) return void out.push(required(`${path}.type`, 'must specify a metric source type'));
  const field = FIELDS.get(metric.type);
  if (!field) return void out.push(notSupported(`${path}.type`, metric.type, SOURCES));
  for (const other of FIELDS.values())
    if (other !== field && metric[other]) out.push(forbidden(`${path}.${other}`, 'must populate the given metric source only'));
  if (!metric[field]) return void out.push(required(`${path}.${field}`, 'must populate information for the given metric source'));
  if (metric.resource) resourceFaults(`${path}.resource`, metric.resource, out);
  if (metric.containerResource) {
    resourceFaults(`${path}.containerResource`, metric.containerResource, out);
    if (!metric.containerResource.container) out.push(required(`${path}.containerResource.container`, 'must specify a container'));
  }
  if (metric.pods)
    targetFaults(`${path}.pods.target`, metric.pods.target, ['averageValue'], 'must specify a positive target averageValue', out);
  if (metric.object)
    targetFaults(
      `${path}.object.target`,
      metric.object.target,
      ['value', 'averageValue'],
      'must set either a target value or averageValue',
      out,
    );
  if (metric.external)
    targetFaults(
      `${path}.external.target`,
      metric.external.target,
      ['value', 'averageValue'],
      'must set either a target value for metric or a per-pod target',
      out,
    );
}

function rulesFaults(path: string, rules: V2HPAScalingRules | undefined, out: Faults): void {
  if (!rules) return;
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined && window < 0)
    out.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_WINDOW_SECONDS)
    out.push(invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  oneOf(`${path}.selectPolicy`, rules.selectPolicy, ['Disabled', 'Max', 'Min'], false, out);
  if (rules.policies?.length === 0) out.push(required(`${path}.policies`, 'must specify at least one Policy'));
  rules.policies?.forEach(({ type, value, periodSeconds }, i) => {
    const at = `${path}.policies[${i}]`;
    oneOf(`${at}.type`, type, ['Percent', 'Pods'], true, out);
    if (value <= 0) out.push(invalid(`${at}.value`, value, 'must be greater than zero'));
    if (periodSeconds <= 0) out.push(invalid(`${at}.periodSeconds`, periodSeconds, 'must be greater than zero'));
    if (periodSeconds > MAX_POLICY_SECONDS)
      out.push(invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_POLICY_SECONDS}`));
  });
}

export function autoscalerFaults({ spec }: V2HorizontalPodAutoscaler): readonly FieldError[] {
  const out: FieldError[] = [];
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1)
    out.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (!maxReplicas || maxReplicas < 1) out.push(invalid('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than 0'));
  if (minReplicas !== undefined && (maxReplicas ?? 0) < minReplicas)
    out.push(invalid('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`'));
  requiredName('spec.scaleTargetRef.kind', scaleTargetRef?.kind, nameIsPathSegment, out);
  requiredName('spec.scaleTargetRef.name', scaleTargetRef?.name, nameIsPathSegment, out);
  metrics.forEach((metric, i) => {
    metricFaults(`spec.metrics[${i}]`, metric, out);
  });
  rulesFaults('spec.behavior.scaleUp', behavior?.scaleUp, out);
  rulesFaults('spec.behavior.scaleDown', behavior?.scaleDown, out);
  return out;
}
