import type { LimitRange, ResourceQuota } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { compareQuantities } from '../../kube/quantity.ts';
import { type Faults, IMMUTABLE, messages } from '../faults.ts';
import { amountFaults, quantityOf } from './pod/validate-resources.ts';

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

export function quotaFaults({ spec }: ResourceQuota): readonly FieldError[] {
  const out: FieldError[] = [];
  for (const [name, amount] of Object.entries(spec.hard ?? {})) {
    messages(`spec.hard[${name}]`, name, qualifiedName(name), out);
    amountFaults(`spec.hard[${name}]`, name, amount, out);
  }
  spec.scopes?.forEach((scope) => {
    if (!SCOPES.includes(scope)) out.push(invalid('spec.scopes', spec.scopes, 'unsupported scope'));
  });
  if (spec.scopeSelector) scopeSelectorFaults('spec.scopeSelector.matchExpressions', spec.scopeSelector, out);
  return out;
}

const SCOPES_THAT_EXIST = ['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'Terminating'];
const MUST_EXIST =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Upstream does not tell which expression it is. */
function scopeSelectorFaults(
  path: string,
  { matchExpressions = [] }: NonNullable<ResourceQuota['spec']['scopeSelector']>,
  out: Faults,
): void {
  for (const { scopeName = '', operator = '', values = [] } of matchExpressions) {
    if (!SCOPES.includes(scopeName)) out.push(invalid(`${path}.scopeName`, scopeName, 'unsupported scope'));
    if (SCOPES_THAT_EXIST.includes(scopeName) && operator !== 'Exists') out.push(invalid(`${path}.operator`, operator, MUST_EXIST));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        out.push(required(`${path}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        out.push(invalid(`${path}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
    } else out.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
}

export const quotaUpdateFaults = ({ spec }: ResourceQuota, { spec: previous }: ResourceQuota): readonly FieldError[] =>
  equal(spec.scopes ?? [], previous.scopes ?? []) ? [] : [invalid('spec.scopes', spec.scopes ?? null, IMMUTABLE)];

/** `a` may not be above `b` for any resource that both name. */
function orderFaults(path: string, [aName, a]: [string, Amounts], [bName, b]: [string, Amounts], out: Faults): void {
  for (const [resource, amount] of Object.entries(a)) {
    const bound = b[resource];
    if (bound !== undefined && compareQuantities(quantityOf(amount), quantityOf(bound)) > 0)
      out.push(invalid(`${path}.${aName}[${resource}]`, amount, `${aName} value ${amount} is greater than ${bName} value ${bound}`));
  }
}

function limitTypeFaults(path: string, type: string, out: Faults): void {
  const faults = qualifiedName(type);
  messages(path, type, faults, out);
  if (faults.length === 0 && !type.includes('/') && !LIMIT_TYPES.includes(type))
    out.push(invalid(path, type, 'must be a standard limit type or fully qualified'));
}

export function limitRangeFaults({ spec }: LimitRange): readonly FieldError[] {
  const out: FieldError[] = [];
  const types = new Set<string>();
  spec.limits?.forEach((limit, i) => {
    const path = `spec.limits[${i}]`;
    const { type, min = {}, max = {}, default: fallback = {}, defaultRequest = {} } = limit;
    limitTypeFaults(`${path}.type`, type ?? '', out);
    if (types.has(type)) out.push({ kind: 'duplicate', path: `${path}.type`, value: type, detail: '' });
    types.add(type);
    if (type === 'Pod') {
      if (Object.keys(fallback).length > 0) out.push(forbidden(`${path}.default`, "may not be specified when `type` is 'Pod'"));
      if (Object.keys(defaultRequest).length > 0)
        out.push(forbidden(`${path}.defaultRequest`, "may not be specified when `type` is 'Pod'"));
    }
    orderFaults(path, ['min', min], ['max', max], out);
    orderFaults(path, ['defaultRequest', defaultRequest], ['default', fallback], out);
    orderFaults(path, ['defaultRequest', defaultRequest], ['max', max], out);
    orderFaults(path, ['default', fallback], ['max', max], out);
  });
  return out;
}
