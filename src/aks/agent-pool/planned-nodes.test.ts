import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { armIndexes, saveResource } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { plannedNodesFaults } from './planned-nodes.ts';

const CLUSTER = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo';
const OUTBOUND = 'InvalidLoadBalancerProfileAllocatedOutboundPorts';

/** What a cluster's pools are refused with, by code, and the sentences. */
function faultsOf(pools: readonly { count: number; maxSurge?: string }[], network: JsonObject, tier = 'Standard') {
  const world = new World({ name: 'w', seed: 's', indexes: armIndexes([]), controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  const networkProfile = { podCidr: '100.64.0.0/10', networkPluginMode: 'overlay', outboundType: 'loadBalancer', ...network };
  // What is read of them.
  const cluster = { id: CLUSTER, type: MANAGED_CLUSTERS, sku: { tier }, desired: { networkProfile } } as unknown as Resource;
  world.transact((tx) => {
    pools.forEach(({ count, maxSurge = '0' }, i) => {
      const desired = { count, upgradeSettings: { maxSurge } };
      saveResource(tx, { id: `${CLUSTER}/agentPools/p${i}`, name: `p${i}`, type: AGENT_POOLS, desired } as unknown as Resource);
    });
  });
  return plannedNodesFaults(cluster, world.reader);
}
const codesOf = (...args: Parameters<typeof faultsOf>): (string | undefined)[] => faultsOf(...args).map(({ code }) => code);

test('all nodes with their surge have to fit into the pod range, a /24 each', () => {
  const table: readonly (readonly [podCidr: string, count: number, maxSurge: string, fits: boolean])[] = [
    ['10.244.0.0/22', 4, '', true],
    ['10.244.0.0/22', 5, '', false],
    ['10.244.0.0/22', 3, '1', true],
    ['10.244.0.0/22', 4, '1', false],
    ['10.244.0.0/22', 3, '33%', true],
    ['10.244.0.0/22', 3, '34%', false],
    ['10.244.0.0/16', 200, '10%', true],
    ['10.244.0.0/16', 250, '10%', false],
    ['10.244.0.0/24', 1, '', true],
  ];
  for (const [podCidr, count, maxSurge, fits] of table)
    assert.deepEqual(
      codesOf([{ count, maxSurge }], { podCidr }),
      fits ? [] : ['InsufficientSubnetSize'],
      `${podCidr} ${count} ${maxSurge}`,
    );
  assert.deepEqual(codesOf([{ count: 2 }, { count: 2 }], { podCidr: '10.244.0.0/22' }), []);
  assert.deepEqual(codesOf([{ count: 2 }, { count: 3 }], { podCidr: '10.244.0.0/22' }), ['InsufficientSubnetSize']);
});

test('the ports that each node is given have to be there: 64,000 per outbound address', () => {
  const profile = (allocatedOutboundPorts: number, count = 1) => ({
    loadBalancerProfile: { allocatedOutboundPorts, managedOutboundIPs: { count } },
  });
  const own = { loadBalancerProfile: { allocatedOutboundPorts: 8000, outboundIPs: { publicIPs: [{ id: 'a' }, { id: 'b' }] } } };
  assert.deepEqual(codesOf([{ count: 8 }], profile(8000)), []);
  assert.deepEqual(codesOf([{ count: 8, maxSurge: '10%' }], profile(8000)), [OUTBOUND], 'with one more node at an upgrade');
  assert.deepEqual(codesOf([{ count: 9 }], profile(8000, 2)), []);
  assert.deepEqual(codesOf([{ count: 9 }], own), [], 'the caller brings two');
  assert.deepEqual(codesOf([{ count: 900 }], profile(0)), [], 'the balancer divides them by itself');
  assert.deepEqual(codesOf([{ count: 9 }], { ...profile(8000), outboundType: 'none' }), []);
  const [fault] = faultsOf([{ count: 5 }, { count: 4 }], profile(8000));
  assert.equal(
    fault?.detail,
    'Load balancer profile allocated ports 8000 is not in an allowable range given the number of nodes and IPs provisioned. Total node count 9 requires 72000 ports but only 64000 ports are available given 1 outbound public IPs. Refer to https://aka.ms/aks/slb-ports for more details.',
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 8000 }),
      fc.integer({ min: 1, max: 20 }),
      (count, eights, ips) => {
        const found = codesOf([{ count }], profile(eights * 8, ips));
        assert.equal(found.includes(OUTBOUND), count * eights * 8 > ips * 64_000);
      },
    ),
  );
});

test('a cluster has so many pools, and so many nodes by its tier', () => {
  const pools = (many: number, count: number) => Array.from({ length: many }, () => ({ count }));
  assert.deepEqual(codesOf(pools(100, 1), {}), []);
  assert.deepEqual(codesOf(pools(101, 1), {}), ['MaxAgentPoolCountReached']);
  assert.deepEqual(codesOf(pools(2, 500), {}, 'Free'), []);
  assert.deepEqual(codesOf(pools(3, 334), {}, 'Free'), ['InvalidParameter']);
  assert.deepEqual(codesOf(pools(5, 1000), {}, 'Premium'), []);
  assert.deepEqual(codesOf(pools(6, 834), {}, 'Standard'), ['InvalidParameter']);
});
