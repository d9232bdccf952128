import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at } from '../arm/merge.ts';
import { setProfile } from '../arm/profile.ts';
import { type Answered, inGroup, type TestEstate, testEstate } from '../arm/test-estate.ts';
import type { Json } from '../kernel/json.ts';
import { networkInterface } from './network/network-interface.ts';
import { networkSecurityGroup } from './network/network-security-group.ts';
import { securityRule } from './network/security-rule.ts';
import { subnet } from './network/subnet.ts';
import { virtualNetwork } from './network/virtual-network.ts';

const TYPES = [virtualNetwork, subnet, networkSecurityGroup, securityRule, networkInterface];
const network = (name: string, group = 'rg'): string => inGroup(group, `Microsoft.Network/${name}`);
const PREFIXES = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
const location = 'eastus2';

async function estateWith(profile: 'instant' | 'realistic'): Promise<TestEstate> {
  const estate = testEstate(TYPES);
  for (const group of ['rg', 'rg2']) await estate.done('PUT', inGroup(group), { location });
  estate.world.transact((tx) => setProfile(tx, profile));
  return estate;
}
const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;

/** What happens to a small estate: writes, deletes, and time. */
type Step =
  | { readonly kind: 'put' | 'delete'; readonly path: string; readonly body?: Json }
  | { readonly kind: 'wait'; readonly ms: number };
const put = (path: string, body: Json): Step => ({ kind: 'put', path, body });
const steps = fc.array(
  fc.oneof(
    fc.constantFrom<Step>(
      put(network('virtualNetworks/vn'), {
        location,
        properties: { ...PREFIXES, subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24' } }] },
      }),
      put(network('virtualNetworks/vn'), { location, tags: { a: 'b' }, properties: PREFIXES }),
      put(network('virtualNetworks/vn/subnets/t'), { properties: { addressPrefix: '10.0.1.0/24' } }),
      put(network('networkSecurityGroups/n'), { location }),
      put(network('networkSecurityGroups/n'), { location: 'atlantis' }),
      { kind: 'delete', path: network('virtualNetworks/vn') },
      { kind: 'delete', path: network('virtualNetworks/vn/subnets/s') },
      { kind: 'delete', path: network('networkSecurityGroups/n') },
      { kind: 'delete', path: inGroup('rg2') },
    ),
    fc.integer({ min: 1, max: 6_000 }).map((ms): Step => ({ kind: 'wait', ms })),
  ),
  { minLength: 1, maxLength: 15 },
);

const send = (estate: TestEstate, step: Exclude<Step, { kind: 'wait' }>): Promise<Answered> =>
  estate.call(step.kind === 'put' ? 'PUT' : 'DELETE', step.path, step.body);

test('both headers tell the same story, and nothing ends or changes because somebody asks', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const [asked, quiet] = [await estateWith('realistic'), await estateWith('realistic')];
      const polls: { readonly status: string | undefined; readonly result: string | undefined }[] = [];
      for (const step of list) {
        for (const { world } of [asked, quiet])
          if (step.kind === 'wait') world.advanceTo(world.nowMs + step.ms);
          else world.settle();
        if (step.kind !== 'wait') {
          const [{ status, headers, body }, twin] = [await send(asked, step), await send(quiet, step)];
          assert.deepEqual([twin.status, twin.body], [status, body]);
          assert.ok(status < 500, JSON.stringify(body));
          if (headers['azure-asyncoperation'] ?? headers['location']) {
            assert.equal(headers['retry-after'], '1');
            assert.equal(headers['location'] !== undefined, status === 202, 'Location stands on a 202 alone');
            polls.push({ status: headers['azure-asyncoperation'], result: headers['location'] });
          }
        }
        for (const { status, result } of polls) {
          const shown = status && (await asked.call('GET', pathOf(status)));
          const ended = result && (await asked.call('GET', pathOf(result)));
          if (shown) assert.equal(shown.status, 200);
          if (shown) assert.equal(shown.headers['retry-after'], shown.body['status'] === 'InProgress' ? '1' : undefined);
          if (shown && shown.body['status'] !== 'InProgress') assert.ok(Date.parse(String(shown.body['endTime'])) <= asked.world.nowMs);
          if (shown && ended) assert.equal(ended.status, shown.body['status'] === 'InProgress' ? 202 : 204);
          if (ended && ended.status === 202) assert.ok(ended.headers['location'] && ended.headers['retry-after']);
        }
      }
      assert.equal(asked.world.store.digest(), quiet.world.store.digest());
      for (const { world } of [asked, quiet]) world.advanceTo(world.nowMs + 60_000);
      for (const { status, result } of polls) {
        if (status) assert.notEqual((await asked.call('GET', pathOf(status))).body['status'], 'InProgress', 'everything that began ends');
        if (result) assert.equal((await asked.call('GET', pathOf(result))).status, 204);
      }
    }),
    { numRuns: 60 },
  );
});

test('a group goes with all that is in it, whoever refers to whom, and nothing else goes with it', async () => {
  const piece = fc.constantFrom('nsg', 'vnet', 'subnet', 'nic', 'rule');
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 8 }), fc.boolean(), async (pieces, isRealistic) => {
      const { call, world } = await estateWith(isRealistic ? 'realistic' : 'instant');
      const rest = (): void => void world.advanceTo(world.nowMs + 30_000);
      const keep = async (path: string, body: Json): Promise<void> => {
        const answer = await call('PUT', path, body);
        assert.ok(answer.status < 300, answer.text);
        rest();
      };
      for (const group of ['rg', 'rg2']) {
        const nsg = { networkSecurityGroup: { id: network('networkSecurityGroups/n', group) } };
        await keep(network('networkSecurityGroups/n', group), { location });
        await keep(network('virtualNetworks/vn', group), {
          location,
          properties: { ...PREFIXES, subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24', ...nsg } }] },
        });
        for (const [i, what] of pieces.entries()) {
          if (what === 'nsg') await keep(network(`networkSecurityGroups/n${i}`, group), { location });
          if (what === 'vnet') await keep(network(`virtualNetworks/vn${i}`, group), { location, properties: PREFIXES });
          if (what === 'subnet')
            await keep(network(`virtualNetworks/vn/subnets/s${i}`, group), { properties: { addressPrefix: `10.0.${i + 1}.0/24`, ...nsg } });
          if (what === 'rule')
            await keep(network(`networkSecurityGroups/n/securityRules/r${i}`, group), {
              properties: {
                priority: 100 + i,
                direction: 'Inbound',
                access: 'Allow',
                protocol: 'Tcp',
                sourcePortRange: '*',
                destinationPortRange: '80',
                sourceAddressPrefix: '*',
                destinationAddressPrefix: '*',
              },
            });
          if (what === 'nic') {
            const ipConfigurations = [{ name: 'c', properties: { subnet: { id: network('virtualNetworks/vn/subnets/s', group) } } }];
            await keep(network(`networkInterfaces/i${i}`, group), { location, properties: { ipConfigurations, ...nsg } });
          }
        }
      }
      const inside = (group: string): string[] =>
        TYPES.flatMap((type) => world.reader.list(`arm/${type.name.toLowerCase()}`, { prefix: `${inGroup(group).toLowerCase()}/` })).map(
          ({ key }) => key.replaceAll('/rg2/', '/rg/'),
        );
      const before = inside('rg');
      assert.deepEqual(before, inside('rg2'));
      const deleted = await call('DELETE', inGroup('rg'));
      assert.equal(deleted.status, 202);
      rest();
      rest();
      assert.deepEqual(inside('rg'), []);
      assert.equal((await call('HEAD', inGroup('rg'))).status, 404);
      assert.equal((await call('GET', pathOf(deleted.headers['location'] ?? ''))).status, 204);
      assert.deepEqual(inside('rg2'), before, 'its neighbour has all that it had');
    }),
    { numRuns: 25 },
  );
});

test('what somebody outside still uses keeps its group, and the operation says why', async () => {
  const { call, done } = await estateWith('instant');
  await done('PUT', network('networkSecurityGroups/n', 'rg2'), { location });
  const subnets = [
    { name: 's', properties: { addressPrefix: '10.0.0.0/24', networkSecurityGroup: { id: network('networkSecurityGroups/n', 'rg2') } } },
  ];
  await done('PUT', network('virtualNetworks/vn'), { location, properties: { ...PREFIXES, subnets } });
  const deleted = await done('DELETE', inGroup('rg2'));
  const outcome = await call('GET', pathOf(deleted.headers['location'] ?? ''));
  assert.deepEqual([outcome.status, at(outcome.body, 'error.code')], [409, 'ResourceGroupDeletionBlocked']);
  assert.equal(at((await call('GET', inGroup('rg2'))).body, 'properties.provisioningState'), 'Succeeded');
  assert.equal((await call('GET', network('networkSecurityGroups/n', 'rg2'))).status, 200);
  await done('DELETE', network('virtualNetworks/vn'));
  await done('DELETE', inGroup('rg2'));
  assert.equal((await call('HEAD', inGroup('rg2'))).status, 404, 'once nobody uses it, it goes');
});
