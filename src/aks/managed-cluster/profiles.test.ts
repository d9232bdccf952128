import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { armIndexes, saveResource } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import type { ActionContext } from '../../arm/resource-type.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { compareVersions, isWithinSkew, minorOf, offeredVersions } from '../versions.ts';
import { poolUpgradeProfile, profileActions } from './profiles.ts';

const CLUSTER = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo';
const all = offeredVersions.flatMap(({ patches }) => patches);

const resource = (id: string, type: string, desired: JsonObject, observed: JsonObject): Resource =>
  ({ id, name: id.split('/').at(-1) ?? '', type, provisioningState: 'Succeeded', desired, observed }) as unknown as Resource; // what is read of it

/** A world with one cluster at a version, and pools at theirs. */
function worldOf(plane: string, pools: Readonly<Record<string, { version: string }>>) {
  const world = new World({ name: 'w', seed: 's', indexes: armIndexes([]), controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  const cluster = resource(CLUSTER, MANAGED_CLUSTERS, {}, { currentKubernetesVersion: plane });
  const made = Object.entries(pools).map(([name, { version }]) =>
    resource(`${CLUSTER}/agentPools/${name}`, AGENT_POOLS, { osType: 'Linux' }, { currentOrchestratorVersion: version }),
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
