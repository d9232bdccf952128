import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, clusterBody, clusterPath, groupPath, poolPath } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const demo = clusterPath('rg', 'demo');
const NODE_GROUP = groupPath('MC_rg_demo_eastus2');
const web = {
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
  },
};

async function instances(arm: Arm): Promise<Json[]> {
  const [scaleSet] = await arm.list(`${NODE_GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets`);
  return arm.list(`${scaleSet.id}/virtualMachines`);
}
const powerOf = async (arm: Arm, instance: Json): Promise<string> =>
  (await arm.get(`${instance.id}/instanceView`)).statuses.find(({ code }: Json) => code.startsWith('PowerState/')).code;

test('a stopped cluster answers nobody, keeps what it holds, and comes back with it', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const kube = await arm.kube();
  await kube.create('/apis/apps/v1/namespaces/default/deployments', web);
  await arm.settled();
  const nodes = (await kube.get('/api/v1/nodes')).items.map((node: Json) => [node.metadata.name, node.status.addresses[0].address]);

  const stop = await arm.call('POST', `${demo}/stop`);
  assert.equal(stop.status, 202, stop.text);
  assert.ok(stop.headers['location']);
  await arm.finish(stop);
  const stopped = await arm.get(demo);
  assert.deepEqual(stopped.properties.powerState, { code: 'Stopped' });
  assert.equal(stopped.properties.provisioningState, 'Succeeded');
  assert.deepEqual(stopped.properties.agentPoolProfiles[0].powerState, { code: 'Stopped' });
  for (const instance of await instances(arm)) assert.equal(await powerOf(arm, instance), 'PowerState/deallocated');
  await assert.rejects(async () => assert.equal((await kube.call('GET', '/version')).status, 200));
  assert.equal((await arm.call('POST', `${demo}/stop`)).status, 204);

  const update = await arm.call('PUT', demo, { ...clusterBody(), tags: { a: 'b' } });
  assert.equal(update.status, 400);
  assert.equal(update.body.error.code, 'OperationNotAllowed');
  assert.match(update.body.error.message, /demo is stopped/);

  await arm.finish(await arm.call('POST', `${demo}/start`));
  const started = await arm.get(demo);
  assert.deepEqual(started.properties.powerState, { code: 'Running' });
  assert.deepEqual(started.properties.agentPoolProfiles[0].powerState, { code: 'Running' });
  await arm.settled();
  const again = await arm.kube();
  const back = (await again.get('/api/v1/nodes')).items.map((node: Json) => [node.metadata.name, node.status.addresses[0].address]);
  assert.deepEqual(back, nodes, 'instances keep their names and addresses');
  const { status } = await again.get('/apis/apps/v1/namespaces/default/deployments/web');
  assert.equal(status.readyReplicas, 2);
  for (const instance of await instances(arm)) assert.equal(await powerOf(arm, instance), 'PowerState/running');
  kube.close();
  again.close();
});

test('a stopped pool has no nodes, and its pods move', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  await arm.put(poolPath('rg', 'demo', 'user1'), { properties: { mode: 'User', count: 1, vmSize: 'Standard_D2s_v5' } });
  const kube = await arm.kube();
  const countNodes = async () => (await kube.get('/api/v1/nodes')).items.length;
  assert.equal(await countNodes(), 3);
  await arm.put(poolPath('rg', 'demo', 'user1'), { properties: { powerState: { code: 'stopped' } } });
  const { properties } = await arm.get(poolPath('rg', 'demo', 'user1'));
  assert.deepEqual(properties.powerState, { code: 'Stopped' });
  assert.equal(properties.count, 1);
  assert.equal(properties.provisioningState, 'Succeeded');
  assert.equal(await countNodes(), 2);
  assert.deepEqual((await arm.get(demo)).properties.powerState, { code: 'Running' });
  await arm.put(poolPath('rg', 'demo', 'user1'), { properties: { powerState: { code: 'Running' } } });
  assert.deepEqual((await arm.get(poolPath('rg', 'demo', 'user1'))).properties.powerState, { code: 'Running' });
  assert.equal(await countNodes(), 3);
  kube.close();
});

test('a stopped cluster can be deleted', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  await arm.finish(await arm.call('POST', `${demo}/stop`));
  await arm.delete(demo);
  assert.equal((await arm.call('GET', NODE_GROUP)).status, 404);
});

test('no two holders of a subnet get one address', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const [network] = await arm.list(`${NODE_GROUP}/providers/Microsoft.Network/virtualNetworks`);
  const subnet = network.properties.subnets[0].id;
  const nic = `${NODE_GROUP}/providers/Microsoft.Network/networkInterfaces/nic`;
  const configuration = { name: 'one', properties: { subnet: { id: subnet } } };
  await arm.put(nic, { location: 'eastus2', properties: { ipConfigurations: [configuration] } });
  await arm.put(poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 4 } });
  const kube = await arm.kube();
  const nodes = (await kube.get('/api/v1/nodes')).items.map((node: Json) => node.status.addresses[0].address);
  const taken = [...nodes, (await arm.get(nic)).properties.ipConfigurations[0].properties.privateIPAddress];
  assert.equal(new Set(taken).size, 5, taken.join());
  kube.close();
});
