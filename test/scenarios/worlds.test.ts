import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Arm, clusterBody, clusterPath, groupPath, poolPath } from './support/arm.ts';
import { type Answer, type Json, send } from './support/http.ts';
import { Kube } from './support/kube.ts';
import { Service } from './support/service.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const MONTH_MS = 30 * 86_400_000;

function admin(service: Service, method: string, path: string, body?: unknown): Promise<Answer> {
  const authorization = `Bearer ${service.installation.home.secret('admin-token')}`;
  return send(`${service.origin}/slipway/v1/${path}`, {
    agent: service.direct(),
    method,
    headers: { authorization },
    ...(body !== undefined && { body }),
  });
}

/** The same kubeconfig, seen in another world: only the proxy's user name differs. */
const seenIn = (world: string, kubeconfig: string): Kube =>
  new Kube(kubeconfig.replace(/proxy-url: http:\/\/[^:]+:/, `proxy-url: http://${world}:`));

const names = async (kube: Kube): Promise<string[]> =>
  (await kube.get(MAPS)).items.map(({ metadata }: Json) => metadata.name).filter((name: string) => name !== 'kube-root-ca.crt');

const create = (kube: Kube, name: string): Promise<Json> => kube.create(MAPS, { metadata: { name } });

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-worlds-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

for (const durable of [false, true])
  test(`two forks of ${durable ? 'a durable' : 'an ephemeral'} world change at once, each seen by its own clients; one deleted leaves the others`, async (t) => {
    const service = await Service.start(t, { durable });
    const arm = await Arm.login(service);
    await arm.createCluster('rg', 'demo', clusterBody({}, { count: 1 }));
    const kubeconfig = await arm.kubeconfig();
    const origin = seenIn('default', kubeconfig);
    await create(origin, 'before');
    for (const name of ['left', 'right']) assert.equal((await admin(service, 'POST', 'worlds/default/fork', { name })).status, 200);

    const left = seenIn('left', kubeconfig);
    const right = seenIn('right', kubeconfig);
    const writes = Array.from({ length: 20 }, (_, i) => [create(left, `left-${i}`), create(right, `right-${i}`)]);
    const inLeft = await Arm.login(service, 'proxy', 'left');
    const inRight = await Arm.login(service, 'proxy', 'right');
    await Promise.all([
      ...writes.flat(),
      inLeft.put(poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 3 } }),
      inRight.put(groupPath('only-right'), { location: 'eastus2' }),
    ]);
    const expected = (side: string): string[] => ['before', ...Array.from({ length: 20 }, (_, i) => `${side}-${i}`)].sort();
    assert.deepEqual((await names(left)).sort(), expected('left'));
    assert.deepEqual((await names(right)).sort(), expected('right'));
    assert.deepEqual(await names(origin), ['before']);
    assert.deepEqual([await nodesOf(origin), await nodesOf(left), await nodesOf(right)], [1, 3, 1]);
    assert.equal((await inLeft.call('GET', groupPath('only-right'))).status, 404);

    assert.equal((await admin(service, 'DELETE', 'worlds/left')).status, 200);
    left.close();
    await assert.rejects(seenIn('left', kubeconfig).get(MAPS), /407/);
    assert.deepEqual((await names(right)).sort(), expected('right'));
    await create(right, 'after');
    await create(origin, 'after');
    await inRight.delete(clusterPath('rg', 'demo'));
    assert.equal(await nodesOf(origin), 1);
    origin.close();
    right.close();
    assert.deepEqual(service.errors, []);
  });

const nodesOf = async (kube: Kube): Promise<number> => (await kube.get('/api/v1/nodes')).items.length;

test('a fork of a durable world is there after a restart, as it was, with the credentials of before', async (t) => {
  const folder = folderFor(t);
  const first = await Service.start(t, { durable: true, folder });
  const arm = await Arm.login(first);
  await arm.createCluster('rg', 'demo', clusterBody({}, { count: 1 }));
  const kubeconfig = await arm.kubeconfig();
  await admin(first, 'POST', 'worlds/default/fork', { name: 'branch' });
  const before = seenIn('branch', kubeconfig);
  await create(before, 'mine');
  await (await Arm.login(first, 'proxy', 'branch')).put(poolPath('rg', 'demo', 'nodepool1'), { properties: { count: 2 } });
  const revision = Number((await before.get(MAPS)).metadata.resourceVersion);
  before.close();
  await first.stop();

  const second = await Service.start(t, { durable: true, folder });
  const moved = kubeconfig.replace(/@127\.0\.0\.1:\d+/, `@127.0.0.1:${second.installation.port}`);
  const branch = seenIn('branch', moved);
  const origin = seenIn('default', moved);
  assert.deepEqual(await names(branch), ['mine']);
  assert.deepEqual(await names(origin), []);
  assert.deepEqual([await nodesOf(origin), await nodesOf(branch)], [1, 2]);
  assert.ok(Number((await branch.get(MAPS)).metadata.resourceVersion) >= revision);
  await create(branch, 'more');
  branch.close();
  origin.close();
  assert.deepEqual(second.errors, []);
});

test('a saved world comes back; a reset one is empty', async (t) => {
  const service = await Service.start(t, { durable: true });
  const arm = await Arm.login(service);
  await arm.createGroup('kept');
  assert.equal((await admin(service, 'POST', 'worlds/default/save', { name: 'checkpoint' })).status, 200);
  await arm.createGroup('later');
  assert.equal((await admin(service, 'POST', 'worlds/default/reset')).status, 200);
  assert.equal((await arm.call('GET', groupPath('kept'))).status, 404);
  assert.equal((await admin(service, 'POST', 'worlds/default/load', { name: 'checkpoint' })).status, 200);
  await arm.get(groupPath('kept'));
  assert.equal((await arm.call('GET', groupPath('later'))).status, 404);
});

test('clock advance 30d: tokens, kubeconfigs and nodes go on working, and a restart does not go back', async (t) => {
  const folder = folderFor(t);
  const service = await Service.start(t, { durable: true, folder });
  const arm = await Arm.login(service);
  await arm.createCluster('rg', 'demo', clusterBody({}, { count: 2 }));
  const kube = await arm.kube();
  const token = await kube.create('/api/v1/namespaces/default/serviceaccounts/default/token', {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: {},
  });
  const moved = await admin(service, 'POST', 'worlds/default/clock', { advanceMs: MONTH_MS });
  assert.equal(moved.status, 200, moved.text);
  const aheadMs = Date.parse(moved.body.time) - Date.now();
  assert.ok(Math.abs(aheadMs - MONTH_MS) < 60_000, `${aheadMs} ms ahead`);

  await arm.get(clusterPath('rg', 'demo'));
  const { items } = await kube.get('/api/v1/nodes');
  assert.equal(items.length, 2);
  for (const { status } of items) assert.equal(status.conditions.find(({ type }: Json) => type === 'Ready').status, 'True');
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: token.status.token } };
  const { status } = await kube.create('/apis/authentication.k8s.io/v1/tokenreviews', review);
  assert.equal(status.authenticated, true, JSON.stringify(status));
  // New credentials are good as well: they are valid by the host's clock, whatever the world's says.
  const again = await Arm.login(service);
  const newKube = await again.kube();
  await newKube.create('/api/v1/namespaces/default/pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } });
  await again.settled();
  assert.equal((await newKube.get('/api/v1/namespaces/default/pods/p')).spec.nodeName.startsWith('aks-nodepool1-'), true);
  kube.close();
  newKube.close();
  assert.deepEqual(service.failures(), []);
  await service.stop();

  const second = await Service.start(t, { durable: true, folder });
  const { body } = await admin(second, 'GET', 'worlds/default/clock');
  assert.ok(Date.parse(body.time) >= Date.parse(moved.body.time), `${body.time} is before ${moved.body.time}`);
});
