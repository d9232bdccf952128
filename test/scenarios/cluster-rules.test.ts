import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, clusterBody, clusterPath, groupPath, poolPath, subscription } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const demo = clusterPath('rg', 'demo');
const NODE_GROUP = groupPath('MC_rg_demo_eastus2');
const RESOURCES = `${NODE_GROUP}/resources?api-version=2024-11-01`;

/** Status and code of the answer to a PUT. */
async function refusal(arm: Arm, path: string, body: Json): Promise<readonly [number, string | undefined]> {
  const { status, body: answer } = await arm.call('PUT', path, body);
  return [status, answer?.error?.code];
}

test('a cluster’s tags are on all that AKS makes for it, and follow every way of changing them', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster('rg', 'demo', { ...clusterBody(), tags: { owner: 'red' } });
  const tags = async (): Promise<Json[]> => [await arm.get(NODE_GROUP), ...(await arm.list(RESOURCES))].map((each) => each.tags);
  const balancer = `${NODE_GROUP}/providers/Microsoft.Network/loadBalancers/kubernetes`;
  assert.equal((await tags()).length, 7);
  for (const found of await tags()) assert.equal(found.owner, 'red');
  await arm.put(`${balancer}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`, {
    properties: { tags: { owner: 'mine', cost: '7' } },
  });

  await arm.put(demo, { ...clusterBody(), tags: { owner: 'blue' } });
  for (const found of await tags()) assert.equal(found.owner, 'blue');
  await arm.finish(await arm.call('PATCH', demo, { tags: { owner: 'green', team: 'a' } }));
  for (const found of await tags()) assert.deepEqual([found.owner, found.team], ['green', 'a']);
  const byTags = `${demo}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`;
  const merged = await arm.call('PATCH', byTags, { operation: 'Merge', properties: { tags: { team: 'b' } } });
  assert.equal(merged.status, 200, merged.text);
  await arm.settled();
  for (const found of await tags()) assert.deepEqual([found.owner, found.team], ['green', 'b']);

  await arm.put(demo, { ...clusterBody(), tags: {} });
  for (const found of await tags()) assert.deepEqual([found.owner, found.team], [undefined, undefined]);
  const group = await arm.get(NODE_GROUP);
  assert.equal(group.managedBy, demo);
  assert.equal(group.tags['aks-managed-cluster-name'], 'demo');
  assert.equal((await arm.get(`${balancer}?api-version=2024-05-01`)).tags.cost, '7', 'what somebody else has put there stays');
  const [address] = await arm.list(`${NODE_GROUP}/providers/Microsoft.Network/publicIPAddresses?api-version=2024-05-01`);
  assert.equal(address.tags['aks-managed-type'], 'aks-slb-managed-outbound-ip');
});

test('ports for nodes that are not there are refused when cluster or pool grow, or the profile changes', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const code = [400, 'InvalidLoadBalancerProfileAllocatedOutboundPorts'];
  const profile = (allocatedOutboundPorts: number, count: number) => ({
    networkProfile: { loadBalancerProfile: { allocatedOutboundPorts, managedOutboundIPs: { count } } },
  });
  const surge = { upgradeSettings: { maxSurge: '1' } };
  await arm.createGroup();
  assert.deepEqual(await refusal(arm, demo, clusterBody(profile(21_336, 1), { ...surge, count: 3 })), code, 'on create');
  await arm.createCluster('rg', 'demo', clusterBody(profile(21_328, 1), surge));
  assert.deepEqual(await refusal(arm, demo, clusterBody({}, { ...surge, count: 3 })), code, 'scaled with its cluster');
  assert.deepEqual(await refusal(arm, poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 3 } }), code, 'scaled by itself');
  assert.deepEqual(await refusal(arm, poolPath('rg', 'demo', 'more'), { properties: { count: 1 } }), code, 'one more pool');
  const { agentPoolProfiles: _pools, ...properties } = clusterBody(profile(32_000, 1)).properties;
  assert.deepEqual(await refusal(arm, demo, { ...clusterBody(), properties }), code, 'on a change of the profile alone');
  await arm.put(demo, clusterBody(profile(32_000, 2), { ...surge, count: 3 }));
  assert.equal((await arm.get(demo)).properties.agentPoolProfiles[0].count, 3);
});

test('long-term support comes and goes with the Premium tier', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const body = (tier: string, supportPlan?: string): Json => ({
    ...clusterBody(supportPlan ? { supportPlan } : {}),
    sku: { name: 'Base', tier },
  });
  const code = [400, 'LTSNotAllowedForTier'];
  await arm.createCluster('rg', 'demo', body('Premium'));
  assert.equal((await arm.get(demo)).properties.supportPlan, 'AKSLongTermSupport');
  assert.deepEqual(await refusal(arm, demo, body('Standard')), code);
  assert.deepEqual(await refusal(arm, demo, body('Premium', 'KubernetesOfficial')), code);
  await arm.put(demo, body('Standard', 'KubernetesOfficial'));
  assert.deepEqual(await refusal(arm, demo, body('Premium')), code);
  await arm.put(demo, body('Premium', 'AKSLongTermSupport'));
  assert.deepEqual((await arm.get(demo)).sku, { name: 'Base', tier: 'Premium' });
});

test('the group of the nodes is a new one, and no cluster takes over what is there', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup('rg');
  await arm.createGroup('Existing');
  const nodesIn = (nodeResourceGroup: string): Json => clusterBody({ nodeResourceGroup });
  assert.deepEqual(await refusal(arm, demo, nodesIn('RG')), [400, 'NodeResourceGroupSameAsResourceGroup']);
  assert.deepEqual(await refusal(arm, demo, nodesIn('existing')), [400, 'NodeResourceGroupAlreadyExists']);
  await arm.put(demo, nodesIn('own'));
  assert.deepEqual(await refusal(arm, clusterPath('rg', 'other'), nodesIn('own')), [400, 'NodeResourceGroupAlreadyExists']);
  await arm.put(demo, nodesIn('own'));
  await arm.delete(demo);
  assert.equal((await arm.get(groupPath('Existing'))).tags, undefined);
});

test('pools are made with their cluster’s version; where upgrades are automatic no control plane goes ahead', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const code = [400, 'NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged'];
  await arm.createGroup();
  const made = (orchestratorVersion: string): Json => clusterBody({ kubernetesVersion: '1.35' }, { orchestratorVersion });
  assert.deepEqual(await refusal(arm, demo, made('1.34')), code);
  await arm.put(demo, made('1.35'));
  const raised = { kubernetesVersion: '1.36', autoUpgradeProfile: { upgradeChannel: 'patch' } };
  assert.deepEqual(await refusal(arm, demo, clusterBody(raised)), code);
  await arm.put(demo, clusterBody({ autoUpgradeProfile: { upgradeChannel: 'patch' } }));
  await arm.put(demo, clusterBody({ ...raised, autoUpgradeProfile: { upgradeChannel: 'none' } }));
  assert.match((await arm.get(demo)).properties.currentKubernetesVersion, /^1\.36\./);
});

test('a spot pool shows its label and taint, keeps them through updates, and may be sent back', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const spot = poolPath('rg', 'demo', 'spot');
  await arm.put(spot, { properties: { count: 1, vmSize: 'Standard_D2s_v5', scaleSetPriority: 'Spot', nodeLabels: { a: 'b' } } });
  const { properties } = await arm.get(spot);
  const label = 'kubernetes.azure.com/scalesetpriority';
  assert.deepEqual(properties.nodeLabels, { a: 'b', [label]: 'spot' });
  assert.deepEqual(properties.nodeTaints, [`${label}=spot:NoSchedule`]);
  assert.deepEqual([properties.spotMaxPrice, properties.scaleSetEvictionPolicy], [-1, 'Delete']);
  await arm.put(spot, { properties: { ...properties, nodeLabels: { c: 'd' }, nodeTaints: [] } });
  const kube = await arm.kube();
  const { items } = await kube.get(`/api/v1/nodes?labelSelector=${encodeURIComponent(`c=d,${label}=spot`)}`);
  assert.deepEqual(items[0].spec.taints, [{ key: label, value: 'spot', effect: 'NoSchedule' }]);
  kube.close();
});

test('access profiles are the kubeconfigs by the names of their roles', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const { kubeconfigs } = await arm.post(`${demo}/listClusterAdminCredential`);
  const profile = await arm.post(`${demo}/accessProfiles/clusterAdmin/listCredential`);
  assert.deepEqual(profile, {
    id: `${demo}/accessProfiles/clusterAdmin`,
    name: 'clusterAdmin',
    type: 'Microsoft.ContainerService/managedClusters/AccessProfiles',
    location: 'eastus2',
    properties: { kubeConfig: kubeconfigs[0].value },
  });
  assert.equal((await arm.call('POST', `${demo}/accessProfiles/nobody/listCredential`)).status, 404);
});

test('what a client leaves open on an update stays as it is', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const size = { vmSize: 'Standard_D4ds_v5', osDiskType: 'Managed', osDiskSizeGB: 64, maxPods: 40, osSKU: 'AzureLinux' };
  await arm.createCluster('rg', 'demo', clusterBody({ nodeResourceGroup: 'own' }, size));
  const open = { vmSize: '', osDiskType: '', osDiskSizeGB: 0, maxPods: 0, osSKU: '', orchestratorVersion: '', count: 3 };
  await arm.put(demo, clusterBody({ nodeResourceGroup: '', kubernetesVersion: '' }, open));
  const { nodeResourceGroup, agentPoolProfiles } = (await arm.get(demo)).properties;
  assert.equal(nodeResourceGroup, 'own');
  const { vmSize, osDiskType, osDiskSizeGB, maxPods, osSKU, count } = agentPoolProfiles[0];
  assert.deepEqual({ vmSize, osDiskType, osDiskSizeGB, maxPods, osSKU, count }, { ...size, count: 3 });
});

test('nodes of an Arm size say so, and those of a FIPS pool too', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  await arm.put(poolPath('rg', 'demo', 'arm'), { properties: { count: 1, vmSize: 'Standard_D2pds_v5', enableFIPS: true } });
  const { nodeImageVersion } = (await arm.get(poolPath('rg', 'demo', 'arm'))).properties;
  assert.match(nodeImageVersion, /^AKSUbuntu-2204gen2arm64fipscontainerd-/);
  const kube = await arm.kube();
  const { items } = await kube.get(`/api/v1/nodes?labelSelector=${encodeURIComponent('kubernetes.io/arch=arm64')}`);
  assert.deepEqual(
    items.map((node: Json) => [node.metadata.labels['kubernetes.azure.com/fips_enabled'], node.status.nodeInfo.architecture]),
    [['true', 'arm64']],
  );
  kube.close();
});

test('the machines of a pool are the instances of its scale set under the names of its nodes', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster('rg', 'demo', clusterBody({}, { availabilityZones: ['1', '2'] }));
  const path = `${poolPath('rg', 'demo', 'nodepool1')}/machines`;
  const machines = await arm.list(path);
  const kube = await arm.kube();
  const { items } = await kube.get('/api/v1/nodes');
  assert.deepEqual(
    machines.map(({ name, zones, properties }) => [name, zones, properties.network.ipAddresses]),
    items.map((node: Json) => [
      node.metadata.name,
      [node.metadata.labels['topology.kubernetes.io/zone'].replace('eastus2-', '')],
      [{ family: 'IPv4', ip: node.status.addresses[0].address }],
    ]),
  );
  for (const machine of machines) {
    assert.deepEqual(await arm.get(machine.id), machine);
    assert.equal((await arm.get(`${machine.properties.resourceId}?api-version=2024-11-01`)).properties.provisioningState, 'Succeeded');
  }
  assert.equal((await arm.call('GET', `${path}/nobody`)).status, 404);
  kube.close();
});

test('of what cannot be made yet there is nothing, and making it is refused by its name', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  for (const type of ['trustedAccessRoleBindings', 'privateEndpointConnections', 'managedNamespaces', 'maintenanceConfigurations']) {
    assert.deepEqual(await arm.list(`${demo}/${type}`), [], type);
    const { status, body } = await arm.call('PUT', `${demo}/${type}/default`, { location: 'eastus2', properties: {} });
    assert.deepEqual([status, body.error.code], [501, 'NotImplemented'], type);
  }
  for (const scope of [subscription, groupPath('rg')])
    assert.deepEqual(await arm.list(`${scope}/providers/Microsoft.ContainerService/snapshots`), [], scope);
});
