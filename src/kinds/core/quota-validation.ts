import type { LimitRange, ResourceQuota } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { compareQuantities } from '../../kube/quantity.ts';
import { type Faults, IMMUTABLE, messages } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { amountFaults, quantityOf } from './pod/validate-resources.ts';
import {
  containerResourceNameFaults,
  isOvercommitAllowed,
  isQuotaResource,
  quotaResourceNameFaults,
  resourceNameFaults,
} from './resource-names.ts';

// Models kubernetes pkg/apis/core/validation ValidateResourceQuota and ValidateLimitRange.

const SCOPES = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];
const LIMIT_TYPES = ['Container', 'PersistentVolumeClaim', 'Pod'];
type Amounts = { readonly [resource: string]: string };

/** What a scope can be about: pods and what they take, or claims and their storage. */
const PODS = ['pods'];
const COMPUTE = [...PODS, 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'];
const CLAIMS = ['persistentvolumeclaims', 'requests.storage'];
const RESOURCES_OF: { readonly [scope: string]: readonly string[] } = {
  Terminating: COMPUTE,
  NotTerminating: COMPUTE,
  NotBestEffort: COMPUTE,
  PriorityClass: COMPUTE,
  CrossNamespacePodAffinity: COMPUTE,
  BestEffort: PODS,
  VolumeAttributesClass: CLAIMS,
};
const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

/** Whether a quota limits something that a scope is not about. */
const beyond = (scope: string, hard: Amounts): readonly string[] =>
  Object.keys(hard).filter((name) => isQuotaResource(name) && RESOURCES_OF[scope]?.includes(name) === false);

const conflicts = (scopes: readonly string[]): readonly (readonly string[])[] =>
  OPPOSITES.filter((pair) => pair.every((scope) => scopes.includes(scope)));

function quotaAmountFaults(path: string, amounts: Amounts = {}, out: Faults): void {
  for (const [name, amount] of Object.entries(amounts)) {
    quotaResourceNameFaults(`${path}[${name}]`, name, out);
    amountFaults(`${path}[${name}]`, name, amount, out);
  }
}

export function quotaStatusFaults({ status }: ResourceQuota): readonly FieldError[] {
  const out: FieldError[] = [];
  quotaAmountFaults('status.hard', status?.hard, out);
  quotaAmountFaults('status.used', status?.used, out);
  return out;
}

export function quotaFaults({ spec }: ResourceQuota): readonly FieldError[] {
  const out: FieldError[] = [];
  const { hard = {}, scopes = [], scopeSelector } = spec;
  quotaAmountFaults('spec.hard', hard, out);
  for (const scope of scopes) {
    if (!SCOPES.includes(scope)) out.push(invalid('spec.scopes', scopes, 'unsupported scope'));
    for (const _ of beyond(scope, hard)) out.push(invalid('spec.scopes', scopes, 'unsupported scope applied to resource'));
  }
  for (const _ of conflicts(scopes)) out.push(invalid('spec.scopes', scopes, 'conflicting scopes'));
  if (scopeSelector) scopeSelectorFaults('spec.scopeSelector.matchExpressions', spec, out);
  return out;
}

const SCOPES_THAT_EXIST = ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'Terminating'];
const MUST_EXIST =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Upstream does not tell which expression it is. */
function scopeSelectorFaults(path: string, { hard = {}, scopes, scopeSelector }: ResourceQuota['spec'], out: Faults): void {
  const expressions = scopeSelector?.matchExpressions ?? [];
  for (const { scopeName = '', operator = '', values = [] } of expressions) {
    if (!SCOPES.includes(scopeName)) out.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
    for (const _ of beyond(scopeName, hard))
      out.push(invalid(path, internalForm('core.ScopeSelector', scopeSelector), 'unsupported scope applied to resource'));
    if (SCOPES_THAT_EXIST.includes(scopeName) && operator !== 'Exists') out.push(invalid(`${path}.operator`, operator, MUST_EXIST));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        out.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        out.push(invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
    } else out.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  for (const _ of conflicts(expressions.map(({ scopeName }) => scopeName))) out.push(invalid(path, scopes ?? null, 'conflicting scopes'));
}

export function quotaUpdateFaults({ spec }: ResourceQuota, { spec: previous }: ResourceQuota): readonly FieldError[] {
  const scopes = new Set(spec.scopes);
  const isSame = scopes.symmetricDifference(new Set(previous.scopes)).size === 0;
  return isSame ? [] : [invalid('spec.scopes', spec.scopes ?? null, IMMUTABLE)];
}

function limitTypeFaults(path: string, type: string, out: Faults): void {
  const faults = qualifiedName(type);
  messages(path, type, faults, out);
  if (faults.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type))
    out.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

/** The bounds of one resource, and what containers get that do not say. */
interface Limits {
  readonly min: string | undefined;
  readonly max: string | undefined;
  readonly ratio: string | undefined;
  readonly limit?: string | undefined;
  readonly request?: string | undefined;
}

/** Faults of bounds and defaults that do not go together, in upstream's order and with the value that it shows. */
function limitFaults(path: string, name: string, { min, max, ratio, limit, request }: Limits, out: Faults): void {
  const isAbove = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && compareQuantities(quantityOf(a), quantityOf(b)) > 0;
  const fault = (field: string, shown: string | undefined, detail: string): void => {
    out.push(invalid(`${path}.${field}[${name}]`, shown, detail));
  };
  if (isAbove(min, max)) fault('min', min, `min value ${min} is greater than max value ${max}`);
  if (isAbove(min, request)) fault('defaultRequest', request, `min value ${min} is greater than default request value ${request}`);
  if (isAbove(request, max)) fault('defaultRequest', request, `default request value ${request} is greater than max value ${max}`);
  if (isAbove(request, limit))
    fault('defaultRequest', request, `default request value ${request} is greater than default limit value ${limit}`);
  if (isAbove(min, limit)) fault('default', min, `min value ${min} is greater than default value ${limit}`);
  if (isAbove(limit, max)) fault('default', max, `default value ${limit} is greater than max value ${max}`);
  if (isAbove('1', ratio)) fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is less than 1`);
  if (ratio !== undefined && min !== undefined && max !== undefined) {
    const highest = Number(quantityOf(max).nano) / Number(quantityOf(min).nano);
    if (Number(quantityOf(ratio).nano) / 1e9 > highest)
      fault('maxLimitRequestRatio', ratio, `ratio ${ratio} is greater than max/min = ${highest.toFixed(6)}`);
  }
  if (
    !isOvercommitAllowed(name) &&
    limit !== undefined &&
    request !== undefined &&
    compareQuantities(quantityOf(limit), quantityOf(request)) !== 0
  )
    fault('defaultRequest', request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`);
}

export function limitRangeFaults({ spec }: LimitRange): readonly FieldError[] {
  const out: FieldError[] = [];
  const types = new Set<string>();
  spec.limits?.forEach((limit, i) => {
    const path = `spec.limits[${i}]`;
    const { type, min = {}, max = {}, default: fallback = {}, defaultRequest = {}, maxLimitRequestRatio = {} } = limit;
    limitTypeFaults(`${path}.type`, type ?? '', out);
    if (types.has(type)) out.push({ kind: 'duplicate', path: `${path}.type`, value: type, detail: '' });
    types.add(type);
    const named = { max, min, default: fallback, defaultRequest, maxLimitRequestRatio };
    const nameFaults = type === 'Pod' || type === 'Container' ? containerResourceNameFaults : resourceNameFaults;
    for (const [field, amounts] of Object.entries(named)) {
      if (field === 'maxLimitRequestRatio' && type === 'PersistentVolumeClaim' && !min['storage'] && !max['storage'])
        out.push(required(`${path}.limits`, 'either minimum or maximum storage value is required, but neither was provided'));
      if (type === 'Pod' && field.startsWith('default')) {
        if (Object.keys(amounts).length > 0) out.push(forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
      } else for (const name of Object.keys(amounts)) nameFaults(`${path}.${field}[${name}]`, name, out);
    }
    const names = new Set(Object.values(named).flatMap((amounts) => Object.keys(amounts)));
    for (const name of names) {
      const isPod = type === 'Pod';
      limitFaults(
        path,
        name,
        {
          min: min[name],
          max: max[name],
          ratio: maxLimitRequestRatio[name],
          ...(!isPod && { limit: fallback[name], request: defaultRequest[name] }),
        },
        out,
      );
    }
  });
  return out;
}
