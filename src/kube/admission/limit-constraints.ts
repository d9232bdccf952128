import type { LimitRangeItem, PersistentVolumeClaim, PodSpec } from '../../../gen/kubernetes-types.ts';
import { compareQuantities, formatQuantity, type Quantity } from '../quantity.ts';
import { type Amounts, amountsOf, podAmounts, type ResourceList } from './pod-amounts.ts';

// Models kubernetes plugin/pkg/admission/limitranger: minConstraint, maxConstraint, maxRequestConstraint, limitRequestRatioConstraint.

/** What is held against the bounds: requests, and limits where the type of object has them. */
interface Usage {
  readonly requests: Amounts;
  readonly limits?: Amounts;
}

const NO_AMOUNTS: Amounts = new Map();
const isOver = (a: Quantity, b: Quantity): boolean => compareQuantities(a, b) > 0;

/** Bounds in the order of their names: upstream's order is that of a Go map, which is none. */
const sorted = (bounds: ResourceList | undefined): [string, Quantity][] => [...amountsOf(bounds)].sort(([a], [b]) => (a < b ? -1 : 1));

function minFault(title: string, name: string, bound: Quantity, { requests, limits = NO_AMOUNTS }: Usage): string | undefined {
  const request = requests.get(name);
  const limit = limits.get(name);
  const rule = `minimum ${name} usage per ${title} is ${formatQuantity(bound)}`;
  if (!request) return `${rule}.  No request is specified`;
  if (isOver(bound, request)) return `${rule}, but request is ${formatQuantity(request)}`;
  return limit && isOver(bound, limit) ? `${rule}, but limit is ${formatQuantity(limit)}` : undefined;
}

function maxFault(title: string, name: string, bound: Quantity, { requests, limits }: Usage): string | undefined {
  const request = requests.get(name);
  const limit = limits?.get(name);
  const rule = `maximum ${name} usage per ${title} is ${formatQuantity(bound)}`;
  if (limits && !limit) return `${rule}.  No limit is specified`;
  if (!limits && !request) return `${rule}.  No request is specified`;
  if (limit && isOver(limit, bound)) return `${rule}, but limit is ${formatQuantity(limit)}`;
  return request && isOver(request, bound) ? `${rule}, but request is ${formatQuantity(request)}` : undefined;
}

function ratioFault(title: string, name: string, bound: Quantity, { requests, limits = NO_AMOUNTS }: Usage): string | undefined {
  const request = requests.get(name)?.nano ?? 0n;
  const limit = limits.get(name)?.nano ?? 0n;
  const rule = `${name} max limit to request ratio per ${title} is ${formatQuantity(bound)}`;
  if (request === 0n) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0n) return `${rule}, but no limit is specified or limit is 0`;
  if (limit * 1_000_000_000n <= bound.nano * request) return undefined;
  return `${rule}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}`;
}

function* faultsOf({ type, min, max, maxLimitRequestRatio }: LimitRangeItem, usage: Usage): Generator<string | undefined> {
  for (const [name, bound] of sorted(min)) yield minFault(type, name, bound, usage);
  for (const [name, bound] of sorted(max)) yield maxFault(type, name, bound, usage);
  if (usage.limits) for (const [name, bound] of sorted(maxLimitRequestRatio)) yield ratioFault(type, name, bound, usage);
}

const found = (faults: Iterable<string | undefined>): string[] => [...faults].filter((fault) => fault !== undefined);

/** Faults of a pod against one item of a LimitRange. */
export function podLimitFaults(item: LimitRangeItem, spec: PodSpec): readonly string[] {
  if (item.type === 'Pod') {
    const of = (field: 'requests' | 'limits') => podAmounts(spec, field, { overhead: false });
    return found(faultsOf(item, { requests: of('requests'), limits: of('limits') }));
  }
  if (item.type !== 'Container') return [];
  return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
    found(faultsOf(item, { requests: amountsOf(resources?.requests), limits: amountsOf(resources?.limits) })),
  );
}

/** Faults of a claim against one item of a LimitRange: its requests alone count. */
export function claimLimitFaults(item: LimitRangeItem, { spec }: PersistentVolumeClaim): readonly string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  return found(faultsOf(item, { requests: amountsOf(spec.resources?.requests) }));
}
