import { listChildren } from '../../arm/estate.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Reader } from '../../kernel/store.ts';
import { parsePrefix, sizeOf } from '../../net/prefix.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { AGENT_POOLS } from '../names.ts';

/** Addresses that each node takes of an overlay's pod range: a /24. */
const PER_NODE = 256;

/** Nodes that an upgrade adds to a pool: maxSurge as a number, or a percentage rounded up. */
function surgeOf(properties: Draft['properties']): number {
  const surge = textAt(objectAt(properties, 'upgradeSettings'), 'maxSurge');
  const count = Number(properties['count']);
  return surge.endsWith('%') ? Math.ceil((count * Number.parseInt(surge, 10)) / 100) : Number(surge) || 0;
}

/** Whether all pools with their surge nodes fit into the cluster's pod range. Source: aks-facts-networking §4.2, text §1.8. */
export function podRangeFaults(draft: Draft, cluster: Resource, reader: Reader): FieldError[] {
  const network = objectAt(cluster.desired, 'networkProfile');
  const range = parsePrefix(textAt(network, 'podCidr'));
  if (!range || textAt(network, 'networkPluginMode') !== 'overlay') return [];
  const others = listChildren(reader, AGENT_POOLS, cluster.id).filter(({ name }) => name !== draft.name);
  const nodes = [draft.properties, ...others.map(({ desired }) => desired)].reduce(
    (total, properties) => total + Number(properties['count']) + surgeOf(properties),
    0,
  );
  const needed = nodes * PER_NODE;
  if (needed <= sizeOf(range)) return [];
  const detail = `Pre-allocated IPs ${needed} exceeds IPs available ${sizeOf(range)} in Subnet Cidr ${textAt(network, 'podCidr')}, Subnet Name networkProfile.podCIDR. If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count represents a theoretical max value, not the actual number of IPs requested). http://aka.ms/aks/insufficientsubnetsize`;
  return [{ ...invalid('networkProfile.podCIDR', textAt(network, 'podCidr'), detail), code: 'InsufficientSubnetSize' }];
}
