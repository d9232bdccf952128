import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { at } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { clusterSuffix } from '../names.ts';
import { scaleSetBody, scaleSetId, tagFaults } from './scale-set.ts';

const UID = '69a1b2c3d4e5f60001234567';
const GROUP = '/subscriptions/s/resourceGroups/MC_rg_demo_eastus2';
const identity = `${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-agentpool`;
const systemData = {} as Resource['systemData'];
const clusterOf = (desired: JsonObject = {}, tags?: Resource['tags']): Resource => ({
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo',
  name: 'demo',
  type: 'Microsoft.ContainerService/managedClusters',
  location: 'eastus2',
  ...(tags && { tags }),
  desired: { nodeResourceGroup: 'MC_rg_demo_eastus2', networkProfile: { outboundType: 'loadBalancer' }, ...desired },
  observed: { resourceUID: UID, identityProfile: { kubeletidentity: { resourceId: identity } } },
  provisioningState: 'Succeeded',
  systemData,
});
const poolOf = (desired: JsonObject = {}, name = 'np'): Resource => ({
  id: `${clusterOf().id}/agentPools/${name}`,
  name,
  type: 'Microsoft.ContainerService/managedClusters/agentPools',
  desired: { count: 2, vmSize: 'Standard_D4s_v5', osDiskSizeGB: 128, ...desired },
  observed: { currentOrchestratorVersion: '1.35.6', nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202607.09.0' },
  provisioningState: 'Succeeded',
  systemData,
});
const bodyOf = (pool: JsonObject = {}, cluster: JsonObject = {}): JsonObject =>
  scaleSetBody(clusterOf(cluster), poolOf(pool)) as unknown as JsonObject;
const nic = (body: JsonObject): JsonObject =>
  (at(body, 'properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations') as JsonObject[])[0] ?? {};

test('a scale set is a pool’s, in its cluster’s node resource group', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/), fc.integer({ min: 0, max: 1000 }), (name, count) => {
      const pool = poolOf({ count }, name);
      const id = scaleSetId(clusterOf(), pool);
      assert.match(id, new RegExp(`^${GROUP}/providers/Microsoft\\.Compute/virtualMachineScaleSets/aks-${name}-\\d{8}-vmss$`));
      const body = scaleSetBody(clusterOf(), pool) as unknown as JsonObject;
      const own = id.slice(id.lastIndexOf('/') + 1);
      assert.equal(at(body, 'properties.virtualMachineProfile.osProfile.computerNamePrefix'), own, 'nodes are named after it');
      assert.deepEqual(body['sku'], { name: 'Standard_D4s_v5', tier: 'Standard', capacity: count });
      const [tags, managed] = [body['tags'] as JsonObject, (key: string) => (body['tags'] as JsonObject)[`aks-managed-${key}`]];
      // Cluster API and the cluster autoscaler find a pool's scale set by these.
      assert.deepEqual([tags['poolName'], managed('poolName')], [name, name]);
      assert.equal(managed('creationSource'), `vmssclient-${own}`);
      assert.equal(managed('orchestrator'), 'Kubernetes:1.35.6');
      assert.equal(managed('resourceNameSuffix'), clusterSuffix(UID));
    }),
  );
});

test('tags of cluster and pool reach it; those of AKS win, then the pool’s', () => {
  const tags = scaleSetBody(
    clusterOf({}, { a: 'cluster', b: 'cluster', poolName: 'mine' }),
    poolOf({ tags: { b: 'pool', c: 'pool' } }),
  ).tags;
  assert.deepEqual([tags?.['a'], tags?.['b'], tags?.['c'], tags?.['poolName']], ['cluster', 'pool', 'pool', 'np']);
});

test('tags of cluster, pool and AKS are not more than a scale set takes', () => {
  const many = (letter: string, count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`${letter}${i}`, 'x']));
  const own = Object.keys(scaleSetBody(clusterOf(), poolOf()).tags ?? {}).length;
  const codes = (ofCluster: number, ofPool: number): (string | undefined)[] =>
    tagFaults(clusterOf({}, many('a', ofCluster)), poolOf({ tags: many('b', ofPool) })).map(({ code }) => code);
  assert.deepEqual(codes(50 - own, 0), []);
  assert.deepEqual(codes(20, 30 - own), []);
  assert.deepEqual(codes(51 - own, 0), ['InvalidTagCount']);
  assert.deepEqual(codes(20, 31 - own), ['InvalidTagCount']);
});

test('zones, spot, disk and login are the pool’s and the cluster’s', () => {
  const table: readonly (readonly [pool: JsonObject, cluster: JsonObject, path: string, value: Json | undefined])[] = [
    [{}, {}, 'zones', undefined],
    [{ availabilityZones: [] }, {}, 'zones', undefined],
    [{ availabilityZones: [null] }, {}, 'zones', undefined],
    [{ availabilityZones: ['1', '3'] }, {}, 'zones', ['1', '3']],
    [{}, {}, 'properties.virtualMachineProfile.priority', undefined],
    [{ scaleSetPriority: 'Regular', scaleSetEvictionPolicy: 'Delete' }, {}, 'properties.virtualMachineProfile.evictionPolicy', undefined],
    [{ scaleSetPriority: 'Spot' }, {}, 'properties.virtualMachineProfile.priority', 'Spot'],
    [{ scaleSetPriority: 'Spot' }, {}, 'properties.virtualMachineProfile.evictionPolicy', 'Delete'],
    [
      { scaleSetPriority: 'Spot', scaleSetEvictionPolicy: 'Deallocate' },
      {},
      'properties.virtualMachineProfile.evictionPolicy',
      'Deallocate',
    ],
    [{ osDiskSizeGB: 512 }, {}, 'properties.virtualMachineProfile.storageProfile.osDisk.diskSizeGB', 512],
    [{}, {}, 'properties.virtualMachineProfile.osProfile.adminUsername', 'azureuser'],
    [{}, { linuxProfile: { adminUsername: 'me' } }, 'properties.virtualMachineProfile.osProfile.adminUsername', 'me'],
    [{}, {}, 'properties.orchestrationMode', 'Uniform'],
    [{}, {}, 'properties.overprovision', false],
  ];
  for (const [pool, cluster, path, value] of table)
    assert.deepEqual(at(bodyOf(pool, cluster), path), value, `${path} ${JSON.stringify(pool)}`);
  assert.deepEqual(Object.keys(at(bodyOf(), 'identity.userAssignedIdentities') as JsonObject), [identity], 'the kubelet’s identity');
});

test('the image is one of AKS’s galleries', () => {
  assert.equal(
    at(bodyOf(), 'properties.virtualMachineProfile.storageProfile.imageReference.id'),
    '/subscriptions/109a5e88-712a-48ae-9078-9ca8b3c81345/resourceGroups/AKS-Ubuntu/providers/Microsoft.Compute/galleries/AKSUbuntu/images/2404gen2containerd/versions/202607.09.0',
  );
});

test('nodes stand in the cluster’s subnet and behind its balancer, unless there is no egress', () => {
  const interfaceOf = nic(bodyOf());
  const [configuration] = at(interfaceOf, 'properties.ipConfigurations') as JsonObject[];
  assert.equal(at(configuration, 'name'), 'ipconfig1');
  assert.match(String(at(configuration, 'properties.subnet.id')), /\/virtualNetworks\/aks-vnet-\d{8}\/subnets\/aks-subnet$/);
  assert.match(String(at(interfaceOf, 'properties.networkSecurityGroup.id')), /\/aks-agentpool-\d{8}-nsg$/);
  const pools = (body: JsonObject): string[] =>
    (
      (at((at(nic(body), 'properties.ipConfigurations') as JsonObject[])[0], 'properties.loadBalancerBackendAddressPools') ??
        []) as JsonObject[]
    ).map(({ id }) => String(id).slice(String(id).lastIndexOf('/') + 1));
  assert.deepEqual(pools(bodyOf()), ['aksOutboundBackendPool', 'kubernetes']);
  assert.deepEqual(pools(bodyOf({}, { networkProfile: { outboundType: 'none' } })), []);
});
