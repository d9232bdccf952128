import type {
  V2CrossVersionObjectReference,
  V2HorizontalPodAutoscaler,
  V2HPAScalingRules,
  V2MetricSpec,
  V2MetricTarget,
} from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { dnsLabel, nameIsPathSegment } from '../../kube/names/dns.ts';
import { amountFaults, quantityOf } from '../core/pod/validate-resources.ts';
import { containerResourceNameFaults } from '../core/resource-names.ts';
import { type Faults, messages, oneOf, requiredName } from '../faults.ts';

// Models kubernetes pkg/apis/autoscaling/validation.

const SOURCES = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
const FIELDS: ReadonlyMap<string, keyof V2MetricSpec> = new Map([
  ['ContainerResource', 'containerResource'],
  ['External', 'external'],
  ['Object', 'object'],
  ['Pods', 'pods'],
  ['Resource', 'resource'],
]);
const TARGETS = ['Utilization', 'Value', 'AverageValue'];
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICIES = ['Percent', 'Pods'];
const MAX_POLICY_SECONDS = 1800;
const MAX_WINDOW_SECONDS = 3600;

function targetFaults(
  path: string,
  target: V2MetricTarget | undefined,
  needed: readonly (keyof V2MetricTarget)[],
  detail: string,
  out: Faults,
): void {
  const type = target?.type ?? '';
  if (type === '') out.push(required(`${path}.type`, 'must specify a metric target type'));
  if (!TARGETS.includes(type)) out.push(invalid(`${path}.type`, type, 'must be either Utilization, Value, or AverageValue'));
  for (const field of ['value', 'averageValue'] as const) {
    const amount = target?.[field];
    if (amount !== undefined && quantityOf(amount).nano <= 0n) out.push(invalid(`${path}.${field}`, amount, 'must be positive'));
  }
  if (target?.averageUtilization !== undefined && target.averageUtilization < 1)
    out.push(invalid(`${path}.averageUtilization`, target.averageUtilization, 'must be greater than 0'));
  if (needed.every((field) => target?.[field] === undefined)) out.push(required(`${path}.${needed[0]}`, detail));
}

type ResourceSource = { readonly name: string; readonly container?: string; readonly target: V2MetricTarget };

function resourceFaults(path: string, source: ResourceSource, out: Faults): void {
  if (!source.name) out.push(required(`${path}.name`, 'must specify a resource name'));
  if (path.endsWith('.containerResource')) {
    if (source.name) containerResourceNameFaults(`${path}.name`, source.name, out);
    const { container } = source;
    if (!container) out.push(required(`${path}.container`, 'must specify a container'));
    else messages(`${path}.container`, container, dnsLabel(container), out);
  }
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
  const type = metric.type ?? '';
  if (type === '') out.push(required(`${path}.type`, 'must specify a metric source type'));
  const field = FIELDS.get(type);
  if (!field) out.push(notSupported(`${path}.type`, type, SOURCES));
  // Upstream looks into the first one alone, in this order.
  const present = (['object', 'external', 'pods', 'resource', 'containerResource'] as const).filter((each) => metric[each]);
  sourceFaults(path, metric, present[0], out);
  if (field && !metric[field]) out.push(required(`${path}.${field}`, 'must populate information for the given metric source'));
  if (!field) out.push(notSupported(`${path}.type`, type, SOURCES));
  if (present.length === 1) return;
  for (const other of present) if (other !== field) out.push(forbidden(`${path}.${other}`, 'must populate the given metric source only'));
}

function sourceFaults(path: string, metric: V2MetricSpec, field: keyof V2MetricSpec | undefined, out: Faults): void {
  const { object, external, pods, resource, containerResource } = metric;
  if (field === 'object' && object) {
    const at = `${path}.object`;
    referenceFaults(`${at}.describedObject`, object.describedObject, out);
    metricNameFaults(`${at}.metric.name`, object.metric?.name, out);
    targetFaults(`${at}.target`, object.target, ['averageValue', 'value'], 'must set either a target value or averageValue', out);
  }
  if (field === 'external' && external) {
    const at = `${path}.external`;
    const either = 'must set either a target value for metric or a per-pod target';
    metricNameFaults(`${at}.metric.name`, external.metric?.name, out);
    targetFaults(`${at}.target`, external.target, ['averageValue', 'value'], either, out);
    if (external.target?.value !== undefined && external.target.averageValue !== undefined)
      out.push(forbidden(`${at}.target.value`, 'may not set both a target value for metric and a per-pod target'));
  }
  if (field === 'pods' && pods) {
    metricNameFaults(`${path}.pods.metric.name`, pods.metric?.name, out);
    targetFaults(`${path}.pods.target`, pods.target, ['averageValue'], 'must specify a positive target averageValue', out);
  }
  if (field === 'resource' && resource) resourceFaults(`${path}.resource`, resource, out);
  if (field === 'containerResource' && containerResource) resourceFaults(`${path}.containerResource`, containerResource, out);
}

function metricNameFaults(path: string, name: string | undefined, out: Faults): void {
  if (!name) out.push(required(path, 'must specify a metric name'));
  else messages(path, name, nameIsPathSegment(name), out);
}

/** Faults of what an autoscaler scales or looks at. */
function referenceFaults(path: string, ref: V2CrossVersionObjectReference | undefined, out: Faults): void {
  requiredName(`${path}.kind`, ref?.kind, nameIsPathSegment, out);
  requiredName(`${path}.name`, ref?.name, nameIsPathSegment, out);
}

function rulesFaults(path: string, rules: V2HPAScalingRules | undefined, out: Faults): void {
  if (!rules) return;
  const window = rules.stabilizationWindowSeconds;
  if (window !== undefined && window < 0)
    out.push(invalid(`${path}.stabilizationWindowSeconds`, window, 'must be greater than or equal to zero'));
  if (window !== undefined && window > MAX_WINDOW_SECONDS)
    out.push(invalid(`${path}.stabilizationWindowSeconds`, window, `must be less than or equal to ${MAX_WINDOW_SECONDS}`));
  if (rules.tolerance !== undefined) amountFaults(`${path}.tolerance`, '', rules.tolerance, out);
  oneOf(`${path}.selectPolicy`, rules.selectPolicy, SELECT_POLICIES, false, out);
  if (!rules.policies?.length) out.push(required(`${path}.policies`, 'must specify at least one Policy'));
  rules.policies?.forEach(({ type, value, periodSeconds }, i) => {
    const at = `${path}.policies[${i}]`;
    if (!POLICIES.includes(type ?? '')) out.push(notSupported(`${at}.type`, type ?? '', POLICIES));
    if (!value || value < 0) out.push(invalid(`${at}.value`, value ?? 0, 'must be greater than zero'));
    if (!periodSeconds || periodSeconds < 0) out.push(invalid(`${at}.periodSeconds`, periodSeconds ?? 0, 'must be greater than zero'));
    if (periodSeconds > MAX_POLICY_SECONDS)
      out.push(invalid(`${at}.periodSeconds`, periodSeconds, `must be less than or equal to ${MAX_POLICY_SECONDS}`));
  });
}

export function autoscalerFaults({ spec }: V2HorizontalPodAutoscaler): readonly FieldError[] {
  const out: FieldError[] = [];
  const { minReplicas, maxReplicas, scaleTargetRef, metrics = [], behavior } = spec;
  if (minReplicas !== undefined && minReplicas < 1)
    out.push(invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1'));
  if (!maxReplicas) out.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maxReplicas < 1) out.push(invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1'));
  if (minReplicas !== undefined && (maxReplicas ?? 0) < minReplicas)
    out.push(invalid('spec.maxReplicas', maxReplicas ?? 0, 'must be greater than or equal to `minReplicas`'));
  referenceFaults('spec.scaleTargetRef', scaleTargetRef, out);
  const { apiVersion = '' } = scaleTargetRef ?? {};
  // In the core group nothing can be scaled but ReplicationControllers.
  const slashes = apiVersion.split('/').length - 1;
  const fault = slashes > 1 ? `unexpected GroupVersion string: ${apiVersion}` : slashes === 0 ? 'apiVersion must specify API group' : '';
  if (fault && !(slashes === 0 && scaleTargetRef?.kind === 'ReplicationController'))
    out.push(invalid('spec.scaleTargetRef.apiVersion', apiVersion, fault));
  metrics.forEach((metric, i) => {
    metricFaults(`spec.metrics[${i}]`, metric, out);
  });
  rulesFaults('spec.behavior.scaleUp', behavior?.scaleUp, out);
  rulesFaults('spec.behavior.scaleDown', behavior?.scaleDown, out);
  return out;
}
