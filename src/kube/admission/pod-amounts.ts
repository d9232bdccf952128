import type { Container, PodSpec } from '../../../gen/kubernetes-types.ts';
import { addQuantities, compareQuantities, parseQuantity, type Quantity } from '../quantity.ts';

/** Quantities as objects carry them: "requests" and "limits" of containers, "hard" of quotas. */
export type ResourceList = { readonly [resource: string]: string };
export type Amounts = ReadonlyMap<string, Quantity>;

const NOTHING: Quantity = { nano: 0n, format: 'decimal' };

/** A stored quantity: text that is none was refused before. */
export const quantityOf = (text: string | undefined): Quantity => (text === undefined ? NOTHING : (parseQuantity(text).value ?? NOTHING));

export const amountsOf = (list: ResourceList | undefined): Map<string, Quantity> =>
  new Map(Object.entries(list ?? {}).map(([name, text]) => [name, quantityOf(text)]));

export function addTo(sum: Map<string, Quantity>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const present = sum.get(name);
    sum.set(name, present ? addQuantities(present, amount) : amount);
  }
}

function raiseTo(peak: Map<string, Quantity>, amounts: Amounts): void {
  for (const [name, amount] of amounts) {
    const present = peak.get(name);
    if (!present || compareQuantities(present, amount) < 0) peak.set(name, amount);
  }
}

const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always';

/**
 * What a pod requests, or is limited to, as a whole: containers and sidecars add up, other init containers count by what runs while
 * they do. Models kubernetes component-helpers/resource PodRequests and PodLimits.
 */
export function podAmounts(spec: PodSpec, field: 'requests' | 'limits', { overhead }: { readonly overhead: boolean }): Amounts {
  const total = new Map<string, Quantity>();
  const sidecars = new Map<string, Quantity>();
  const peak = new Map<string, Quantity>();
  for (const { resources } of spec.containers) addTo(total, amountsOf(resources?.[field]));
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.[field]);
    const during = isSidecar(container) ? sidecars : new Map(sidecars);
    addTo(during, own);
    raiseTo(peak, during);
  }
  addTo(total, sidecars);
  raiseTo(total, peak);
  // What is said of the pod as a whole stands above what its containers add up to.
  for (const [name, amount] of amountsOf(spec.resources?.[field])) total.set(name, amount);
  if (overhead && spec.overhead) {
    const fixed = amountsOf(spec.overhead);
    // No limit stays no limit.
    if (field === 'limits') for (const name of fixed.keys()) if (!total.has(name)) fixed.delete(name);
    addTo(total, fixed);
  }
  return total;
}
