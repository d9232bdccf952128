import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, clusterBody, clusterPath } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const demo = clusterPath('rg', 'demo');
const BINDING = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/aks-cluster-admin-binding-aad';
const [A, B] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];

test('members of the admin groups of a cluster administer it', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster('rg', 'demo', clusterBody({ aadProfile: { managed: true, adminGroupObjectIDs: [A] } }));
  const { tenantID } = (await arm.get(demo)).properties.aadProfile;
  assert.match(tenantID, /^[0-9a-f-]{36}$/);
  const kube = await arm.kube();
  const groups = async () => (await kube.get(BINDING)).subjects.map(({ kind, name }: Json) => `${kind} ${name}`);
  assert.deepEqual(await groups(), [`Group ${A}`]);
  await arm.put(demo, clusterBody({ aadProfile: { managed: true, adminGroupObjectIDs: [A, B] } }));
  assert.deepEqual(await groups(), [`Group ${A}`, `Group ${B}`]);
  await arm.put(demo, clusterBody({ aadProfile: { managed: true, adminGroupObjectIDs: [] } }));
  assert.equal((await kube.call('GET', BINDING)).status, 404);
  kube.close();
});
