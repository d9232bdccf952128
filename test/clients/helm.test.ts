import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

interface Release {
  readonly name: string;
  readonly revision: string;
  readonly status: string;
  readonly chart: string;
}

suite('helm', { skip: missing('az', 'helm', 'kubectl') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
  });
  after(() => service?.stop());
  const helm = async (...args: string[]) => (await service.succeed(targets.helm, args)).stdout;
  const kubectl = async (...args: string[]) => (await service.succeed(targets.kubectl, args)).stdout;
  const releases = async () => JSON.parse(await helm('list', '-A', '-o', 'json')) as Release[];
  const replicas = () => kubectl('get', 'deployment', 'web-shop', '-o', 'jsonpath={.status.readyReplicas}');

  test('create and install a chart', async () => {
    await helm('create', 'shop');
    assert.match(await helm('install', 'web', './shop', '--wait', '--timeout', '90s'), /STATUS: deployed/);
    assert.deepEqual(
      (await releases()).map(({ name, revision, status, chart }) => ({ name, revision, status, chart })),
      [{ name: 'web', revision: '1', status: 'deployed', chart: 'shop-0.1.0' }],
    );
    assert.equal(await replicas(), '1');
  });

  test('upgrade', async () => {
    await helm('upgrade', 'web', './shop', '--set', 'replicaCount=3', '--wait', '--timeout', '90s');
    assert.equal(await replicas(), '3');
    assert.equal((await releases())[0]?.revision, '2');
  });

  test('history and rollback', async () => {
    await helm('rollback', 'web', '1', '--wait', '--timeout', '90s');
    assert.equal(await replicas(), '1');
    const history = JSON.parse(await helm('history', 'web', '-o', 'json')) as { revision: number; status: string; description: string }[];
    assert.deepEqual(
      history.map(({ revision, status }) => [revision, status]),
      [
        [1, 'superseded'],
        [2, 'superseded'],
        [3, 'deployed'],
      ],
    );
  });

  test('uninstall leaves nothing', async () => {
    assert.match(await helm('uninstall', 'web', '--wait', '--timeout', '90s'), /release "web" uninstalled/);
    assert.deepEqual(await releases(), []);
    // Helm waits for what its chart names; the pods' containers take a second to stop.
    const pods = (await kubectl('get', 'pods', '-o', 'name')).split('\n').filter(Boolean);
    if (pods.length > 0) await kubectl('wait', '--for=delete', ...pods, '--timeout=60s');
    assert.equal(await kubectl('get', 'deployments,replicasets,pods,secrets', '-o', 'name'), '');
  });
});
