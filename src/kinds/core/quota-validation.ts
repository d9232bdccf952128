import type { LimitRange, ResourceQuota } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported } from '../../kernel/field-error.ts';
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
  return out;
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

export function limitRangeFaults({ spec }: LimitRange): readonly FieldError[] {
  const out: FieldError[] = [];
  const types = new Set<string>();
  spec.limits?.forEach((limit, i) => {
    const path = `spec.limits[${i}]`;
    const { type, min = {}, max = {}, default: fallback = {}, defaultRequest = {} } = limit;
    if (types.has(type)) out.push({ kind: 'duplicate', path: `${path}.type`, value: type, detail: '' });
    types.add(type);
    if (type === 'Pod') {
      if (Object.keys(fallback).length > 0) out.push(forbidden(`${path}.default`, "may not be specified when `type` is 'Pod'"));
      if (Object.keys(defaultRequest).length > 0)
        out.push(forbidden(`${path}.defaultRequest`, "may not be specified when `type` is 'Pod'"));
    } else if (type !== 'Container' && type !== 'PersistentVolumeClaim') {
      out.push(notSupported(`${path}.type`, type ?? '', ['Container', 'PersistentVolumeClaim', 'Pod']));
    }
    orderFaults(path, ['min', min], ['max', max], out);
    orderFaults(path, ['defaultRequest', defaultRequest], ['default', fallback], out);
    orderFaults(path, ['defaultRequest', defaultRequest], ['max', max], out);
    orderFaults(path, ['default', fallback], ['max', max], out);
  });
  return out;
}
