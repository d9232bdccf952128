import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setProfile } from '../../src/arm/profile.ts';
import { Arm, clusterBody, clusterPath, groupPath, poolPath, subscription } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const demo = clusterPath('rg', 'demo');

test('the answer to the PUT shows everything that the service decides', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const body = await arm.createCluster();
  const { properties: p, identity } = body;
  assert.equal(body.id, demo);
  assert.deepEqual(body.sku, { name: 'Base', tier: 'Free' });
  assert.equal(body.kind, 'Base');
  assert.match(identity.principalId, GUID);
  assert.match(body.eTag, GUID);
  assert.equal(body.type, 'Microsoft.ContainerService/ManagedClusters', 'as the provider writes it');
  assert.equal(p.provisioningState, 'Creating');
  assert.match(p.fqdn, /^demo-[a-z0-9]{8}\.hcp\.eastus2\.azmk8s\.io$/);
  assert.equal(p.azurePortalFQDN, p.fqdn.replace('.hcp.', '.portal.hcp.'));
  assert.match(p.resourceUID, /^[0-9a-f]{24}$/);
  assert.match(p.currentKubernetesVersion, new RegExp(`^${p.kubernetesVersion.replace('.', '\\.')}\\.\\d+$`));
  assert.equal(p.nodeResourceGroup, 'MC_rg_demo_eastus2');
  assert.match(p.oidcIssuerProfile.issuerURL, /^https:\/\/eastus2\.oic\.prod-aks\.azure\.com\/[-0-9a-f]+\/[-0-9a-f]+\/$/);
  const { kubeletidentity } = p.identityProfile;
  assert.match(kubeletidentity.clientId, GUID);
  assert.match(kubeletidentity.objectId, GUID);
  assert.ok(kubeletidentity.resourceId.endsWith('/userAssignedIdentities/demo-agentpool'));
  const [outbound] = p.networkProfile.loadBalancerProfile.effectiveOutboundIPs;
  assert.match(outbound.id.slice(outbound.id.lastIndexOf('/') + 1), GUID);
  const facts = {
    maxAgentPools: 100,
    enableRBAC: true,
    supportPlan: 'KubernetesOfficial',
    disableLocalAccounts: false,
    powerState: { code: 'Running' },
    servicePrincipalProfile: { clientId: 'msi' },
    windowsProfile: { adminUsername: 'azureuser', enableCSIProxy: true },
    autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage' },
    securityProfile: {},
    workloadAutoScalerProfile: {},
    metricsProfile: { costAnalysis: { enabled: false } },
    nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
    bootstrapProfile: { artifactSource: 'Direct' },
    storageProfile: { diskCSIDriver: { enabled: true }, fileCSIDriver: { enabled: true }, snapshotController: { enabled: true } },
  };
  for (const [name, value] of Object.entries(facts)) assert.deepEqual(p[name], value, name);
  const after = await arm.get(demo);
  assert.deepEqual(
    { ...after, eTag: '', properties: { ...after.properties, provisioningState: '', agentPoolProfiles: [] } },
    { ...body, eTag: '', properties: { ...p, provisioningState: '', agentPoolProfiles: [] } },
  );
});

test('a pool shows its defaults, version and image at once', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const [pool] = (await arm.createCluster()).properties.agentPoolProfiles;
  const { eTag, currentOrchestratorVersion, nodeImageVersion, orchestratorVersion, ...rest } = pool;
  assert.match(eTag, GUID);
  assert.ok(currentOrchestratorVersion.startsWith(`${orchestratorVersion}.`));
  assert.match(nodeImageVersion, /^AKSUbuntu-2[24]04gen2containerd-\d{6}\.\d{2}\.\d$/);
  assert.deepEqual(rest, {
    name: 'nodepool1',
    provisioningState: 'Creating',
    count: 2,
    vmSize: 'Standard_D2s_v5',
    osDiskSizeGB: 128,
    osDiskType: 'Managed',
    kubeletDiskType: 'OS',
    maxPods: 250,
    type: 'VirtualMachineScaleSets',
    enableAutoScaling: false,
    scaleDownMode: 'Delete',
    powerState: { code: 'Running' },
    enableNodePublicIP: false,
    mode: 'System',
    enableEncryptionAtHost: false,
    enableUltraSSD: false,
    osType: 'Linux',
    osSKU: 'Ubuntu',
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0' },
    enableFIPS: false,
    securityProfile: { enableVTPM: false, enableSecureBoot: false, sshAccess: 'LocalUser' },
  });
});

const names = (resources: Json[]): string[] => resources.map(({ type, name }) => `${type.split('/').at(-1)} ${name}`).sort();

test('the node resource group holds what AKS puts there, under its names', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const group = groupPath('MC_rg_demo_eastus2');
  const stored = await arm.get(group);
  assert.equal(stored.managedBy, demo);
  assert.equal(stored.tags['aks-managed-cluster-name'], 'demo');
  const resources = await arm.list(`${group}/resources?api-version=2024-11-01`);
  const shape = names(resources).map((text) =>
    text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '<guid>').replace(/\d{8}/, '<8d>'),
  );
  assert.deepEqual(shape, [
    'loadBalancers kubernetes',
    'networkSecurityGroups aks-agentpool-<8d>-nsg',
    'publicIPAddresses <guid>',
    'userAssignedIdentities demo-agentpool',
    'virtualMachineScaleSets aks-nodepool1-<8d>-vmss',
    'virtualNetworks aks-vnet-<8d>',
  ]);
  const [address] = await arm.list(`${group}/providers/Microsoft.Network/publicIPAddresses?api-version=2024-05-01`);
  assert.deepEqual(address.zones, ['1', '2', '3'], 'zone-redundant where the region has zones');
  const [listed] = await arm.list(`${groupPath('rg')}/resources?api-version=2024-11-01`);
  assert.equal(listed.type, 'Microsoft.ContainerService/managedClusters', 'as ARM lists it');
  const [scaleSet] = resources.filter(({ type }) => type.endsWith('virtualMachineScaleSets'));
  const instances = await arm.list(`${scaleSet.id}/virtualMachines?api-version=2024-11-01`);
  assert.equal(instances.length, 2);
  const kube = await arm.kube();
  const { items } = await kube.get('/api/v1/nodes');
  assert.deepEqual(
    items.map((node: Json) => node.metadata.name),
    [0, 1].map((i) => `${scaleSet.name}00000${i}`),
  );
  assert.ok(items[0].spec.providerID.startsWith('azure:///subscriptions/'));
  kube.close();
});

test('pools are added, scaled to nothing and deleted; the last System pool stays', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createCluster();
  const kube = await arm.kube();
  const nodes = async () => (await kube.get('/api/v1/nodes')).items.length;
  const user = {
    properties: { mode: 'User', count: 1, vmSize: 'Standard_D2s_v5', nodeLabels: { team: 'a' }, nodeTaints: ['k=v:NoSchedule'] },
  };
  await arm.put(poolPath('rg', 'demo', 'user1'), user);
  assert.equal(await nodes(), 3);
  const [labelled] = (await kube.get('/api/v1/nodes?labelSelector=team%3Da')).items;
  assert.ok(labelled.spec.taints.some((taint: Json) => taint.key === 'k' && taint.value === 'v' && taint.effect === 'NoSchedule'));
  await arm.put(poolPath('rg', 'demo', 'user1'), { properties: { count: 0 } });
  assert.equal(await nodes(), 2);
  assert.equal((await arm.get(poolPath('rg', 'demo', 'user1'))).properties.count, 0);
  await arm.delete(poolPath('rg', 'demo', 'user1'));
  assert.equal((await arm.get(demo)).properties.agentPoolProfiles.length, 1);

  const last = await arm.call('DELETE', poolPath('rg', 'demo', 'nodepool1'));
  assert.equal(last.status, 400);
  assert.equal(last.body.error.message, 'There has to be at least one system agent pool.');
  const turned = await arm.call('PUT', poolPath('rg', 'demo', 'nodepool1'), { properties: { mode: 'User' } });
  assert.equal(turned.body.error.code, 'OperationNotAllowed');
  const none = await arm.call('PUT', poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 0 } });
  assert.equal(none.body.error.code, 'InvalidParameter');
  assert.deepEqual(service.failures(), []);
  kube.close();
});

const refusals: readonly [what: string, path: string, body: Json, code: string, target?: string][] = [
  ['location', demo, { ...clusterBody(), location: 'westeurope' }, 'InvalidResourceLocation'],
  ['dnsPrefix', demo, clusterBody({ dnsPrefix: 'other' }), 'PropertyChangeNotAllowed', 'properties.dnsPrefix'],
  ['nodeResourceGroup', demo, clusterBody({ nodeResourceGroup: 'x' }), 'PropertyChangeNotAllowed', 'properties.nodeResourceGroup'],
  ['enableRBAC', demo, clusterBody({ enableRBAC: false }), 'PropertyChangeNotAllowed', 'properties.enableRBAC'],
  [
    'serviceCidr',
    demo,
    clusterBody({ networkProfile: { serviceCidr: '10.9.0.0/16' } }),
    'PropertyChangeNotAllowed',
    'networkProfile.serviceCidr',
  ],
  [
    'Windows administrator',
    demo,
    clusterBody({ windowsProfile: { adminUsername: 'other' } }),
    'PropertyChangeNotAllowed',
    'properties.windowsProfile.adminUsername',
  ],
  ['vmSize', demo, clusterBody({}, { vmSize: 'Standard_D4s_v5' }), 'PropertyChangeNotAllowed', 'properties.vmSize'],
  ['maxPods', poolPath('rg', 'demo', 'nodepool1'), { properties: { maxPods: 40 } }, 'PropertyChangeNotAllowed', 'properties.maxPods'],
  [
    'osDiskSizeGB',
    poolPath('rg', 'demo', 'nodepool1'),
    { properties: { osDiskSizeGB: 64 } },
    'PropertyChangeNotAllowed',
    'properties.osDiskSizeGB',
  ],
  ['version skipped', demo, clusterBody({ kubernetesVersion: '1.99' }), 'K8sVersionNotSupported'],
  ['version lowered', demo, clusterBody({ kubernetesVersion: '1.34.8' }), 'OperationNotAllowed'],
  ['oidc issuer off', demo, clusterBody({ oidcIssuerProfile: { enabled: false } }), 'PropertyChangeNotAllowed'],
];

test('what Azure does not let change is refused with its code and target', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const before = await arm.get(demo);
  for (const [what, path, body, code, target] of refusals) {
    const answer = await arm.call('PUT', path, body);
    assert.ok(answer.status === 400 || answer.status === 409, `${what}: ${answer.status} ${answer.text}`);
    assert.equal(answer.body.error.code, code, `${what}: ${answer.text}`);
    if (target) assert.equal(answer.body.error.target, target, what);
  }
  assert.deepEqual(await arm.get(demo), before);
});

const impossible: readonly [what: string, cluster: string, body: Json, code: string][] = [
  ['a name with a dot', 'a.b', clusterBody(), 'InvalidResourceName'],
  ['a name too long', 'x'.repeat(64), clusterBody(), 'InvalidResourceName'],
  ['no such version', 'c', clusterBody({ kubernetesVersion: '1.12' }), 'K8sVersionNotSupported'],
  ['a version of the long-term plan alone', 'c', clusterBody({ kubernetesVersion: '1.33' }), 'K8sVersionNotSupported'],
  ['no such size', 'c', clusterBody({}, { vmSize: 'Standard_Imaginary' }), 'BadRequest'],
  ['a pool name with capitals', 'c', clusterBody({}, { name: 'Pool' }), 'InvalidParameter'],
  ['a pool name too long', 'c', clusterBody({}, { name: 'abcdefghijklm' }), 'InvalidParameter'],
  ['no System pool', 'c', clusterBody({}, { mode: 'User' }), 'MustDefineAtLeastOneSystemPool'],
  ['no pool', 'c', clusterBody({ agentPoolProfiles: [] }), 'MustDefineAtLeastOneSystemPool'],
  ['no dnsPrefix', 'c', clusterBody({ dnsPrefix: '' }), 'InvalidParameter'],
  ['a dnsPrefix with an underscore', 'c', clusterBody({ dnsPrefix: 'a_b' }), 'InvalidParameter'],
  ['too many nodes', 'c', clusterBody({}, { count: 1001 }), 'InvalidParameter'],
  ['a retired add-on', 'c', clusterBody({ addonProfiles: { httpApplicationRouting: { enabled: true } } }), 'AddonInvalid'],
  ['an unknown location', 'c', { ...clusterBody(), location: 'atlantis' }, 'LocationNotAvailableForResourceType'],
];

test('what Azure does not create is refused with its code, and leaves nothing behind', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createGroup();
  for (const [what, cluster, body, code] of impossible) {
    const answer = await arm.call('PUT', clusterPath('rg', cluster), body);
    assert.equal(answer.status, 400, `${what}: ${answer.text}`);
    assert.equal(answer.body.error.code, code, `${what}: ${answer.text}`);
    assert.doesNotMatch(answer.text, /undefined|\[object/, what);
  }
  const left = await arm.list(`${subscription}/resources?api-version=2024-11-01`);
  assert.deepEqual(left, []);
  assert.equal((await arm.list(`${subscription}/resourcegroups?api-version=2024-11-01`)).length, 1);
});

test('deleting a cluster leaves nothing: no resource, no collection, no port; deleting its group takes it along', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service, 'endpoint');
  await arm.createGroup('rg');
  const { reader, store } = service.estate().world;
  const collections = () => [...new Set([...store.entries()].map(({ collection }) => collection))].filter((name) => name.includes('@'));
  const principals = () => [...store.entries()].filter(({ collection }) => collection.startsWith('entra/')).length;
  const before = principals();
  for (const way of ['cluster', 'group'] as const) {
    await arm.createCluster('rg');
    const { properties } = await arm.get(demo);
    const kube = await arm.kube();
    await kube.create('/api/v1/namespaces/default/services', {
      metadata: { name: 'web' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    });
    await kube.create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' } });
    await arm.settled();
    await arm.delete(way === 'cluster' ? demo : groupPath('rg'));
    assert.deepEqual(await arm.list(`${subscription}/resources?api-version=2024-11-01`), [], way);
    assert.equal((await arm.call('GET', groupPath(properties.nodeResourceGroup))).status, 404);
    assert.deepEqual(collections(), [], way);
    assert.equal(principals(), before, way);
    assert.equal(reader.count('kube/clusters'), 0);
    kube.close();
    await assert.rejects(kube.get('/api/v1/nodes'), { code: 'ECONNREFUSED' });
  }
  assert.deepEqual(service.failures(), []);
});

test('with published durations a cluster is Creating for minutes, refuses a second PUT, and yields to a delete', async (t) => {
  const service = await Service.start(t);
  const { world, driver } = service.estate();
  world.transact((tx) => setProfile(tx, 'realistic'));
  world.setRate(0, Date.now());
  const arm = await Arm.login(service);
  await arm.createGroup();
  const answer = await arm.call('PUT', demo, clusterBody());
  assert.equal(answer.status, 201);
  const startMs = world.nowMs;
  const state = async () => (await arm.get(demo)).properties.provisioningState;
  await driver.jumpTo(startMs + 200_000);
  assert.equal(await state(), 'Creating');
  const second = await arm.call('PUT', demo, clusterBody());
  assert.equal(second.status, 409);
  assert.equal(second.body.error.code, 'OperationNotAllowed');
  assert.match(second.body.error.message, /in progress create managed cluster operation/);
  const pool = await arm.call('PUT', poolPath('rg', 'demo', 'user1'), { properties: { mode: 'User', count: 1 } });
  assert.equal(pool.status, 409, pool.text);
  await driver.jumpTo(startMs + 240_000);
  assert.equal(await state(), 'Succeeded');
  await arm.finish(answer);

  const update = await arm.call('PUT', demo, clusterBody({ disableLocalAccounts: false }, { count: 3 }));
  assert.equal(await state(), 'Updating');
  const deleted = await arm.call('DELETE', demo);
  assert.equal(deleted.status, 202);
  assert.equal((await arm.end(update)).error.code, 'AKSOperationPreemptedByDelete');
  await driver.jumpTo(world.nowMs + 170_000);
  assert.equal(await state(), 'Deleting');
  await driver.jumpTo(world.nowMs + 10_000);
  await arm.finish(deleted);
  assert.equal((await arm.call('GET', demo)).status, 404);
});

test('raising the control plane changes what the API server says it is', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster('rg', 'demo', clusterBody({ kubernetesVersion: '1.34' }));
  const kube = await arm.kube();
  assert.match((await kube.get('/version')).gitVersion, /^v1\.34\.\d+$/);
  const { upgrades } = (await arm.get(`${demo}/upgradeProfiles/default`)).properties.controlPlaneProfile;
  assert.ok(upgrades.some((each: Json) => each.kubernetesVersion.startsWith('1.35.')));
  await arm.put(demo, clusterBody({ kubernetesVersion: '1.35' }));
  assert.match((await kube.get('/version')).gitVersion, /^v1\.35\.\d+$/);
  const { properties } = await arm.get(demo);
  assert.match(properties.currentKubernetesVersion, /^1\.35\./);
  assert.match(properties.agentPoolProfiles[0].currentOrchestratorVersion, /^1\.34\./);
  const skipped = await arm.call('PUT', demo, clusterBody({ kubernetesVersion: '1.34.9' }));
  assert.equal(skipped.body.error.code, 'OperationNotAllowed');
  kube.close();
});

test('an etag lets one of two writers win', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const { eTag } = await arm.get(demo);
  const first = await arm.call('PUT', demo, clusterBody(), { 'if-match': eTag });
  assert.equal(first.status, 200, first.text);
  await arm.finish(first);
  for (const condition of [{ 'if-match': eTag }, { 'if-match': 'never' }, { 'if-none-match': '*' }]) {
    const { status, body } = await arm.call('PUT', demo, clusterBody(), condition);
    assert.deepEqual([status, body.error.code], [412, 'PreConditionFailed'], JSON.stringify(condition));
  }
});

test('egress leaves from as many managed addresses as are asked for, or from the caller’s own, which outlive the change', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const network = `${groupPath('MC_rg_demo_eastus2')}/providers/Microsoft.Network`;
  const mine = `${groupPath('rg')}/providers/Microsoft.Network/publicIPAddresses/mine`;
  const version = '?api-version=2024-05-01';
  const { principalId } = (await arm.createCluster()).identity;
  await arm.put(`${mine}${version}`, {
    location: 'eastus2',
    sku: { name: 'Standard' },
    properties: { publicIPAllocationMethod: 'Static' },
  });
  const update = async (loadBalancerProfile: Json) => {
    const { properties } = await arm.get(demo);
    const networkProfile = { ...properties.networkProfile, loadBalancerProfile };
    await arm.put(demo, { location: 'eastus2', identity: { type: 'SystemAssigned' }, properties: { ...properties, networkProfile } });
    const after = (await arm.get(demo)).properties.networkProfile.loadBalancerProfile;
    const balancer = (await arm.get(`${network}/loadBalancers/kubernetes${version}`)).properties;
    const [{ properties: rule }] = balancer.outboundRules;
    const used = after.effectiveOutboundIPs.map(({ id }: Json) => id);
    const frontends = balancer.frontendIPConfigurations.map((each: Json) => each.properties.publicIPAddress.id);
    assert.deepEqual(frontends, used);
    assert.equal(rule.frontendIPConfigurations.length, used.length);
    const made = (await arm.list(`${network}/publicIPAddresses${version}`)).length;
    return { after, used, made, rule };
  };
  const three = await update({ managedOutboundIPs: { count: 3 } });
  assert.deepEqual([three.used.length, three.made], [3, 3]);
  const one = await update({ managedOutboundIPs: { count: 1 }, idleTimeoutInMinutes: 10, allocatedOutboundPorts: 1024 });
  assert.deepEqual([one.used, one.made], [three.used.slice(0, 1), 1]);
  assert.deepEqual([one.rule.idleTimeoutInMinutes, one.rule.allocatedOutboundPorts], [10, 1024]);
  const own = await update({ outboundIPs: { publicIPs: [{ id: mine }] } });
  assert.deepEqual([own.used, own.made, own.after.managedOutboundIPs], [[mine], 0, undefined]);
  assert.equal((await arm.call('DELETE', `${mine}${version}`)).status, 400, 'it is in use');
  const again = await update({ managedOutboundIPs: { count: 2 } });
  assert.deepEqual([again.used.length, again.made, again.after.outboundIPs], [2, 2, undefined]);
  assert.equal((await arm.get(`${mine}${version}`)).name, 'mine', 'the caller’s own address stays');

  const assignments = await arm.list(
    `${groupPath('MC_rg_demo_eastus2')}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=atScope()`,
  );
  const roles = assignments.filter(({ properties }) => properties.principalId === principalId);
  assert.equal(roles.length, 1, 'the control plane’s identity has one role on the node resource group');
  assert.ok(roles[0].properties.roleDefinitionId.endsWith('/b24988ac-6180-42a0-ab88-20f7382dd24c'));
});

test('a profile that no balancer can have is refused, at once', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.put(groupPath('rg'), { location: 'eastus2' });
  for (const loadBalancerProfile of [
    { managedOutboundIPs: { count: 1e9 } },
    { managedOutboundIPs: { count: -1 } },
    { outboundIPs: { publicIPs: [{}] } },
    { managedOutboundIPs: { count: 1 }, outboundIPs: { publicIPs: [{ id: demo }] } },
  ]) {
    const { status, body } = await arm.call('PUT', demo, clusterBody({ networkProfile: { loadBalancerProfile } }));
    assert.equal(status, 400, JSON.stringify(body));
    assert.match(body.error.code, /^(InvalidParameter|MultipleErrorsOccurred)$/);
  }
});

test('more cores than there are are refused at once, or fail the operation that comes to need them', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup();
  const pool = (name: string, count: number) => ({ name, count, mode: 'System', vmSize: 'Standard_D64s_v5' });
  const body = (...agentPoolProfiles: Json[]) => clusterBody({ networkProfile: { podCidr: '100.64.0.0/10' }, agentPoolProfiles });
  // All but 4,000 of the 100,000 cores are somebody else's.
  for (const [name, capacity] of [
    ['a', 1_000],
    ['b', 500],
  ] as const) {
    const path = `${groupPath('rg')}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}?api-version=2024-11-01`;
    const virtualMachineProfile = { networkProfile: { networkInterfaceConfigurations: [] } };
    const sku = { name: 'Standard_D64s_v5', capacity };
    await arm.put(path, { location: 'eastus2', sku, properties: { virtualMachineProfile } });
  }
  const refused = await arm.call('PUT', demo, body(pool('one', 63)));
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.code, 'ErrCode_InsufficientVCPUQuota');
  assert.match(
    refused.body.error.message,
    /^Insufficient vcpu quota requested 4032, remaining 4000 for family standardDSv5Family for region eastus2\.$/,
  );
  const accepted = await arm.call('PUT', demo, body(pool('one', 32), pool('two', 32)));
  assert.equal(accepted.status, 201, accepted.text);
  const outcome = await arm.end(accepted);
  assert.equal(outcome.status, 'Failed');
  assert.match(outcome.error.message, /exceeding approved/);
  assert.equal((await arm.get(demo)).properties.provisioningState, 'Failed');
  await arm.put(demo, body(pool('one', 31), pool('two', 31)));
  assert.equal((await arm.get(demo)).properties.provisioningState, 'Succeeded', 'the next write mends it');
});
