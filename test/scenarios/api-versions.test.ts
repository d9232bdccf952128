import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, clusterBody, clusterPath } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const demo = clusterPath('rg', 'demo');

test('each api-version sees its own part of one cluster, and takes nothing from the others', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  const body = clusterBody({ networkProfile: { outboundType: 'LoadBalancer' }, ownIdea: { kept: true } });
  await arm.createCluster('rg', 'demo', body);
  const at = async (version: string): Promise<Json> => (await arm.get(`${demo}?api-version=${version}`)).properties;

  const newest = await at('2026-04-01');
  assert.equal(newest.networkProfile.outboundType, 'loadBalancer', 'in its canonical casing');
  assert.equal(newest.nodeProvisioningProfile.mode, 'Manual');
  const oldest = await at('2019-08-01');
  assert.equal(oldest.nodeProvisioningProfile, undefined);
  assert.equal(oldest.networkProfile.networkDataplane, undefined);
  assert.deepEqual(oldest.ownIdea, { kept: true }, 'what a client sent comes back');
  assert.equal((await arm.get(`${demo}?api-version=2019-08-01`)).properties.agentPoolProfiles[0].upgradeSettings.maxUnavailable, undefined);

  const old = await arm.call('PUT', `${demo}?api-version=2022-04-01`, { location: 'eastus2', properties: { ...oldest } });
  assert.equal(old.status, 200, old.text);
  await arm.finish(old);
  const after = await at('2026-04-01');
  assert.deepEqual({ ...after, agentPoolProfiles: [] }, { ...newest, agentPoolProfiles: [] });

  const wrong = await arm.call('PUT', demo, clusterBody({ enableRBAC: 'yes' }));
  assert.equal(wrong.status, 400);
  assert.equal(wrong.body.error.code, 'UnmarshalError');
  assert.match(wrong.body.error.message, /cannot unmarshal string into Go struct field properties\.enableRBAC of type bool/);
  const unknown = await arm.call('PUT', demo, clusterBody({ networkProfile: { outboundType: 'pigeon' } }));
  assert.equal(unknown.body.error.code, 'InvalidParameter');
  assert.match(unknown.body.error.message, /'pigeon' is not one of the allowed values/);
  assert.equal((await arm.call('GET', `${demo}?api-version=soon`)).body.error.code, 'InvalidApiVersionParameter');
});

test('there are no maintenance configurations, and none can be made', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  for (const name of ['default', 'aksManagedAutoUpgradeSchedule', 'aksManagedNodeOSUpgradeSchedule']) {
    const answer = await arm.call('GET', `${demo}/maintenanceConfigurations/${name}`);
    assert.equal(answer.status, 404);
    assert.equal(answer.body.error.code, 'ResourceNotFound');
  }
  assert.equal((await arm.call('PUT', `${demo}/maintenanceConfigurations/default`, { properties: {} })).status, 501);
});
