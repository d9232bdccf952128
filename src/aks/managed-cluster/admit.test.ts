import assert from 'node:assert/strict';
import { test } from 'node:test';
import { armIndexes, saveResource } from '../../arm/estate.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { WriteContext } from '../../arm/resource-type.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import { World } from '../../kernel/world.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { admitCluster, CLUSTERS_MAX } from './admit.ts';

const idOf = (name: string, subscription = 's'): string =>
  `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`;
const clusterOf = (id: string): Resource =>
  ({
    id,
    name: id.split('/').at(-1) ?? '',
    type: MANAGED_CLUSTERS,
    sku: { tier: 'Free' },
    desired: {},
    observed: {},
  }) as unknown as Resource; // what the rules read

test('a subscription has so many clusters; those of others do not count', () => {
  const world = new World({ name: 'w', seed: 's', indexes: armIndexes([]), controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  const last = clusterOf(idOf('last'));
  const admit = (previous?: Resource) =>
    admitCluster({ ...last, properties: {} } as Draft, { reader: world.reader } as WriteContext, previous).map(({ code }) => code);
  world.transact((tx) => {
    saveResource(tx, last);
    saveResource(tx, clusterOf(idOf('other', 't')));
    const desired = { mode: 'System', count: 1 };
    saveResource(tx, { ...last, id: `${last.id}/agentPools/np`, name: 'np', type: AGENT_POOLS, desired });
    for (let i = 1; i < CLUSTERS_MAX; i++) saveResource(tx, clusterOf(idOf(`c${i}`)));
  });
  assert.deepEqual(admit(), []);
  world.transact((tx) => saveResource(tx, clusterOf(idOf('one-more'))));
  assert.deepEqual(admit(), ['ManagedClusterCountExceedsQuotaLimit']);
  assert.deepEqual(admit(last), [], 'what is there may be changed');
});
