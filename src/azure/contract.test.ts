import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setObserved } from '../arm/estate.ts';
import { at } from '../arm/merge.ts';
import type { Directory } from '../arm/resource-type.ts';
import { type Answered, inGroup, type TestEstate, testEstate } from '../arm/test-estate.ts';
import type { JsonObject } from '../kernel/json.ts';
import { azureRoutes, azureTypes } from './index.ts';

// What holds for every type: one sample each, in the order in which they depend on each other.

const NET = 'Microsoft.Network';
const path = (rest: string): string => inGroup('rg', rest);
const VNET = path(`${NET}/virtualNetworks/vnet`);
const SUBNET = { id: `${VNET}/subnets/s1` };

interface Sample {
  readonly type: string;
  readonly path: string;
  readonly body: JsonObject;
  /** Dotted path and value that a GET must show beyond what was sent. */
  readonly shows: readonly (readonly [string, unknown])[];
}
const LOCATION = { location: 'eastus2' };

const SAMPLES: readonly Sample[] = [
  {
    type: `${NET}/networkSecurityGroups`,
    path: path(`${NET}/networkSecurityGroups/nsg`),
    body: LOCATION,
    shows: [['properties.defaultSecurityRules.0.name', 'AllowVnetInBound']],
  },
  {
    type: `${NET}/networkSecurityGroups/securityRules`,
    path: path(`${NET}/networkSecurityGroups/nsg/securityRules/r1`),
    body: {
      properties: {
        priority: 100,
        direction: 'inbound',
        access: 'Allow',
        protocol: 'tcp',
        sourcePortRange: '*',
        sourceAddressPrefix: 'Internet',
        destinationPortRange: '443',
        destinationAddressPrefix: '*',
      },
    },
    shows: [
      ['properties.direction', 'Inbound'],
      ['properties.protocol', 'Tcp'],
    ],
  },
  {
    type: `${NET}/routeTables`,
    path: path(`${NET}/routeTables/rt`),
    body: LOCATION,
    shows: [['properties.disableBgpRoutePropagation', false]],
  },
  {
    type: `${NET}/routeTables/routes`,
    path: path(`${NET}/routeTables/rt/routes/default`),
    body: { properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.1.0.4' } },
    shows: [['properties.hasBgpOverride', false]],
  },
  {
    type: `${NET}/virtualNetworks`,
    path: VNET,
    body: { ...LOCATION, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16', 'fd00::/48'] } } },
    shows: [['properties.subnets', []]],
  },
  {
    type: `${NET}/virtualNetworks/subnets`,
    path: SUBNET.id,
    body: {
      properties: {
        addressPrefixes: ['10.0.0.0/24'],
        networkSecurityGroup: { id: path(`${NET}/networkSecurityGroups/nsg`) },
        delegations: [{ name: 'd', properties: { serviceName: 'Microsoft.ContainerService/managedClusters' } }],
      },
    },
    shows: [
      ['properties.addressPrefix', '10.0.0.0/24'],
      ['properties.delegations.0.properties.provisioningState', 'Succeeded'],
      ['properties.delegations.0.properties.actions', ['Microsoft.Network/virtualNetworks/subnets/join/action']],
    ],
  },
  {
    type: `${NET}/virtualNetworks/virtualNetworkPeerings`,
    path: `${VNET}/virtualNetworkPeerings/p`,
    body: { properties: { remoteVirtualNetwork: { id: path(`${NET}/virtualNetworks/remote`) } } },
    shows: [['properties.peeringState', 'Initiated']],
  },
  {
    type: `${NET}/publicIPPrefixes`,
    path: path(`${NET}/publicIPPrefixes/prefix`),
    body: { ...LOCATION, properties: { prefixLength: 30 } },
    shows: [['sku.name', 'Standard']],
  },
  {
    type: `${NET}/publicIPAddresses`,
    path: path(`${NET}/publicIPAddresses/pip`),
    body: { ...LOCATION, sku: { name: 'Standard' }, zones: ['1', '2', '3'], properties: { dnsSettings: { domainNameLabel: 'contoso' } } },
    shows: [
      ['properties.publicIPAllocationMethod', 'Static'],
      ['properties.dnsSettings.fqdn', 'contoso.eastus2.cloudapp.azure.com'],
    ],
  },
  {
    type: `${NET}/natGateways`,
    path: path(`${NET}/natGateways/ng`),
    body: { ...LOCATION, properties: { publicIpPrefixes: [{ id: path(`${NET}/publicIPPrefixes/prefix`) }] } },
    shows: [['properties.idleTimeoutInMinutes', 4]],
  },
  {
    type: `${NET}/networkInterfaces`,
    path: path(`${NET}/networkInterfaces/nic`),
    body: { ...LOCATION, properties: { ipConfigurations: [{ name: 'a', properties: { subnet: SUBNET } }] } },
    shows: [
      ['properties.ipConfigurations.0.properties.privateIPAddress', '10.0.0.4'],
      ['properties.ipConfigurations.0.id', path(`${NET}/networkInterfaces/nic/ipConfigurations/a`)],
    ],
  },
  {
    type: `${NET}/loadBalancers`,
    path: path(`${NET}/loadBalancers/lb`),
    body: {
      ...LOCATION,
      properties: {
        frontendIPConfigurations: [
          { name: 'out', properties: { publicIPAddress: { id: path(`${NET}/publicIPAddresses/pip`) } } },
          { name: 'in', properties: { subnet: SUBNET } },
        ],
        backendAddressPools: [{ name: 'pool' }],
        loadBalancingRules: [
          {
            name: 'http',
            properties: {
              frontendIPConfiguration: { id: path(`${NET}/loadBalancers/lb/frontendIPConfigurations/out`) },
              backendAddressPool: { id: path(`${NET}/loadBalancers/lb/backendAddressPools/pool`) },
              protocol: 'Tcp',
              frontendPort: 80,
              backendPort: 80,
            },
          },
        ],
      },
    },
    shows: [
      ['properties.frontendIPConfigurations.0.properties.loadBalancingRules.0.id', path(`${NET}/loadBalancers/lb/loadBalancingRules/http`)],
      ['properties.frontendIPConfigurations.1.properties.privateIPAddress', '10.0.0.5'],
      ['properties.probes', []],
    ],
  },
  {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities',
    path: path('Microsoft.ManagedIdentity/userAssignedIdentities/id1'),
    body: LOCATION,
    shows: [],
  },
  {
    type: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials',
    path: path('Microsoft.ManagedIdentity/userAssignedIdentities/id1/federatedIdentityCredentials/fc1'),
    body: {
      properties: { issuer: 'https://oidc.example/', subject: 'system:serviceaccount:a:b', audiences: ['api://AzureADTokenExchange'] },
    },
    shows: [],
  },
  {
    type: 'Microsoft.ContainerRegistry/registries',
    path: path('Microsoft.ContainerRegistry/registries/acrStub'),
    body: { ...LOCATION, sku: { name: 'basic' }, properties: { policies: { azureADAuthenticationAsArmPolicy: { status: 'disabled' } } } },
    shows: [
      ['properties.loginServer', 'acrstub.azurecr.io'],
      ['sku.name', 'Basic'],
      ['properties.policies.azureADAuthenticationAsArmPolicy.status', 'disabled'],
      ['properties.policies.trustPolicy.status', 'disabled'],
    ],
  },
  {
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    path: path('Microsoft.Compute/virtualMachineScaleSets/vmss'),
    body: {
      ...LOCATION,
      sku: { name: 'standard_b2s', capacity: 2 },
      zones: ['1', '2', '3'],
      identity: {
        type: 'SystemAssigned,UserAssigned',
        userAssignedIdentities: { [path('Microsoft.ManagedIdentity/userAssignedIdentities/id1')]: {} },
      },
      properties: {
        virtualMachineProfile: {
          osProfile: { computerNamePrefix: 'aks-np-1-vmss' },
          networkProfile: {
            networkInterfaceConfigurations: [
              {
                name: 'nic',
                properties: {
                  ipConfigurations: [
                    {
                      name: 'ipconfig1',
                      properties: {
                        subnet: SUBNET,
                        loadBalancerBackendAddressPools: [{ id: path(`${NET}/loadBalancers/lb/backendAddressPools/pool`) }],
                      },
                    },
                  ],
                },
              },
            ],
          },
        },
      },
    },
    shows: [
      ['sku.name', 'Standard_B2s'],
      ['identity.type', 'SystemAssigned, UserAssigned'],
      ['properties.orchestrationMode', 'Uniform'],
    ],
  },
];

const nobody: Directory = { addManagedIdentity() {}, removeManagedIdentity() {}, groupsOf: () => [], kindOf: () => undefined };

async function prepared(): Promise<TestEstate> {
  const estate = testEstate(azureTypes(nobody), { routes: azureRoutes });
  await estate.done('PUT', inGroup('rg'), { location: 'eastus2' });
  await estate.done('PUT', path(`${NET}/virtualNetworks/remote`), {
    ...LOCATION,
    properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] } },
  });
  return estate;
}

const show = ({ body, status }: Answered): string => `${status} ${JSON.stringify(body)}`;
/** As merge.at, but numbers index arrays. */
const dig = (value: unknown, dotted: string): unknown =>
  dotted.split('.').reduce<unknown>((v, part) => (v as { [key: string]: unknown } | undefined)?.[part], value);

test('every type has a sample', () => {
  const made = ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines'];
  assert.deepEqual(
    azureTypes(nobody)
      .map((type) => type.name)
      .sort(),
    [...SAMPLES.map((sample) => sample.type), ...made].sort(),
  );
});

test('put, get, list, put again, patch tags, wrong method, malformed body, delete: for every type', async () => {
  const estate = await prepared();
  const { call, done } = estate;
  for (const { type, path: id, body, shows } of SAMPLES) {
    assert.equal((await call('GET', id)).status, 404, type);
    const made = await done('PUT', id, body);
    assert.equal(made.status, 201, `${type}: ${show(made)}`);
    assert.equal(made.body['type'], type);
    const got = await call('GET', id);
    assert.equal(got.status, 200);
    assert.equal(got.body['id'], id);
    if ('provisioningState' in (got.body['properties'] as JsonObject))
      assert.equal(at(got.body, 'properties.provisioningState'), 'Succeeded', type);
    for (const [member, value] of shows) assert.deepEqual(dig(got.body, member), value, `${type} ${member}: ${got.text}`);
    const listed = await call('GET', id.slice(0, id.lastIndexOf('/')));
    assert.ok(
      (listed.body['value'] as JsonObject[]).some((item) => item['id'] === id),
      type,
    );
    const again = await done('PUT', id, got.body);
    assert.equal(again.status, 200, `${type}: ${show(again)}`);
    const same = await call('GET', id);
    assert.deepEqual({ ...same.body, etag: '' }, { ...got.body, etag: '' }, `${type} is the same after a client puts back what it got`);
    if (body['location']) {
      const patched = await done('PATCH', id, { tags: { team: 'a' } });
      assert.equal(patched.status, 200, `${type}: ${show(patched)}`);
      assert.deepEqual((await call('GET', id)).body['tags'], { team: 'a' });
      assert.deepEqual((await call('GET', id)).body['properties'], got.body['properties']);
    }
    assert.equal((await call('POST', id)).status, 405);
    assert.equal(at((await call('PUT', id, '{"location":')).body, 'error.code'), 'InvalidRequestContent');
  }
  const all = await call('GET', `${inGroup('rg')}/resources`);
  assert.equal((all.body['value'] as unknown[]).length, SAMPLES.filter(({ body }) => body['location']).length + 1);
  for (const { type, path: id } of SAMPLES.toReversed()) {
    const deleted = await done('DELETE', id);
    assert.ok([200, 202].includes(deleted.status), `${type}: ${show(deleted)}`);
    assert.equal((await call('GET', id)).status, 404, type);
  }
});

test('what is in use is not deleted, and shows who uses it', async () => {
  const { call, done } = await prepared();
  for (const sample of SAMPLES) await done('PUT', sample.path, sample.body);
  const code = async (id: string): Promise<unknown> => at((await call('DELETE', id)).body, 'error.code');
  assert.equal(await code(SUBNET.id), 'InUseSubnetCannotBeDeleted');
  assert.equal(await code(path(`${NET}/networkSecurityGroups/nsg`)), 'InUseNetworkSecurityGroupCannotBeDeleted');
  assert.equal(await code(path(`${NET}/publicIPAddresses/pip`)), 'PublicIPAddressCannotBeDeleted');
  assert.equal(await code(path(`${NET}/publicIPPrefixes/prefix`)), 'PublicIpPrefixCannotBeDeleted');
  const subnet = await call('GET', SUBNET.id);
  assert.equal((dig(subnet.body, 'properties.ipConfigurations') as unknown[]).length, 4, 'interface, balancer, two instances');
  const pip = await call('GET', path(`${NET}/publicIPAddresses/pip`));
  assert.equal(dig(pip.body, 'properties.ipConfiguration.id'), path(`${NET}/loadBalancers/lb/frontendIPConfigurations/out`));
  const pool = await call('GET', path(`${NET}/loadBalancers/lb/backendAddressPools/pool`));
  assert.equal((dig(pool.body, 'properties.backendIPConfigurations') as unknown[]).length, 2);
  await done('DELETE', inGroup('rg'));
  assert.equal((await call('HEAD', inGroup('rg'))).status, 404);
});

test('an address that an instance holds is given to nobody else', async () => {
  const { call, done, world } = await prepared();
  for (const sample of SAMPLES) await done('PUT', sample.path, sample.body);
  const instance = path('Microsoft.Compute/virtualMachineScaleSets/vmss/virtualMachines/0');
  world.transact((tx) => setObserved(tx, instance, { privateAddresses: { ipconfig1: '10.0.0.6' } }));
  const nic = path(`${NET}/networkInterfaces/second`);
  await done('PUT', nic, { ...LOCATION, properties: { ipConfigurations: [{ name: 'a', properties: { subnet: SUBNET } }] } });
  assert.equal(dig((await call('GET', nic)).body, 'properties.ipConfigurations.0.properties.privateIPAddress'), '10.0.0.7');
});

test('references that lead nowhere are refused', async () => {
  const { call, world } = await prepared();
  const before = world.store.digest();
  const refused = await call('PUT', path(`${NET}/networkInterfaces/nic`), {
    ...LOCATION,
    properties: { ipConfigurations: [{ name: 'a', properties: { subnet: { id: `${VNET}/subnets/none` } } }] },
  });
  assert.deepEqual([refused.status, at(refused.body, 'error.code')], [400, 'InvalidResourceReference']);
  assert.equal(world.store.digest(), before);
});

test('peerings connect when both sides exist', async () => {
  const { call, done } = await prepared();
  const remote = path(`${NET}/virtualNetworks/remote`);
  await done('PUT', VNET, { ...LOCATION, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } });
  await done('PUT', `${VNET}/virtualNetworkPeerings/there`, { properties: { remoteVirtualNetwork: { id: remote } } });
  await done('PUT', `${remote}/virtualNetworkPeerings/back`, { properties: { remoteVirtualNetwork: { id: VNET } } });
  const state = async (id: string) => at((await call('GET', id)).body, 'properties.peeringState');
  assert.equal(await state(`${VNET}/virtualNetworkPeerings/there`), 'Connected');
  assert.equal(await state(`${remote}/virtualNetworkPeerings/back`), 'Connected');
  await done('DELETE', `${remote}/virtualNetworkPeerings/back`);
  assert.equal(await state(`${VNET}/virtualNetworkPeerings/there`), 'Disconnected');
  const clash = await call('PUT', path(`${NET}/virtualNetworks/v3/virtualNetworkPeerings/x`), {});
  assert.equal(at(clash.body, 'error.code'), 'ParentResourceNotFound');
});

test('instances keep their model when the scale set gets another', async () => {
  const { call, done } = await prepared();
  for (const sample of SAMPLES) await done('PUT', sample.path, sample.body);
  const id = path('Microsoft.Compute/virtualMachineScaleSets/vmss');
  const latest = async () =>
    ((await call('GET', `${id}/virtualMachines`)).body['value'] as JsonObject[]).map((item) => at(item, 'properties.latestModelApplied'));
  await done('PATCH', id, { tags: { a: 'b' } });
  assert.deepEqual(await latest(), [true, true]);
  await done('PATCH', id, { properties: { virtualMachineProfile: { storageProfile: { imageReference: { id: 'other' } } } } });
  assert.deepEqual(await latest(), [false, false]);
  await done('PATCH', id, { sku: { capacity: 3 } });
  assert.deepEqual(await latest(), [false, false, true], 'a new one is made of the new model');
});

test('a scale set makes and removes instances, balanced over zones, numbers never used twice', async () => {
  const { call, done, world } = await prepared();
  for (const sample of SAMPLES) await done('PUT', sample.path, sample.body);
  const id = path('Microsoft.Compute/virtualMachineScaleSets/vmss');
  const instances = async () => (await call('GET', `${id}/virtualMachines`)).body['value'] as JsonObject[];
  assert.deepEqual(
    (await instances()).map((item) => [item['instanceId'], item['zones'], at(item, 'properties.osProfile.computerName')]),
    [
      ['0', ['1'], 'aks-np-1-vmss000000'],
      ['1', ['2'], 'aks-np-1-vmss000001'],
    ],
  );
  await done('PATCH', id, { sku: { capacity: 4 } });
  assert.deepEqual(
    (await instances()).map((item) => item['zones']),
    [['1'], ['2'], ['3'], ['1']],
  );
  await done('PATCH', id, { sku: { capacity: 1 } });
  assert.deepEqual(
    (await instances()).map((item) => item['instanceId']),
    ['0'],
  );
  await done('PATCH', id, { sku: { capacity: 2 } });
  assert.deepEqual(
    (await instances()).map((item) => item['instanceId']),
    ['0', '4'],
  );
  await done('DELETE', `${id}/virtualMachines/0`);
  assert.equal(at((await call('GET', id)).body, 'sku.capacity'), 1);
  const view = await call('GET', `${id}/virtualMachines/4/instanceView`);
  assert.equal(dig(view.body, 'statuses.1.code'), 'PowerState/running');
  const usage = await call('GET', `/subscriptions/${id.split('/')[2]}/providers/Microsoft.Compute/locations/eastus2/usages`);
  assert.equal(dig(usage.body, 'value.0.currentValue'), 2);
  assert.deepEqual(
    (await instances()).map((item) => item['name']),
    (await instances()).map((item) => `vmss_${item['instanceId']}`),
  );
  assert.equal(at((await call('PATCH', id, { sku: { name: 'Standard_Nonsense' } })).body, 'error.code'), 'InvalidParameter');
  assert.ok(world.settled);
});

test('a network says which addresses it can give', async () => {
  const { call, done } = await prepared();
  for (const sample of SAMPLES) await done('PUT', sample.path, sample.body);
  const network = SUBNET.id.slice(0, SUBNET.id.lastIndexOf('/subnets/'));
  const check = (address: string) => call('GET', `${network}/CheckIPAddressAvailability?ipAddress=${address}`);
  const [prefix = ''] = [dig((await call('GET', SUBNET.id)).body, 'properties.addressPrefix')].flat() as string[];
  const base = prefix.slice(0, prefix.lastIndexOf('.'));
  const taken = await check(`${base}.4`);
  assert.equal(taken.body['available'], false, taken.text);
  const offered = taken.body['availableIPAddresses'] as string[];
  assert.equal(offered.length, 5);
  assert.equal((await check(offered[0] ?? '')).body['available'], true);
  assert.equal((await check(`${base}.1`)).body['isPlatformReserved'], true);
  assert.equal(at((await check('192.0.2.1')).body, 'error.code'), 'PrivateIPAddressNotInAnySubnet');
  assert.equal(at((await check('nonsense')).body, 'error.code'), 'InvalidIPAddressFormat');
});
