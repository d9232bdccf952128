import { listChildren } from '../../arm/estate.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { parsePrefix, sizeOf } from '../../net/prefix.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { addressCount } from '../managed-cluster/outbound.ts';
import { AGENT_POOLS } from '../names.ts';

/** What all pools of a cluster take together. Pools are written before cluster and pools are admitted, so that all of them are stored. */

const poolsOf = (reader: Reader, cluster: Resource): JsonObject[] =>
  listChildren(reader, AGENT_POOLS, cluster.id).map(({ desired }) => desired);
const countOf = (pools: readonly JsonObject[]): number => pools.reduce((total, pool) => total + Number(pool['count']), 0);

/** Nodes that an upgrade adds to a pool: maxSurge as a number, or a percentage rounded up. */
function surgeOf(properties: Draft['properties']): number {
  const surge = textAt(objectAt(properties, 'upgradeSettings'), 'maxSurge');
  const count = Number(properties['count']);
  return surge.endsWith('%') ? Math.ceil((count * Number.parseInt(surge, 10)) / 100) : Number(surge) || 0;
}
const withSurge = (pools: readonly JsonObject[]): number => pools.reduce((total, pool) => total + surgeOf(pool), countOf(pools));

/** The refusals that pools earn together, whether a pool or the cluster was written. */
export const plannedNodesFaults = (cluster: Resource, reader: Reader): FieldError[] => {
  const pools = poolsOf(reader, cluster);
  return [...limitFaults(cluster, pools), ...podRangeFaults(cluster, pools), ...portFaults(cluster, pools)];
};

/** Pools of a cluster, and nodes of a cluster by its tier. Source: aks-facts-limits-sla §8.1, §8.2. */
const POOLS_MAX = 100;
const NODES_MAX: { readonly [tier: string]: number } = { Free: 1_000, Standard: 5_000, Premium: 5_000 };

function limitFaults({ sku }: Resource, pools: readonly JsonObject[]): FieldError[] {
  const errors: FieldError[] = [];
  if (pools.length > POOLS_MAX)
    errors.push({
      ...invalid('agentPoolProfiles', pools.length, `A managed cluster has at most ${POOLS_MAX} node pools, got ${pools.length}.`),
      code: 'MaxAgentPoolCountReached',
    });
  const most = NODES_MAX[sku?.tier ?? ''];
  const nodes = countOf(pools);
  if (most !== undefined && nodes > most)
    errors.push({
      ...invalid('agentPoolProfile.count', nodes, `A managed cluster of tier ${sku?.tier} has at most ${most} nodes, got ${nodes}.`),
      code: 'InvalidParameter',
    });
  return errors;
}

/** Addresses that each node takes of an overlay's pod range: a /24. */
const PER_NODE = 256;

/** Whether all pools with their surge nodes fit into the cluster's pod range. Source: aks-facts-networking §4.2, text §1.8. */
function podRangeFaults({ desired }: Resource, pools: readonly JsonObject[]): FieldError[] {
  const network = objectAt(desired, 'networkProfile');
  const range = parsePrefix(textAt(network, 'podCidr'));
  if (!range || textAt(network, 'networkPluginMode') !== 'overlay') return [];
  const needed = withSurge(pools) * PER_NODE;
  if (needed <= sizeOf(range)) return [];
  const detail = `Pre-allocated IPs ${needed} exceeds IPs available ${sizeOf(range)} in Subnet Cidr ${textAt(network, 'podCidr')}, Subnet Name networkProfile.podCIDR. If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that pre-allocated IPs count represents a theoretical max value, not the actual number of IPs requested). http://aka.ms/aks/insufficientsubnetsize`;
  return [{ ...invalid('networkProfile.podCIDR', textAt(network, 'podCidr'), detail), code: 'InsufficientSubnetSize' }];
}

/** Ports that each outbound address has for all nodes together. */
const PORTS_PER_ADDRESS = 64_000;

/** Whether the ports that each node is given are there, surge nodes counted. Source: aks-facts-networking §4.5, text aks-facts §1.8. */
function portFaults({ desired }: Resource, pools: readonly JsonObject[]): FieldError[] {
  const network = objectAt(desired, 'networkProfile');
  const profile = objectAt(network, 'loadBalancerProfile');
  const ports = Number(profile['allocatedOutboundPorts'] ?? 0); // 0: the balancer divides them by itself
  const addresses = addressCount(profile);
  const nodes = withSurge(pools);
  const [needed, available] = [nodes * ports, addresses * PORTS_PER_ADDRESS];
  if (textAt(network, 'outboundType') !== 'loadBalancer' || needed <= available) return [];
  const detail = `Load balancer profile allocated ports ${ports} is not in an allowable range given the number of nodes and IPs provisioned. Total node count ${nodes} requires ${needed} ports but only ${available} ports are available given ${addresses} outbound public IPs. Refer to https://aka.ms/aks/slb-ports for more details.`;
  const path = 'networkProfile.loadBalancerProfile.allocatedOutboundPorts';
  return [{ ...invalid(path, ports, detail), code: 'InvalidLoadBalancerProfileAllocatedOutboundPorts' }];
}
