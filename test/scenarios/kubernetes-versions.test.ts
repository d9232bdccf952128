import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, clusterBody, clusterPath } from './support/arm.ts';
import type { Kube } from './support/kube.ts';
import { Service } from './support/service.ts';

/** What distinguishes the releases: groups and resources that came, and fields. */
const SINCE: readonly (readonly [path: string, since: number])[] = [
  ['/apis/networking.k8s.io/v1/servicecidrs', 33],
  ['/apis/resource.k8s.io/v1/deviceclasses', 34],
  ['/apis/storage.k8s.io/v1/volumeattributesclasses', 34],
  ['/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies', 36],
];

const pod = (name: string) => ({
  metadata: { name, namespace: 'default' },
  spec: { hostnameOverride: 'other', containers: [{ name: 'c', image: 'nginx' }] },
});

async function assertServes(kube: Kube, minor: number): Promise<void> {
  const version = await kube.get('/version');
  assert.equal(version.minor, String(minor));
  assert.match(version.gitVersion, new RegExp(`^v1\\.${minor}\\.\\d+$`));
  assert.equal(version.emulationMinor, minor >= 34 ? String(minor) : undefined);
  const { groups } = await kube.get('/apis');
  const named = new Set(groups.map(({ name }: { name: string }) => name));
  const { paths } = await kube.get('/openapi/v3');
  const services = await kube.get('/apis/apiregistration.k8s.io/v1/apiservices');
  const available = services.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  for (const [path, since] of SINCE) {
    const { status } = await kube.call('GET', path);
    assert.equal(status, since <= minor ? 200 : 404, `${path} in 1.${minor}`);
  }
  assert.equal(named.has('resource.k8s.io'), minor >= 34);
  assert.equal('apis/resource.k8s.io/v1' in paths, minor >= 34);
  assert.equal(available.includes('v1.resource.k8s.io'), minor >= 34);
  // Fields that a release does not have are unknown to it.
  const strict = await kube.call('POST', '/api/v1/namespaces/default/pods?dryRun=All&fieldValidation=Strict', pod(`strict-${minor}`));
  assert.equal(strict.status, minor >= 34 ? 201 : 400, strict.text);
  if (minor < 34) assert.match(strict.body.message, /unknown field "spec.hostnameOverride"/);
  const { swagger } = { swagger: await kube.get('/openapi/v2') };
  assert.equal('hostnameOverride' in swagger.definitions['io.k8s.api.core.v1.PodSpec'].properties, minor >= 34);
  const deprecated = await kube.call('GET', '/api/v1/namespaces/default/endpoints');
  assert.match(String(deprecated.headers['warning']), /v1 Endpoints is deprecated in v1\.33\+/);
}

test('clusters of four releases side by side', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup('rg');
  for (const minor of [33, 34, 35, 36]) {
    const name = `c${minor}`;
    const plan = minor === 33 ? { supportPlan: 'AKSLongTermSupport' } : {};
    const body = { ...clusterBody({ kubernetesVersion: `1.${minor}`, dnsPrefix: name, ...plan }, { count: 1 }) };
    await arm.put(clusterPath('rg', name), minor === 33 ? { ...body, sku: { name: 'Base', tier: 'Premium' } } : body);
    const kube = await arm.kube('rg', name);
    t.after(() => kube.close());
    await assertServes(kube, minor);
  }
});

test('raising the version of the control plane changes what is served, and keeps what is stored', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createGroup('rg');
  const path = clusterPath('rg', 'demo');
  const body = {
    ...clusterBody({ kubernetesVersion: '1.33', supportPlan: 'AKSLongTermSupport' }, { count: 1 }),
    sku: { name: 'Base', tier: 'Premium' },
  };
  await arm.put(path, body);
  const kube = await arm.kube();
  t.after(() => kube.close());
  await kube.create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'kept' }, data: { a: 'b' } });
  const before = await kube.get('/api/v1/namespaces/default/configmaps/kept');
  await assertServes(kube, 33);
  for (const minor of [34, 35, 36]) {
    const watch = kube.call('GET', '/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=30');
    await arm.put(path, { ...body, properties: { ...body.properties, kubernetesVersion: `1.${minor}` } });
    // As a process that starts anew would: the watch ends, and what it saw is told.
    assert.match((await watch).text, /"type":"ADDED"/);
    await assertServes(kube, minor);
    assert.deepEqual(await kube.get('/api/v1/namespaces/default/configmaps/kept'), before);
  }
  // Versions are never lowered.
  const lower = await arm.call('PUT', path, { ...body, properties: { ...body.properties, kubernetesVersion: '1.34' } });
  assert.equal(lower.status, 400, lower.text);
});
