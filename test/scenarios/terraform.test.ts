import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { test } from 'node:test';
import { parse } from 'yaml';
import { Arm, clusterPath, groupPath, poolPath, subscription } from './support/arm.ts';
import { type Answer, type Json, send } from './support/http.ts';
import { Service } from './support/service.ts';

/** The requests of Terraform's azurerm 5.2 on a cluster and its pool, in its order, with its versions and bodies (azure-contract §4). */
const AKS = '?api-version=2025-10-01';
const demo = clusterPath('rg', 'demo');
const pool = poolPath('rg', 'demo', 'user1');

const body: Json = {
  location: 'eastus2',
  identity: { type: 'SystemAssigned' },
  sku: { name: 'Base', tier: 'Free' },
  tags: { env: 'test' },
  properties: {
    addonProfiles: {},
    agentPoolProfiles: [
      {
        name: 'default',
        count: 1,
        enableAutoScaling: false,
        enableEncryptionAtHost: false,
        enableFIPS: false,
        enableNodePublicIP: false,
        enableUltraSSD: false,
        kubeletDiskType: '',
        mode: 'System',
        nodeLabels: { team: 'a' },
        nodeTaints: [],
        osType: 'Linux',
        osDiskType: 'Managed',
        scaleDownMode: 'Delete',
        tags: {},
        type: 'VirtualMachineScaleSets',
        upgradeSettings: { maxSurge: '10%' },
        vmSize: 'standard_d2s_v5',
      },
    ],
    autoUpgradeProfile: { upgradeChannel: 'none', nodeOSUpgradeChannel: 'NodeImage' },
    azureMonitorProfile: null,
    disableLocalAccounts: false,
    dnsPrefix: 'demo',
    enableRBAC: true,
    kubernetesVersion: '',
    metricsProfile: { costAnalysis: { enabled: false } },
    networkProfile: {
      loadBalancerSku: 'standard',
      networkMode: '',
      networkPlugin: 'azure',
      networkPluginMode: 'overlay',
      networkPolicy: '',
      outboundType: 'loadBalancer',
      podCidrs: [],
      serviceCidrs: [],
      ipFamilies: [],
    },
    nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
    nodeResourceGroup: '',
    oidcIssuerProfile: { enabled: true },
    securityProfile: {},
    servicePrincipalProfile: { clientId: 'msi' },
    supportPlan: 'KubernetesOfficial',
  },
};

/** Members of `sent` that `shown` has otherwise; what means "the service's default" is left out. */
function lost(sent: Json, shown: Json, path = ''): string[] {
  if (sent === null || sent === '' || (Array.isArray(sent) && sent.length === 0)) return [];
  if (typeof sent !== 'object') return String(sent).toLowerCase() === String(shown).toLowerCase() ? [] : [`${path}: ${sent} is ${shown}`];
  return Object.entries(sent).flatMap(([name, value]) => lost(value, shown?.[name], `${path}.${name}`));
}

async function readUntilGone(arm: Arm, path: string): Promise<Answer> {
  for (let i = 0; i < 100; i++) {
    const answer = await arm.call('GET', path);
    if (answer.status === 404) return answer;
    await arm.settled();
  }
  throw new Error(`${path} does not go`);
}

test('azurerm: create, refresh, pool, destroy', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup();
  assert.equal((await arm.call('GET', demo + AKS)).status, 404);
  const put = await arm.call('PUT', demo + AKS, body);
  assert.equal(put.status, 201, put.text);
  assert.ok(put.headers['azure-asyncoperation']);
  assert.equal(put.headers['retry-after'], '1');
  await arm.finish(put);

  const created = await arm.get(demo + AKS);
  assert.deepEqual(lost(body, created), []);
  const { networkProfile: network, kubernetesVersion, nodeResourceGroup } = created.properties;
  assert.match(kubernetesVersion, /^1\.\d+/);
  assert.equal(nodeResourceGroup, 'MC_rg_demo_eastus2');
  assert.deepEqual(network.podCidrs, ['10.244.0.0/16']);
  assert.deepEqual(network.serviceCidrs, ['10.0.0.0/16']);
  assert.deepEqual(network.ipFamilies, ['IPv4']);
  for (let refresh = 0; refresh < 3; refresh++) {
    assert.deepEqual(await arm.get(demo + AKS), created, 'a refresh changes nothing');
    const { kubeconfigs } = await arm.post(`${demo}/listClusterUserCredential${AKS}`);
    assert.equal(kubeconfigs[0].name, 'clusterUser');
    for (const name of ['default', 'aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule'])
      assert.equal((await arm.call('GET', `${demo}/maintenanceConfigurations/${name}${AKS}`)).body.error.code, 'ResourceNotFound');
  }
  const again = await arm.call('PUT', demo + AKS, created);
  assert.equal(again.status, 200, again.text);
  await arm.finish(again);
  const { eTag: _before, ...before } = created;
  const { eTag: _after, ...after } = await arm.get(demo + AKS);
  for (const part of [before, after]) for (const profile of part.properties.agentPoolProfiles) delete profile.eTag;
  assert.deepEqual(after, before, 'putting back what it read changes nothing');

  assert.equal((await arm.call('GET', pool + AKS)).status, 404);
  const wanted = {
    properties: { ...body.properties.agentPoolProfiles[0], name: undefined, mode: 'User', count: 2, maxPods: 0, osDiskSizeGB: 0 },
  };
  const added = await arm.call('PUT', pool + AKS, wanted);
  assert.equal(added.status, 201, added.text);
  await arm.finish(added);
  const shown = await arm.get(pool + AKS);
  assert.deepEqual(lost({ ...wanted.properties, name: null, maxPods: null, osDiskSizeGB: null }, shown.properties), []);
  assert.equal(shown.properties.maxPods, 250);

  assert.equal((await arm.call('DELETE', pool + AKS)).status, 202);
  assert.equal((await readUntilGone(arm, pool + AKS)).body.error.code, 'ResourceNotFound');
  assert.equal((await arm.call('DELETE', demo + AKS)).status, 202);
  await readUntilGone(arm, demo + AKS);
});

test('azurerm: a group is destroyed when it is empty', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup();
  const network = `${groupPath('rg')}/providers/Microsoft.Network/virtualNetworks/vnet`;
  const properties = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
  await arm.put(`${network}?api-version=2025-01-01`, { location: 'eastus2', properties });
  const nested = `${groupPath('rg')}/resources?$expand=provisioningState&$top=10&api-version=2023-07-01`;
  const [left] = await arm.list(nested);
  assert.equal(left?.id, network);
  assert.equal(left?.provisioningState, 'Succeeded');
  assert.equal((await arm.call('DELETE', `${network}?api-version=2025-01-01`)).status, 202);
  await readUntilGone(arm, `${network}?api-version=2025-01-01`);
  assert.deepEqual(await arm.list(nested), []);
  const deleted = await arm.call('DELETE', `${groupPath('rg')}?api-version=2023-07-01`);
  assert.equal(deleted.status, 202);
  assert.ok(deleted.headers['location']);
  await arm.finish(deleted);
  assert.equal((await arm.call('HEAD', `${groupPath('rg')}?api-version=2023-07-01`)).status, 404);
  assert.equal((await arm.call('GET', `/${subscription}/resourceGroups?api-version=2023-07-01`)).status, 200, 'a doubled slash is one');
});

test('kubernetes provider: host, authority and certificate are all that it takes from the cluster', async (t) => {
  const service = await Service.start(t);
  for (const via of ['proxy', 'endpoint'] as const) {
    const arm = await Arm.login(service, via);
    await arm.createCluster(via);
    const { clusters, users } = parse(await arm.kubeconfig(via));
    const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
    const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
    const decode = (text: string): string => Buffer.from(text, 'base64').toString();
    const keys = { ca: decode(ca), cert: decode(cert), key: decode(key) };
    const agent = via === 'proxy' ? service.proxied('default', keys) : new Agent(keys);
    const answer = await send(`${server}/api/v1/nodes`, { agent });
    assert.deepEqual([answer.status, answer.body.items?.length], [200, 2], answer.text);
    agent.destroy();
  }
});
