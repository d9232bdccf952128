import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { armIndexes, saveResource } from '../../arm/estate.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { ActionContext } from '../../arm/resource-type.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import { podRangeFaults } from '../agent-pool/pod-range.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { compareVersions, isWithinSkew, minorOf, offeredVersions } from '../versions.ts';
import { poolUpgradeProfile, profileActions } from './profiles.ts';

const CLUSTER = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo';
const all = offeredVersions.flatMap(({ patches }) => patches);

const resource = (id: string, type: string, desired: JsonObject, observed: JsonObject): Resource =>
  ({ id, name: id.split('/').at(-1) ?? '', type, provisioningState: 'Succeeded', desired, observed }) as unknown as Resource; // what is read of it

/** A world with one cluster at a version, and pools at theirs. */
function worldOf(plane: string, pools: Readonly<Record<string, { version: string; desired?: JsonObject }>>, network: JsonObject = {}) {
  const world = new World({ name: 'w', seed: 's', indexes: armIndexes([]), controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  const cluster = resource(CLUSTER, MANAGED_CLUSTERS, { networkProfile: network }, { currentKubernetesVersion: plane });
  const made = Object.entries(pools).map(([name, { version, desired = {} }]) =>
    resource(`${CLUSTER}/agentPools/${name}`, AGENT_POOLS, { osType: 'Linux', ...desired }, { currentOrchestratorVersion: version }),
  );
  world.transact((tx) => {
    for (const each of [cluster, ...made]) saveResource(tx, each);
  });
  return { reader: world.reader, cluster, pools: made };
}

/** Body of an action's answer. */
function ask(action: { run(context: ActionContext): unknown } | undefined, context: Partial<ActionContext>): JsonObject {
  assert.ok(action);
  return (action.run(context as ActionContext) as { body: { properties: JsonObject } }).body.properties; // the actions read these alone
}
const [upgradeProfile, available] = profileActions;
const versionsIn = (upgrades: unknown): string[] =>
  (upgrades as { kubernetesVersion: string }[]).map(({ kubernetesVersion }) => kubernetesVersion);

test('a control plane is offered the next minor, its pools nothing beyond it', () => {
  const { reader, cluster, pools } = worldOf('1.35.5', { old: { version: '1.34.8' }, even: { version: '1.35.5' } });
  const { controlPlaneProfile, agentPoolProfiles } = ask(upgradeProfile, { resource: cluster, reader }) as unknown as {
    controlPlaneProfile: { upgrades: unknown };
    agentPoolProfiles: { name: string; upgrades: unknown }[];
  };
  assert.deepEqual(versionsIn(controlPlaneProfile.upgrades), ['1.35.6', '1.36.1', '1.36.2']);
  const ofPools = new Map(agentPoolProfiles.map(({ name, upgrades }) => [name, versionsIn(upgrades)]));
  assert.deepEqual(Object.fromEntries(ofPools), { old: ['1.34.9', '1.35.5'], even: [] });
  for (const pool of pools)
    assert.deepEqual(versionsIn(ask(poolUpgradeProfile, { resource: pool, reader })['upgrades']), ofPools.get(pool.name), pool.name);
});

test('a new pool may have any version that works with its control plane, which is the default', () => {
  fc.assert(
    fc.property(fc.constantFrom(...all), (plane) => {
      const { cluster, reader } = worldOf(plane, {});
      const listed = ask(available, { resource: cluster, reader })['agentPoolVersions'] as unknown as {
        kubernetesVersion: string;
        default?: boolean;
      }[];
      assert.deepEqual(
        versionsIn(listed),
        all.filter((version) => isWithinSkew(version, plane)),
      );
      assert.deepEqual(versionsIn(listed.filter((each) => each.default)), [plane]);
    }),
  );
});

test('nodes never lead their control plane, and are three minors behind at most', () => {
  const version = fc.tuple(fc.integer({ min: 20, max: 40 }), fc.nat(20)).map(([minor, patch]) => `1.${minor}.${patch}`);
  fc.assert(
    fc.property(version, version, (nodes, plane) => {
      const behind = minorOf(plane) - minorOf(nodes);
      assert.equal(isWithinSkew(nodes, plane), compareVersions(nodes, plane) <= 0 && behind >= 0 && behind <= 3);
    }),
  );
});

test('all nodes with their surge have to fit into the pod range, a /24 each', () => {
  const overlay = (podCidr: string): JsonObject => ({ podCidr, networkPluginMode: 'overlay' });
  const draftOf = (name: string, properties: JsonObject): Draft => ({
    id: `${CLUSTER}/agentPools/${name}`,
    name,
    type: AGENT_POOLS,
    properties,
  });
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
  for (const [podCidr, count, maxSurge, fits] of table) {
    const { cluster, reader } = worldOf('1.35.5', {}, overlay(podCidr));
    const found = podRangeFaults(draftOf('np', { count, upgradeSettings: { maxSurge } }), cluster, reader);
    assert.deepEqual(
      found.map(({ code }) => code),
      fits ? [] : ['InsufficientSubnetSize'],
      `${podCidr} ${count} ${maxSurge}`,
    );
  }
  const others = { np: { version: '1.35.5', desired: { count: 2 } }, more: { version: '1.35.5', desired: { count: 2 } } };
  const { cluster, reader } = worldOf('1.35.5', others, overlay('10.244.0.0/22'));
  assert.equal(podRangeFaults(draftOf('np', { count: 2 }), cluster, reader).length, 0, 'a pool counts once');
  assert.equal(podRangeFaults(draftOf('np', { count: 3 }), cluster, reader).length, 1);
  assert.equal(podRangeFaults(draftOf('third', { count: 1 }), cluster, reader).length, 1);
});
