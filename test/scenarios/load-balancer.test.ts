import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, groupPath } from './support/arm.ts';
import type { Json } from './support/http.ts';
import type { Kube } from './support/kube.ts';
import { Service } from './support/service.ts';

const NETWORK = `${groupPath('MC_rg_demo_eastus2')}/providers/Microsoft.Network`;
const QUERY = '?api-version=2024-07-01';
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal';
const services = '/api/v1/namespaces/default/services';

async function start(t: Parameters<typeof Service.start>[0]): Promise<{ arm: Arm; kube: Kube; service: Service }> {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createCluster();
  return { arm, kube: await arm.kube(), service };
}

const web = (more: Json = {}, annotations: Json = {}): Json => ({
  metadata: { name: 'web', annotations },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8080 }], ...more },
});

/** What the node resource group holds of load balancing, by name. */
async function inventory(arm: Arm) {
  const balancers = await arm.list(`${NETWORK}/loadBalancers${QUERY}`);
  const groups = await arm.list(`${NETWORK}/networkSecurityGroups${QUERY}`);
  const addresses = await arm.list(`${NETWORK}/publicIPAddresses${QUERY}`);
  const of = (name: string): Json => balancers.find((balancer) => balancer.name === name)?.properties;
  return { balancers, of, rules: groups[0].properties.securityRules as Json[], addresses };
}

test('a Service of type LoadBalancer has frontend, rule, probe, address and security rule, which go with it', async (t) => {
  const { arm, kube, service } = await start(t);
  const before = await inventory(arm);
  const created = await kube.create(services, web());
  await arm.settled();
  const { status } = await kube.get(`${services}/web`);
  const frontend = `a${created.metadata.uid.replaceAll('-', '')}`.slice(0, 32);
  const { of, rules, addresses } = await inventory(arm);
  const own = addresses.find(({ name }) => name === `kubernetes-${frontend}`);
  assert.equal(own.tags['k8s-azure-service'], 'default/web');
  assert.deepEqual(status.loadBalancer.ingress, [{ ip: own.properties.ipAddress, ipMode: 'VIP' }]);

  const balancer = of('kubernetes');
  assert.ok(balancer.frontendIPConfigurations.some(({ name }: Json) => name === frontend));
  const rule = balancer.loadBalancingRules.find(({ name }: Json) => name === `${frontend}-TCP-80`).properties;
  assert.equal(rule.frontendPort, 80);
  assert.equal(rule.backendPort, 80);
  assert.equal(rule.enableFloatingIP, true);
  assert.equal(rule.disableOutboundSnat, true);
  assert.equal(rule.idleTimeoutInMinutes, 4);
  const probe = balancer.probes.find(({ name }: Json) => name === `${frontend}-TCP-80`).properties;
  assert.equal(probe.protocol, 'Tcp');
  assert.equal(probe.port, created.spec.ports[0].nodePort);
  assert.equal(balancer.outboundRules[0].name, 'aksOutboundRule');

  const [allow] = rules;
  assert.match(allow.name, /^k8s-azure-lb_allow_IPv4_[0-9a-f]{32}$/);
  assert.equal(allow.properties.priority, 500);
  assert.equal(allow.properties.sourceAddressPrefix, 'Internet');
  assert.deepEqual(allow.properties.destinationPortRanges, ['80']);
  assert.deepEqual(allow.properties.destinationAddressPrefixes, [own.properties.ipAddress]);

  const events = (await kube.get('/api/v1/namespaces/default/events')).items.map(({ reason }: Json) => reason);
  assert.ok(events.includes('EnsuringLoadBalancer') && events.includes('EnsuredLoadBalancer'), events.join());
  await kube.delete(`${services}/web`);
  await arm.settled();
  assert.equal((await kube.call('GET', `${services}/web`)).status, 404);
  const after = await inventory(arm);
  assert.deepEqual(after.rules, []);
  assert.deepEqual(
    after.addresses.map(({ name }) => name),
    before.addresses.map(({ name }) => name),
  );
  assert.deepEqual(after.of('kubernetes').loadBalancingRules ?? [], []);
  assert.deepEqual(after.of('kubernetes').probes ?? [], []);
  assert.equal(after.of('kubernetes').frontendIPConfigurations.length, 1);
  assert.deepEqual(service.failures(), []);
  kube.close();
});

test('an internal Service moves to the internal balancer and back, and leaves nothing where it was', async (t) => {
  const { arm, kube, service } = await start(t);
  await kube.create(services, web({}, { [INTERNAL]: 'true' }));
  await arm.settled();
  const address = async (): Promise<string> => (await kube.get(`${services}/web`)).status.loadBalancer.ingress[0].ip;
  const inside = await address();
  assert.match(inside, /^10\.224\.0\.\d+$/);
  const nodeAddresses = async (): Promise<string[]> =>
    (await kube.get('/api/v1/nodes')).items.map((node: Json) => node.status.addresses[0].address);
  assert.ok(!(await nodeAddresses()).includes(inside));
  let now = await inventory(arm);
  assert.equal(now.addresses.length, 1);
  assert.equal(now.of('kubernetes-internal').frontendIPConfigurations[0].properties.privateIPAddress, inside);
  assert.deepEqual(now.rules[0].properties.destinationAddressPrefixes, [inside]);

  await arm.put(`${groupPath('rg')}/providers/Microsoft.ContainerService/managedClusters/demo/agentPools/nodepool1`, {
    properties: { count: 4 },
  });
  assert.ok(!(await nodeAddresses()).includes(inside), 'a node got the address of a frontend');

  await kube.patch(`${services}/web`, { metadata: { annotations: { [INTERNAL]: null } } });
  await arm.settled();
  const outside = await address();
  now = await inventory(arm);
  assert.equal(now.of('kubernetes-internal'), undefined);
  assert.equal(now.addresses.length, 2);
  assert.deepEqual(
    now.rules.flatMap(({ properties }) => properties.destinationAddressPrefixes),
    [outside],
  );

  await kube.patch(`${services}/web`, { metadata: { annotations: { [INTERNAL]: 'true' } } });
  await arm.settled();
  now = await inventory(arm);
  assert.equal(now.addresses.length, 1, 'the public address stayed');
  assert.deepEqual(
    now.rules.flatMap(({ properties }) => properties.destinationAddressPrefixes),
    [await address()],
  );

  await kube.patch(`${services}/web`, { spec: { type: 'ClusterIP' } });
  await arm.settled();
  now = await inventory(arm);
  assert.equal(now.of('kubernetes-internal'), undefined);
  assert.deepEqual(now.rules, []);
  const { status, metadata } = await kube.get(`${services}/web`);
  assert.deepEqual(status.loadBalancer, {});
  assert.equal(metadata.finalizers, undefined);
  assert.deepEqual(service.failures(), []);
  kube.close();
});

test('source ranges, several ports and a shared rule; an address of one’s own is not deleted', async (t) => {
  const { arm, kube, service } = await start(t);
  const ports = [
    { name: 'a', port: 443 },
    { name: 'b', port: 53, protocol: 'UDP' },
  ];
  await kube.create(services, web({ ports, loadBalancerSourceRanges: ['203.0.113.0/24'] }));
  const mine = `${NETWORK}/publicIPAddresses/mine`;
  await arm.put(`${mine}${QUERY}`, { location: 'eastus2', sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Static' } });
  const second = web({ ports, loadBalancerSourceRanges: ['203.0.113.0/24'] }, { 'service.beta.kubernetes.io/azure-pip-name': 'mine' });
  await kube.create(services, { ...second, metadata: { ...second.metadata, name: 'api' } });
  await arm.settled();
  const { rules, of } = await inventory(arm);
  assert.equal(rules.length, 2);
  for (const { properties } of rules) {
    assert.equal(properties.sourceAddressPrefix, '203.0.113.0/24');
    assert.equal(properties.destinationAddressPrefixes.length, 2);
  }
  assert.equal(of('kubernetes').loadBalancingRules.length, 4);
  assert.equal(of('kubernetes').probes.length, 2);
  const { status } = await kube.get(`${services}/api`);
  assert.equal(status.loadBalancer.ingress[0].ip, (await arm.get(`${mine}${QUERY}`)).properties.ipAddress);
  await kube.delete(`${services}/api`);
  await arm.settled();
  await arm.get(`${mine}${QUERY}`);
  assert.deepEqual(
    (await inventory(arm)).rules.map(({ properties }) => properties.destinationAddressPrefixes.length),
    [1, 1],
  );
  assert.deepEqual(service.failures(), []);
  kube.close();
});
