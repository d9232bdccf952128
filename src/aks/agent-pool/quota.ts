import { parseId } from '../../arm/ids.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { usagesOf } from '../../azure/compute/quota.ts';
import { vmSize } from '../../azure/compute/vm-sizes.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Reader } from '../../kernel/store.ts';
import { textAt } from '../managed-cluster/given.ts';

/** Whether the nodes that a pool gains are within the subscription's quota of cores. Source: aks-facts §1.8. */
export function quotaFaults({ id, properties }: Draft, cluster: Resource, previous: Resource | undefined, reader: Reader): FieldError[] {
  const size = vmSize(textAt(properties, 'vmSize'));
  const gained = Number(properties['count']) - Number(previous?.desired['count'] ?? 0);
  if (!size || gained <= 0) return [];
  const requested = gained * size.vcpus;
  const location = cluster.location ?? '';
  const usages = usagesOf(reader, parseId(id)?.subscription ?? '', location).filter(({ name }) => name === size.family || name === 'cores');
  const remaining = Math.min(...usages.map(({ current, limit }) => limit - current));
  if (requested <= remaining) return [];
  const detail = `Insufficient vcpu quota requested ${requested}, remaining ${Math.max(remaining, 0)} for family ${size.family} for region ${location}.`;
  return [{ ...invalid('agentPoolProfile.count', properties['count'], detail), code: 'ErrCode_InsufficientVCPUQuota' }];
}
