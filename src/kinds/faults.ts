import type { LabelSelector } from '../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../kernel/field-error.ts';
import { equal, type Json } from '../kernel/json.ts';
import { dnsSubdomain } from '../kube/names/dns.ts';
import { labelValue, qualifiedName, validateLabels } from '../kube/names/labels.ts';
import { percent } from '../kube/names/values.ts';
import { type InternalType, internalForm } from './internal-form.ts';

/**
 * Rules that many kinds share, with upstream's wording. They append to `out`, in upstream's order, so that a valid object costs no
 * allocation. Source: kubernetes pkg/apis/core/validation and apimachinery apis/meta/v1/validation.
 */
export type Faults = FieldError[];

export const IMMUTABLE = 'field is immutable';
export const NEGATIVE = 'must be greater than or equal to 0';

/** One error per message of a name rule. */
export function messages(path: string, value: unknown, faults: readonly string[], out: Faults): void {
  for (const fault of faults) out.push(invalid(path, value, fault));
}

/** A name that must be there and follow a rule. */
export function requiredName(path: string, value: string | undefined, rule: (value: string) => readonly string[], out: Faults): void {
  if (!value) out.push(required(path));
  else messages(path, value, rule(value), out);
}

export function nonNegative(path: string, value: number | null | undefined, out: Faults): void {
  if (value !== undefined && value !== null && value < 0) out.push(invalid(path, value, NEGATIVE));
}

/** One of the allowed values; `isRequired` decides about an absent one. */
export function oneOf(path: string, value: string | undefined, allowed: readonly string[], isRequired: boolean, out: Faults): void {
  if (value === undefined || (value === '' && isRequired)) {
    if (isRequired) out.push(required(path));
  } else if (!allowed.includes(value)) out.push(notSupported(path, value, allowed));
}

/** `type` is that of values which are shown as Go writes them. */
export function immutable(path: string, value: unknown, previous: unknown, out: Faults, type?: InternalType): void {
  // Both are JSON: they come from stored or decoded objects.
  if (equal(value as Json | undefined, previous as Json | undefined)) return;
  out.push(invalid(path, type ? internalForm(type, value) : (value ?? null), IMMUTABLE));
}

/** A count or a percentage: neither negative nor malformed. */
export function countOrPercent(path: string, value: number | string | undefined, out: Faults): void {
  if (typeof value === 'string') messages(path, value, percent(value), out);
  else nonNegative(path, value, out);
}

/** A percentage above 100 where more than all makes no sense. */
export function notAbove100Percent(path: string, value: number | string | undefined, out: Faults): void {
  if (typeof value === 'string' && /^\d+%$/.test(value) && Number.parseInt(value, 10) > 100)
    out.push(invalid(path, value, 'must not be greater than 100%'));
}

/** "acme.io/foo": who looks after something. Source: apimachinery util/validation IsDomainPrefixedPath. */
export function domainPrefixedPathFaults(path: string, value: string | undefined, out: Faults): void {
  if (!value) return void out.push(required(path));
  const slash = value.indexOf('/');
  if (slash < 1 || slash === value.length - 1)
    return void out.push(invalid(path, value, 'must be a domain-prefixed path (such as "acme.io/foo")'));
  const host = value.slice(0, slash);
  messages(path, host, dnsSubdomain(host), out);
}

const SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** Faults of a LabelSelector object. */
export function selectorFaults(path: string, selector: LabelSelector | undefined, out: Faults): void {
  if (!selector) return;
  out.push(...validateLabels(selector.matchLabels, `${path}.matchLabels`));
  selector.matchExpressions?.forEach(({ key = '', operator, values = [] }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    if (!SELECTOR_OPERATORS.includes(operator)) out.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    else if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) out.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (values.length > 0) {
      out.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
    messages(`${at}.key`, key, qualifiedName(key), out);
    values.forEach((value, j) => {
      messages(`${at}.values[${j}]`, value, labelValue(value), out);
    });
  });
}

/** A selector that may not change. */
export function fixedSelector(path: string, selector: LabelSelector | undefined, previous: LabelSelector | undefined, out: Faults): void {
  immutable(path, selector, previous, out, '*v1.LabelSelector');
}

export const isEmptySelector = (selector: LabelSelector | undefined): boolean =>
  Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions?.length ?? 0) === 0;
