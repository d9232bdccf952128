import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finishOperation, getResource, setProvisioningState } from '../arm/estate.ts';
import { at } from '../arm/merge.ts';
import { setProfile } from '../arm/profile.ts';
import type { ResourceType } from '../arm/resource-type.ts';
import { inGroup, type TestEstate, testEstate } from '../arm/test-estate.ts';
import { subnet } from './network/subnet.ts';
import { virtualNetwork } from './network/virtual-network.ts';

const VNET = inGroup('rg', 'Microsoft.Network/virtualNetworks/v1');
const BODY = { location: 'eastus2', properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } };
const GADGET = inGroup('rg', 'Contoso.Test/gadgets/g1');

/** A type whose operations a provider's controller ends, with a system-assigned identity and flattened inline children. */
const gadget: ResourceType = {
  name: 'Contoso.Test/gadgets',
  identity: true,
  completion: 'controller',
  put: 'preserve',
  patch: 'merge',
  immutable: ['properties.shape'],
  readOnly: ['serial'],
  computed: (_draft, { random }, previous) => previous?.observed ?? { serial: random.uuid() },
  children: [{ property: 'parts', type: 'Contoso.Test/gadgets/parts', shape: 'flattened' }],
  actions: [
    { method: 'POST', path: 'spin', permission: 'Contoso.Test/gadgets/spin/action', run: ({ body }) => ({ status: 200, body }) },
    {
      method: 'GET',
      path: 'logs/{day}',
      permission: 'Contoso.Test/gadgets/logs/read',
      run: ({ parameters }) => ({ status: 200, body: { ...parameters } }),
    },
  ],
};
const part: ResourceType = { name: 'Contoso.Test/gadgets/parts', completion: 'controller' };

async function estateWith(types: readonly ResourceType[]): Promise<TestEstate> {
  const estate = testEstate(types);
  await estate.done('PUT', inGroup('rg'), { location: 'eastus2' });
  return estate;
}
const pollOf = ({ headers }: { headers: Readonly<Record<string, string>> }, name = 'azure-asyncoperation'): string => {
  const url = new URL(headers[name] ?? assert.fail(`no ${name}`));
  return url.pathname + url.search;
};

test('under realistic durations an operation ends when its time has come, not because it is polled', async () => {
  const { call, world } = await estateWith([virtualNetwork, subnet]);
  world.transact((tx) => setProfile(tx, 'realistic'));
  const put = await call('PUT', VNET, BODY);
  const poll = pollOf(put);
  world.settle();
  for (let i = 0; i < 5; i++) assert.equal((await call('GET', poll)).body['status'], 'InProgress');
  world.advanceTo(world.nowMs + 3_999);
  const running = await call('GET', poll);
  assert.deepEqual([running.body['status'], running.headers['retry-after']], ['InProgress', '1']);
  assert.equal(at((await call('GET', VNET)).body, 'properties.provisioningState'), 'Creating');
  assert.equal(at((await call('PUT', VNET, BODY)).body, 'error.code'), 'AnotherOperationInProgress');
  world.advanceTo(world.nowMs + 1);
  const ended = await call('GET', poll);
  assert.equal(ended.body['status'], 'Succeeded');
  assert.equal(Date.parse(String(ended.body['endTime'])) - Date.parse(String(ended.body['startTime'])), 4_000);
  assert.equal(at((await call('GET', VNET)).body, 'properties.provisioningState'), 'Succeeded');
  const deleted = await call('DELETE', VNET);
  const result = pollOf(deleted, 'location');
  assert.equal((await call('GET', result)).status, 202);
  assert.equal(at((await call('GET', VNET)).body, 'properties.provisioningState'), 'Deleting');
  const again = await call('DELETE', VNET);
  assert.deepEqual([again.status, pollOf(again)], [202, pollOf(deleted)], 'a second delete joins the first');
  world.advanceTo(world.nowMs + 4_000);
  assert.equal((await call('GET', result)).status, 204);
});

test('a controller ends its operations, well or badly, and the inline children follow', async () => {
  const { call, world, arm, principals } = await estateWith([gadget, part]);
  const put = await call('PUT', GADGET, {
    location: 'eastus2',
    identity: { type: 'systemassigned' },
    properties: { shape: 'round', parts: [{ name: 'wheel', size: 3 }] },
  });
  assert.equal(put.status, 201);
  const principal = String(at(put.body, 'identity.principalId'));
  assert.equal(principals.get(principal), 'g1', 'the principal is there before the operation ends');
  assert.deepEqual(at(put.body, 'properties.parts'), [{ name: 'wheel', provisioningState: 'Creating', size: 3 }]);
  world.settle();
  const id = () => getResource(world.reader, GADGET)?.operation ?? assert.fail();
  world.transact((tx) => finishOperation(tx, id()));
  assert.deepEqual(at((await call('GET', GADGET)).body, 'properties.parts'), [{ name: 'wheel', provisioningState: 'Succeeded', size: 3 }]);

  const patch = await call('PATCH', GADGET, { properties: { colour: 'red' } });
  assert.equal(at(patch.body, 'properties.shape'), 'round');
  assert.equal(at(patch.body, 'identity.principalId'), principal);
  world.transact((tx) => finishOperation(tx, id(), { error: { code: 'AllocationFailed', message: 'No capacity.' } }));
  const failed = await call('GET', pollOf(patch));
  assert.equal(failed.status, 200);
  assert.deepEqual([failed.body['status'], at(failed.body, 'error.code')], ['Failed', 'AllocationFailed']);
  assert.equal(at((await call('GET', GADGET)).body, 'properties.provisioningState'), 'Failed');

  const changed = await call('PUT', GADGET, { location: 'eastus2', properties: { shape: 'square' } });
  assert.deepEqual(
    [changed.status, at(changed.body, 'error.code'), at(changed.body, 'error.target')],
    [400, 'PropertyChangeNotAllowed', 'properties.shape'],
  );
  const kept = await call('PUT', GADGET, { location: 'eastus2', properties: { serial: 'mine' } });
  assert.equal(at(kept.body, 'properties.colour'), 'red');
  assert.notEqual(at(kept.body, 'properties.serial'), 'mine');
  world.transact((tx) => finishOperation(tx, id()));

  const deleted = await call('DELETE', GADGET);
  world.settle();
  assert.equal((await call('GET', GADGET)).status, 200, 'still there until its controller is done');
  world.transact((tx) => arm.finishDelete(tx, GADGET));
  assert.equal((await call('GET', GADGET)).status, 404);
  assert.equal((await call('GET', pollOf(deleted))).body['status'], 'Succeeded');
  assert.equal(principals.has(principal), false);
});

test('actions are found by method and path', async () => {
  const { call, world } = await estateWith([gadget, part]);
  await call('PUT', GADGET, { location: 'eastus2' });
  world.transact((tx) => setProvisioningState(tx, GADGET, 'Succeeded'));
  assert.deepEqual((await call('POST', `${GADGET}/SPIN`, { fast: true })).body, { fast: true });
  assert.deepEqual((await call('GET', `${GADGET}/logs/mon%20day`)).body, { day: 'mon day' });
  assert.equal((await call('GET', `${GADGET}/spin`)).status, 405);
  const unknown = await call('POST', `${GADGET}/jump`);
  assert.deepEqual([unknown.status, at(unknown.body, 'error.target')], [501, 'Contoso.Test/gadgets/jump']);
});

test('a type that is not built yet has nothing to read and refuses to be written', async () => {
  const { call, done } = await estateWith([gadget, part, { name: 'Contoso.Test/gadgets/wings', unbuilt: true }]);
  await done('PUT', GADGET, { location: 'eastus2' });
  assert.equal((await call('GET', `${GADGET}/wings/left`)).status, 404);
  assert.deepEqual((await call('GET', `${GADGET}/wings`)).body, { value: [] });
  const refused = await call('PUT', `${GADGET}/wings/left`, {});
  assert.deepEqual([refused.status, at(refused.body, 'error.target')], [501, 'Contoso.Test/gadgets/wings']);
});

test('a refused write inside a controller leaves that controller its other writes', async () => {
  const { world, arm } = await estateWith([virtualNetwork, subnet]);
  const overlapping = [
    { name: 'a', properties: { addressPrefix: '10.0.0.0/24' } },
    { name: 'b', properties: { addressPrefix: '10.0.0.0/24' } },
  ];
  world.transact((tx) => {
    arm.createByProvider(tx, inGroup('rg2'), { location: 'eastus2', managedBy: GADGET });
    assert.throws(
      () => arm.createByProvider(tx, VNET, { ...BODY, properties: { ...BODY.properties, subnets: overlapping } }),
      /NetcfgSubnetRangesOverlap|MultipleErrors/,
    );
  });
  assert.equal(getResource(world.reader, VNET), undefined);
  assert.equal(getResource(world.reader, `${VNET}/subnets/a`), undefined);
  assert.equal(getResource(world.reader, inGroup('rg2'))?.managedBy, GADGET);
});

test('the outcome of an operation can be asked for seven days long', async () => {
  const { call, world } = await estateWith([virtualNetwork, subnet]);
  const poll = pollOf(await call('PUT', VNET, BODY));
  world.settle();
  world.advanceTo(world.nowMs + 7 * 86_400_000 - 1);
  assert.equal((await call('GET', poll)).body['status'], 'Succeeded');
  world.advanceTo(world.nowMs + 86_400_000);
  assert.equal(at((await call('GET', poll)).body, 'error.code'), 'NotFound');
  assert.equal((await call('PUT', VNET, BODY)).status, 200, 'its resource does not miss it');
});
