import { listResources } from '../../arm/estate.ts';
import { keyOf, subscriptionId } from '../../arm/ids.ts';
import type { Reader } from '../../kernel/store.ts';
import { VM_SIZES, vmSize } from './vm-sizes.ts';

const SCALE_SETS = 'Microsoft.Compute/virtualMachineScaleSets';
/** Cores per family and region. Far above what a new subscription has, so that large simulations are not stopped by a form to fill in. */
const CORES_LIMIT = 100_000;

export interface Usage {
  readonly name: string;
  readonly localName: string;
  readonly current: number;
  readonly limit: number;
}

/** Cores that scale sets of a subscription use in a region, by quota family, and all of them as `cores`. `except`: a scale set not to count. */
export function coresInUse(reader: Reader, subscription: string, location: string, except = ''): Map<string, number> {
  const used = new Map<string, number>();
  for (const { id, location: region, sku } of listResources(reader, SCALE_SETS, subscriptionId(subscription))) {
    const size = vmSize(sku?.name ?? '');
    if (!size || region !== location || keyOf(id) === keyOf(except)) continue;
    const cores = size.vcpus * (sku?.capacity ?? 0);
    for (const name of [size.family, 'cores']) used.set(name, (used.get(name) ?? 0) + cores);
  }
  return used;
}

/** What is in use of each quota, as `az vm list-usage` shows it. */
export function usagesOf(reader: Reader, subscription: string, location: string): Usage[] {
  const used = coresInUse(reader, subscription, location);
  const families = [...new Set(VM_SIZES.map((size) => size.family))];
  return [
    { name: 'cores', localName: 'Total Regional vCPUs', current: used.get('cores') ?? 0, limit: CORES_LIMIT },
    ...families.map((family) => ({ name: family, localName: `${family} vCPUs`, current: used.get(family) ?? 0, limit: CORES_LIMIT })),
  ];
}

/** Why so many more cores are refused; undefined when they fit. Wording of Microsoft.Compute (aks-facts §1.8). */
export function quotaExceeded(used: ReadonlyMap<string, number>, family: string, additional: number, location: string): string | undefined {
  for (const name of [family, 'cores']) {
    const current = used.get(name) ?? 0;
    if (current + additional <= CORES_LIMIT) continue;
    const quota = name === 'cores' ? 'Total Regional Cores' : `${name} Cores`;
    return `Operation could not be completed as it results in exceeding approved ${quota} quota. Additional details - Deployment Model: Resource Manager, Location: ${location}, Current Limit: ${CORES_LIMIT}, Current Usage: ${current}, Additional Required: ${additional}, (Minimum) New Limit Required: ${current + additional}.`;
  }
  return undefined;
}
