import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findKubectls } from './clients.ts';
import { missing, type RunOptions, Service } from './harness.ts';

const manifest = (name: string) => join(dirname(fileURLToPath(import.meta.url)), 'manifests', `${name}.yaml`);

suite('kubectl', { skip: missing('az') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
  });
  after(() => service?.stop());

  for (const [version, path] of findKubectls()) {
    suite(version, () => defineSession(() => service, version, path));
  }
});

/** One user's session with one kubectl, in a namespace of its own. The tests of it run in order. */
function defineSession(service: () => Service, version: string, path: string): void {
  const namespace = `v${version.replace('.', '-')}`;
  const attempt = (args: readonly string[], options?: RunOptions) => service().attempt(path, ['-n', namespace, ...args], options);
  const kubectl = async (args: readonly string[], options?: RunOptions) =>
    (await service().succeed(path, ['-n', namespace, ...args], options)).stdout;

  before(async () => {
    await service().succeed(path, ['create', 'namespace', namespace]);
  });

  test('version and api-resources', async () => {
    const text = await kubectl(['version', '-o', 'json']);
    const { clientVersion, serverVersion } = JSON.parse(text) as Record<string, { major: string; minor: string; gitVersion: string }>;
    assert.equal(`${clientVersion?.major}.${clientVersion?.minor.replace('+', '')}`, version);
    assert.match(serverVersion?.gitVersion ?? '', /^v1\.\d+\.\d+$/);
    const resources = await kubectl(['api-resources', '--no-headers']);
    for (const line of [
      /^pods +po +v1 +true +Pod$/m,
      /^deployments +deploy +apps\/v1 +true +Deployment$/m,
      /^nodes +no +v1 +false +Node$/m,
    ]) {
      assert.match(resources, line);
    }
  });

  test('apply -f: create, then unchanged, then configured', async () => {
    const created = await kubectl(['apply', '-f', manifest('shop')]);
    assert.deepEqual(created.trimEnd().split('\n'), ['configmap/shop created', 'deployment.apps/shop created', 'service/shop created']);
    assert.match(await kubectl(['apply', '-f', manifest('shop')]), /^deployment\.apps\/shop unchanged$/m);
    const changed = (await kubectl(['get', 'configmap', 'shop', '-o', 'yaml'])).replace('open all day', 'open all night');
    assert.match(await kubectl(['apply', '-f', '-'], { input: changed }), /^configmap\/shop configured$/m);
    assert.equal(await kubectl(['get', 'configmap', 'shop', '-o', 'jsonpath={.data.motto}']), 'open all night');
  });

  test('apply -f: the Ingress and the NetworkPolicy of the AKS notes', async () => {
    assert.match(await kubectl(['apply', '-f', manifest('ingress')]), /ingress\.networking\.k8s\.io\/myapp-ingress created/);
    assert.match(await kubectl(['apply', '-f', manifest('network-policy')]), /networkpolicy\.networking\.k8s\.io\/backend-policy created/);
    const ingresses = await kubectl(['get', 'ingress']);
    assert.match(ingresses, /myapp-ingress +public +myapp\.com +80, 443/);
    assert.match(ingresses, /aspnetapp-ingress +traefik-internal +bu0001a0008-00\.aks-ingress\.contoso\.com +80, 443/);
    assert.match(await kubectl(['get', 'networkpolicy']), /backend-policy +app=backend/);
    assert.match(await kubectl(['describe', 'networkpolicy', 'backend-policy']), /PodSelector: app=frontend/);
  });

  test('a field that does not exist is refused by name', async () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'odd' }, dta: { a: 'b' } });
    const { code, stderr } = await attempt(['apply', '-f', '-'], { input: text });
    assert.equal(code, 1);
    assert.match(stderr, /unknown field "dta"/);
  });

  test('rollout status and wait', async () => {
    assert.match(await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=60s']), /deployment "shop" successfully rolled out/);
    assert.match(
      await kubectl(['wait', '--for=condition=Available', 'deployment/shop', '--timeout=60s']),
      /deployment\.apps\/shop condition met/,
    );
    assert.match(await kubectl(['wait', '--for=condition=Ready', 'pod', '-l', 'app=shop', '--timeout=60s']), /pod\/shop-\S+ condition met/);
  });

  test('get in its formats', async () => {
    assert.match(await kubectl(['get', 'deployment']), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nshop +2\/2 +2 +2 +\d+s$/m);
    assert.equal((await kubectl(['get', 'pods', '-o', 'name'])).match(/^pod\/shop-/gm)?.length, 2);
    assert.match(
      await kubectl(['get', 'pods', '-o', 'wide']),
      /shop-\S+ +1\/1 +Running +0 +\S+ +10\.244\.\d+\.\d+ +aks-nodepool1-\d{8}-vmss/,
    );
    const list = JSON.parse(await kubectl(['get', 'pods', '-o', 'json'])) as { items: { spec: { nodeName: string } }[] };
    assert.equal(list.items.length, 2);
    assert.match(await kubectl(['get', 'endpointslices']), /shop-\S+ +IPv4 +80 +10\.244/);
  });

  test('describe', async () => {
    const deployment = await kubectl(['describe', 'deployment', 'shop']);
    assert.match(deployment, /^Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$/m);
    assert.match(deployment, /Scaled up replica set shop-\S+ (from 0 )?to 2/);
    const [pod = ''] = (await kubectl(['get', 'pods', '-l', 'app=shop', '-o', 'name'])).split('\n');
    assert.match(await kubectl(['describe', pod]), /Successfully assigned \S+\/shop-\S+ to aks-nodepool1/);
    assert.match(await kubectl(['describe', 'node']), /^ +cpu +\d+m \(\d+%\)/m);
  });

  test('scale', async () => {
    assert.match(await kubectl(['scale', 'deployment/shop', '--replicas=4']), /deployment\.apps\/shop scaled/);
    await kubectl(['rollout', 'status', 'deployment/shop', '--timeout=60s']);
    assert.equal(await kubectl(['get', 'deployment', 'shop', '-o', 'jsonpath={.status.readyReplicas}']), '4');
  });

  test('edit', async () => {
    const same = await attempt(['edit', 'configmap', 'shop'], { env: { EDITOR: 'true' } });
    assert.equal(same.code, 0, same.stderr);
    assert.match(same.stdout + same.stderr, /Edit cancelled, no changes made/);
    const edited = await kubectl(['edit', 'configmap', 'shop'], { env: { EDITOR: "sed -i -e 's/night/week/'" } });
    assert.match(edited, /configmap\/shop edited/);
    assert.equal(await kubectl(['get', 'configmap', 'shop', '-o', 'jsonpath={.data.motto}']), 'open all week');
  });

  test('explain', async () => {
    const text = await kubectl(['explain', 'deployment.spec.replicas']);
    assert.match(text, /^KIND: +Deployment$/m);
    assert.match(text, /replicas <integer>/);
    assert.match(text, /Number of desired pods/);
  });

  test('a missing object is NotFound', async () => {
    const { code, stderr } = await attempt(['get', 'pod', 'nothere']);
    assert.equal(code, 1);
    assert.equal(stderr.trim(), 'Error from server (NotFound): pods "nothere" not found');
  });

  test('delete takes what it owned along', async () => {
    assert.match(await kubectl(['delete', '-f', manifest('shop')]), /deployment\.apps "shop" deleted/);
    await kubectl(['wait', '--for=delete', 'pod', '-l', 'app=shop', '--timeout=60s']);
    assert.equal(await kubectl(['get', 'replicasets,pods', '-o', 'name']), '');
    await service().succeed(path, ['delete', 'namespace', namespace, '--timeout=60s']);
    const { stderr } = await service().attempt(path, ['get', 'namespace', namespace]);
    assert.match(stderr, /NotFound/);
  });
}
