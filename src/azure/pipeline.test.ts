import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at } from '../arm/merge.ts';
import type { ResourceType } from '../arm/resource-type.ts';
import { inGroup, NOBODY, SUBSCRIPTION, testEstate } from '../arm/test-estate.ts';
import { networkInterface } from './network/network-interface.ts';
import { subnet } from './network/subnet.ts';
import { virtualNetwork } from './network/virtual-network.ts';

const TYPES = [virtualNetwork, subnet];
const VNET = inGroup('rg', 'Microsoft.Network/virtualNetworks/v1');
const SPACE = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
const withGroup = async (types: readonly ResourceType[] = TYPES) => {
  const estate = testEstate(types);
  assert.equal((await estate.call('PUT', inGroup('rg'), { location: 'East US 2' })).status, 201);
  return estate;
};

test('a virtual network: created, polled, read, listed, deleted', async () => {
  const { call, world } = await withGroup();
  const put = await call('PUT', VNET, {
    location: 'eastus2',
    tags: { a: 'b' },
    properties: { ...SPACE, subnets: [{ name: 's1', properties: { addressPrefix: '10.0.0.0/24' } }] },
  });
  assert.equal(put.status, 201);
  assert.equal(at(put.body, 'properties.provisioningState'), 'Creating');
  assert.equal(put.headers['retry-after'], '1');
  const poll = new URL(put.headers['azure-asyncoperation'] ?? '');
  assert.equal(poll.origin, 'https://management.azure.com');
  const running = await call('GET', poll.pathname + poll.search);
  assert.equal(running.body['status'], 'InProgress');
  world.settle();
  const ended = await call('GET', poll.pathname + poll.search);
  assert.equal(ended.body['status'], 'Succeeded');
  assert.ok(ended.body['endTime']);
  const got = await call(
    'GET',
    VNET.toUpperCase().replace('MICROSOFT.NETWORK', 'microsoft.network').replace('/SUBSCRIPTIONS', '//subscriptions'),
  );
  assert.equal(got.status, 200);
  assert.equal(at(got.body, 'properties.provisioningState'), 'Succeeded');
  assert.equal(got.body['name'], 'v1');
  const child = await call('GET', `${VNET}/subnets/s1`);
  assert.equal(at(child.body, 'properties.addressPrefix'), '10.0.0.0/24');
  assert.equal(at(child.body, 'properties.provisioningState'), 'Succeeded');
  const list = await call('GET', `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Network/virtualNetworks`);
  assert.equal((list.body['value'] as unknown[]).length, 1);
  const gone = await call('DELETE', VNET);
  assert.equal(gone.status, 202);
  assert.ok(gone.headers['location'] && gone.headers['azure-asyncoperation']);
  world.settle();
  assert.equal((await call('GET', VNET)).status, 404);
  assert.equal((await call('GET', `${VNET}/subnets/s1`)).status, 404);
  assert.equal((await call('DELETE', VNET)).status, 204);
});

test('subnets put by themselves show in the network, and a network put keeps or replaces them', async () => {
  const { call, done } = await withGroup();
  await done('PUT', VNET, { location: 'eastus2', properties: SPACE });
  assert.equal((await done('PUT', `${VNET}/subnets/s2`, { properties: { addressPrefix: '10.0.1.0/24' } })).status, 201);
  const names = async () =>
    ((await call('GET', VNET)).body as { properties: { subnets: { name: string }[] } }).properties.subnets.map((s) => s.name);
  assert.deepEqual(await names(), ['s2']);
  await done('PUT', VNET, { location: 'eastus2', properties: SPACE });
  assert.deepEqual(await names(), ['s2']);
  await done('PUT', VNET, {
    location: 'eastus2',
    properties: { ...SPACE, subnets: [{ name: 's3', properties: { addressPrefix: '10.0.1.0/24' } }] },
  });
  assert.deepEqual(await names(), ['s3']);
  await done('PUT', VNET, { location: 'eastus2', properties: { ...SPACE, subnets: [] } });
  assert.deepEqual(await names(), []);
});

test('refused writes leave nothing behind and say all that is wrong', async () => {
  const { call, world } = await withGroup();
  const before = world.store.digest();
  const bad = await call('PUT', VNET, {
    location: 'eastus2',
    properties: {
      ...SPACE,
      subnets: [
        { name: 'a', properties: { addressPrefix: '10.0.0.0/24' } },
        { name: 'b', properties: { addressPrefix: '10.0.0.128/25' } },
        { name: 'c', properties: { addressPrefix: '10.1.0.0/24' } },
      ],
    },
  });
  assert.equal(bad.status, 400);
  assert.equal(at(bad.body, 'error.code'), 'MultipleErrorsOccurred');
  const codes = (bad.body as { error: { details: { code: string }[] } }).error.details.map((detail) => detail.code);
  assert.deepEqual(codes, [
    'NetcfgSubnetRangeOutsideVnet',
    'NetcfgSubnetRangesOverlap',
    'NetcfgSubnetRangesOverlap',
    'NetcfgSubnetRangeOutsideVnet',
  ]);
  assert.equal(world.store.digest(), before);
  const one = await call('PUT', VNET, { location: 'eastus2', properties: { addressSpace: { addressPrefixes: ['10.0.0.1/16'] } } });
  assert.equal(at(one.body, 'error.code'), 'InvalidCIDRNotation');
  assert.equal(at(one.body, 'error.target'), 'properties.addressSpace.addressPrefixes[0]');
});

test('requests that are no requests', async () => {
  const { call } = await withGroup();
  const code = async (...args: Parameters<typeof call>) => {
    const answer = await call(...args);
    return [answer.status, at(answer.body, 'error.code')];
  };
  assert.deepEqual(await code('GET', `${VNET}?-`), [400, 'MissingApiVersionParameter']);
  assert.deepEqual(await code('GET', `${VNET}?api-version=banana`), [400, 'InvalidApiVersionParameter']);
  assert.deepEqual(await code('PUT', VNET, '{"location":'), [400, 'InvalidRequestContent']);
  assert.deepEqual(await code('PUT', VNET, '[]'), [400, 'InvalidRequestContent']);
  assert.deepEqual(await code('PUT', VNET, `${'{"a":['.repeat(100_000)}`), [400, 'InvalidRequestContent']);
  assert.deepEqual(await code('PUT', VNET, { location: 5, properties: 'x' }), [400, 'MultipleErrorsOccurred']);
  assert.deepEqual(await code('PUT', VNET, `{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`), [413, 'RequestContentTooLarge']);
  assert.deepEqual(await code('PUT', VNET, { properties: SPACE }), [400, 'LocationRequired']);
  assert.deepEqual(await code('PUT', VNET, { location: 'atlantis', properties: SPACE }), [400, 'LocationNotAvailableForResourceType']);
  assert.deepEqual(await code('POST', VNET), [405, 'MethodNotAllowed']);
  assert.deepEqual(await code('GET', '/subscriptions/x/resourceGroups'), [400, 'InvalidSubscriptionId']);
  assert.deepEqual(await code('GET', `/subscriptions/${NOBODY.objectId}/resourceGroups/rg`), [404, 'SubscriptionNotFound']);
  assert.deepEqual(await code('GET', inGroup('nowhere')), [404, 'ResourceGroupNotFound']);
  assert.deepEqual(await code('GET', inGroup('nowhere', 'Microsoft.Network/virtualNetworks/v')), [404, 'ResourceGroupNotFound']);
  assert.deepEqual(await code('GET', VNET), [404, 'ResourceNotFound']);
  assert.deepEqual(await code('PUT', `${VNET}/subnets/s`, { properties: { addressPrefix: '10.0.0.0/24' } }), [
    404,
    'ParentResourceNotFound',
  ]);
  assert.equal(
    at((await call('PUT', `${VNET}/subnets/s`, { properties: {} })).body, 'error.message'),
    `Failed to perform 'write' on resource(s) of type 'virtualNetworks/subnets', because the parent resource '${VNET}' could not be found.`,
  );
  assert.deepEqual(await code('GET', inGroup('rg', 'Microsoft.Network/teapots/t')), [501, 'NotImplemented']);
  assert.deepEqual(await code('GET', inGroup('rg', 'Nobody.Knows/teapots/t')), [404, 'InvalidResourceNamespace']);
  assert.deepEqual(await code('GET', VNET, undefined, { as: null }), [401, 'AuthenticationFailed']);
  assert.deepEqual(await code('GET', VNET, undefined, { as: null, headers: { authorization: 'Bearer nonsense' } }), [
    401,
    'InvalidAuthenticationToken',
  ]);
  const refused = await call('GET', VNET, undefined, { as: null });
  assert.match(refused.headers['www-authenticate'] ?? '', /^Bearer authorization_uri="https:\/\/login\./);
});

test('role-based access control is enforced, through groups and at every level', async () => {
  const { call, done } = await withGroup();
  await done('PUT', VNET, { location: 'eastus2', properties: SPACE });
  const denied = await call('GET', VNET, undefined, { as: NOBODY });
  assert.equal(denied.status, 403);
  assert.match(
    String(at(denied.body, 'error.message')),
    /^The client 'nobody@slipway.test' with object id '2{8}-.*perform action 'Microsoft.Network\/virtualNetworks\/read' over scope/,
  );
  const roles = await call('GET', `${VNET}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName+eq+'reader'`);
  const [reader] = (roles.body as { value: { id: string }[] }).value;
  const assignment = `${VNET}/providers/Microsoft.Authorization/roleAssignments/44444444-4444-4444-8444-444444444444`;
  const made = await call('PUT', assignment, {
    properties: { roleDefinitionId: reader?.id ?? '', principalId: '33333333-3333-4333-8333-333333333333' },
  });
  assert.equal(made.status, 201);
  assert.equal(at(made.body, 'properties.principalType'), 'Group');
  assert.equal((await call('GET', VNET, undefined, { as: NOBODY })).status, 200);
  assert.equal((await call('GET', `${VNET}/subnets`, undefined, { as: NOBODY })).status, 200);
  assert.equal((await call('GET', inGroup('rg'), undefined, { as: NOBODY })).status, 403);
  assert.equal((await call('DELETE', VNET, undefined, { as: NOBODY })).status, 403);
  await done('PUT', `${VNET}2`, { location: 'eastus2', properties: SPACE });
  const subscription = inGroup('rg').split('/').slice(0, 3).join('/');
  const named = async (path: string) =>
    ((await call('GET', path, undefined, { as: NOBODY })).body['value'] as { id: string }[]).map(({ id }) => id);
  assert.deepEqual(await named('/subscriptions'), [subscription], 'whoever has a role in it sees the subscription');
  assert.deepEqual(await named(`${subscription}/providers/Microsoft.Network/virtualNetworks`), [VNET], 'and of it what he may read');
  assert.deepEqual(await named(`${subscription}/resourceGroups`), []);
  const twin = await call('PUT', assignment.replace(/4{12}$/, '555555555555'), {
    properties: { roleDefinitionId: reader?.id ?? '', principalId: '33333333-3333-4333-8333-333333333333' },
  });
  assert.deepEqual([twin.status, at(twin.body, 'error.code')], [409, 'RoleAssignmentExists']);
  const listed = await call('GET', `${VNET}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`);
  assert.equal((listed.body['value'] as unknown[]).length, 2);
  const deleted = await call('DELETE', assignment);
  assert.equal(deleted.status, 200);
  assert.equal(at(deleted.body, 'properties.principalId'), '33333333-3333-4333-8333-333333333333');
  assert.equal((await call('GET', VNET, undefined, { as: NOBODY })).status, 403);
});

test('linking to what the caller may not join is refused', async () => {
  const { call, done } = await withGroup([virtualNetwork, subnet, networkInterface]);
  await done('PUT', VNET, {
    location: 'eastus2',
    properties: { ...SPACE, subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24' } }] },
  });
  await done('PUT', inGroup('theirs'), { location: 'eastus2' });
  const contributor = '/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c';
  const grant = (scope: string, name: string) =>
    call('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`, {
      properties: { roleDefinitionId: contributor, principalId: NOBODY.objectId },
    });
  assert.equal((await grant(inGroup('theirs'), '44444444-4444-4444-8444-444444444444')).status, 201);
  const nic = inGroup('theirs', 'Microsoft.Network/networkInterfaces/n');
  const body = {
    location: 'eastus2',
    properties: { ipConfigurations: [{ name: 'a', properties: { subnet: { id: `${VNET}/subnets/s` } } }] },
  };
  const refused = await call('PUT', nic, body, { as: NOBODY });
  assert.deepEqual([refused.status, at(refused.body, 'error.code')], [403, 'LinkedAuthorizationFailed']);
  assert.match(String(at(refused.body, 'error.message')), /virtualNetworks\/subnets\/join\/action/);
  await grant(`${VNET}/subnets/s`, '55555555-5555-4555-8555-555555555555');
  assert.equal((await call('PUT', nic, body, { as: NOBODY })).status, 201);
});

test('etags guard writes', async () => {
  const { call, done } = await withGroup();
  await done('PUT', VNET, { location: 'eastus2', properties: SPACE });
  const etag = String((await call('GET', VNET)).body['etag']);
  const body = { location: 'eastus2', properties: SPACE };
  assert.equal((await call('PUT', VNET, body, { headers: { 'if-none-match': '*' } })).status, 412);
  assert.equal((await call('PUT', VNET, body, { headers: { 'if-match': etag } })).status, 200);
  assert.equal((await call('PUT', VNET, body, { headers: { 'if-match': etag } })).status, 412);
});

test('a resource group: deleted with all in it, polled until gone', async () => {
  const { call, done, world } = await withGroup();
  await done('PUT', VNET, {
    location: 'eastus2',
    properties: { ...SPACE, subnets: [{ name: 's', properties: { addressPrefix: '10.0.0.0/24' } }] },
  });
  assert.equal((await call('HEAD', inGroup('rg'))).status, 204);
  const deleted = await call('DELETE', inGroup('rg'));
  assert.equal(deleted.status, 202);
  const poll = new URL(deleted.headers['location'] ?? '');
  assert.match(poll.pathname, /^\/subscriptions\/[^/]+\/operationresults\//);
  assert.equal((await call('GET', poll.pathname + poll.search)).status, 202);
  assert.equal(at((await call('PUT', VNET, { location: 'eastus2', properties: SPACE })).body, 'error.code'), 'ResourceGroupBeingDeleted');
  world.settle();
  assert.equal((await call('GET', poll.pathname + poll.search)).status, 204);
  assert.equal((await call('HEAD', inGroup('rg'))).status, 404);
  assert.equal((await call('GET', VNET)).status, 404);
});
