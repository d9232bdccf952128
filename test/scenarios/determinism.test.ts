import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterBody, clusterPath, groupPath, poolPath } from './support/arm.ts';
import { Rehearsal } from './support/rehearsal.ts';

const HOUR_MS = 3_600_000;
const labels = { app: 'web' };
const deployment = {
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
  },
};

/** Everything that a first hour with a cluster brings. */
async function firstHour(seed: string): Promise<Rehearsal> {
  const rehearsal = await Rehearsal.start(seed);
  await rehearsal.arm('PUT', groupPath('rg'), { location: 'eastus2' });
  assert.equal((await rehearsal.arm('PUT', clusterPath('rg', 'demo'), clusterBody())).status, 201);
  const [cluster] = rehearsal.clusters;
  assert.ok(cluster);
  await rehearsal.kube(cluster, 'POST', '/apis/apps/v1/namespaces/default/deployments', deployment);
  const service = { metadata: { name: 'web' }, spec: { type: 'LoadBalancer', selector: labels, ports: [{ port: 80 }] } };
  await rehearsal.kube(cluster, 'POST', '/api/v1/namespaces/default/services', service);
  rehearsal.pass(HOUR_MS);
  await rehearsal.arm('PUT', poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 3 } });
  await rehearsal.kube(cluster, 'DELETE', '/apis/apps/v1/namespaces/default/deployments/web');
  rehearsal.pass(HOUR_MS);
  return rehearsal;
}

test('the same seed and inputs give the same world; another seed gives another', async () => {
  const [one, two, other] = await Promise.all([firstHour('a'), firstHour('a'), firstHour('b')]);
  assert.equal(one.world.store.digest(), two.world.store.digest());
  assert.notEqual(one.world.store.digest(), other.world.store.digest());
  for (const { world } of [one, two]) assert.ok(world.reader.revision > 500);
  assert.deepEqual(one.failures(), []);
});

test('a month with a running cluster: nodes stay Ready, leases are fresh, hardly anything happens', async () => {
  const rehearsal = await firstHour('month');
  const [cluster] = rehearsal.clusters;
  assert.ok(cluster);
  const revision = rehearsal.world.reader.revision;
  const startMs = rehearsal.world.nowMs;
  const reconciles = rehearsal.pass(30 * 24 * HOUR_MS);
  assert.equal(rehearsal.world.nowMs, startMs + 30 * 24 * HOUR_MS);
  assert.ok(reconciles < 3_000, `${reconciles} reconciles`);
  assert.ok(rehearsal.world.reader.revision - revision < 3_000, `${rehearsal.world.reader.revision - revision} writes`);
  const { body: nodes } = await rehearsal.kube(cluster, 'GET', '/api/v1/nodes');
  assert.equal(nodes.items.length, 3);
  for (const { metadata, status } of nodes.items) {
    const ready = status.conditions.find(({ type }: { type: string }) => type === 'Ready');
    assert.equal(ready.status, 'True', metadata.name);
    assert.ok(rehearsal.world.nowMs - Date.parse(ready.lastHeartbeatTime) <= 300_000, ready.lastHeartbeatTime);
    const { body: lease } = await rehearsal.kube(
      cluster,
      'GET',
      `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${metadata.name}`,
    );
    assert.ok(rehearsal.world.nowMs - Date.parse(lease.spec.renewTime) <= 40_000, lease.spec.renewTime);
  }
  const { body: pods } = await rehearsal.kube(cluster, 'GET', '/api/v1/namespaces/kube-system/pods');
  for (const { metadata, status } of pods.items) assert.equal(status.phase, 'Running', metadata.name);
  // The token and the certificates of the first hour: what clients check goes by the host's clock.
  assert.equal((await rehearsal.arm('GET', clusterPath('rg', 'demo'))).status, 200);
  assert.deepEqual(rehearsal.failures(), []);
});
