import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { AUTOMATION_ID } from '../../src/entra/seed.ts';
import { Arm, clusterBody, clusterPath, groupPath, subscription } from './support/arm.ts';
import type { Json } from './support/http.ts';
import { Service } from './support/service.ts';

const OPERATOR = 'f1a07417-d97a-45cb-824c-7a7467783830';
const demo = clusterPath('rg', 'demo');
const identityPath = (name: string): string =>
  `${groupPath('rg')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?api-version=2024-11-30`;

interface Identities {
  readonly arm: Arm;
  readonly service: Service;
  readonly control: Json;
  readonly kubelet: Json;
}

async function start(t: TestContext): Promise<Identities> {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createGroup();
  const [control, kubelet] = [
    await arm.put(identityPath('control'), { location: 'eastus2' }),
    await arm.put(identityPath('Kubelet'), { location: 'eastus2' }),
  ];
  return { arm, service, control, kubelet };
}

const profileOf = ({ id, properties: { clientId, principalId } }: Json): Json => ({
  kubeletidentity: { resourceId: id, clientId, objectId: principalId },
});
const bodyOf = ({ control, kubelet }: Identities): Json => ({
  ...clusterBody({ identityProfile: profileOf(kubelet) }, { count: 1 }),
  identity: { type: 'UserAssigned', userAssignedIdentities: { [control.id]: {} } },
});
const grant = ({ arm, control, kubelet }: Identities): Promise<Json> =>
  arm.put(`${kubelet.id}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000a?api-version=2022-04-01`, {
    properties: {
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${OPERATOR}`,
      principalId: control.properties.principalId,
      principalType: 'ServicePrincipal',
    },
  });

test('kubelets have the identity that they are given, and it stays when the cluster goes', async (t) => {
  const all = await start(t);
  const { arm, service, kubelet } = all;
  await grant(all);
  const body = bodyOf(all);
  const first = await arm.put(demo, body);
  assert.deepEqual(first.properties.identityProfile, profileOf(kubelet), 'already in the 201');
  const shown = await arm.get(demo);
  assert.deepEqual(shown.properties.identityProfile, profileOf(kubelet));
  const nodes = `${subscription}/resourceGroups/${shown.properties.nodeResourceGroup}`;
  const [scaleSet] = await arm.list(`${nodes}/providers/Microsoft.Compute/virtualMachineScaleSets`);
  assert.deepEqual(Object.keys(scaleSet?.identity.userAssignedIdentities), [kubelet.id]);
  assert.deepEqual(await arm.list(`${nodes}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`), [], 'none is made');

  await arm.put(demo, { ...shown, tags: { team: 'a' } });
  assert.deepEqual((await arm.get(demo)).properties.identityProfile, profileOf(kubelet), 'what was read is put back');
  assert.deepEqual((await arm.get(identityPath('Kubelet'))).tags ?? {}, {}, 'tags of a cluster are not for the caller’s own');
  await arm.delete(demo);
  assert.equal((await arm.call('GET', identityPath('Kubelet'))).status, 200);
  assert.deepEqual([service.errors, service.failures()], [[], []]);
});

test('a given identity needs a cluster that may assign it', async (t) => {
  const all = await start(t);
  const { arm, kubelet } = all;
  const body = bodyOf(all);
  const refused = async (sent: Json): Promise<Json> => {
    const answer = await arm.call('PUT', demo, sent);
    assert.equal(answer.status, 400, answer.text);
    return answer.body.error;
  };
  const noRight = await refused(body);
  assert.equal(noRight.code, 'CustomKubeletIdentityMissingPermissionError');
  assert.ok(noRight.message.includes(kubelet.id), noRight.message);
  assert.equal(
    (await refused({ ...body, identity: { type: 'SystemAssigned' } })).code,
    'CustomKubeletIdentityOnlySupportedOnUserAssignedMSICluster',
  );
  const nobody = { kubeletidentity: { resourceId: `${kubelet.id}x` } };
  const absent = await arm.call('PUT', demo, { ...body, properties: { ...body.properties, identityProfile: nobody } });
  assert.equal(absent.status, 400, absent.text);
  await grant(all);
  await arm.put(demo, body);
});

test('a cluster with the identity that the service made is put back as read, and given another only by name', async (t) => {
  const all = await start(t);
  const { arm, kubelet } = all;
  await grant(all);
  const { identityProfile: _, ...properties } = bodyOf(all).properties;
  await arm.put(demo, { ...bodyOf(all), properties });
  const shown = await arm.get(demo);
  assert.match(shown.properties.identityProfile.kubeletidentity.resourceId, /\/MC_rg_demo_eastus2\/.*\/demo-agentpool$/);
  assert.notEqual(shown.properties.identityProfile.kubeletidentity.objectId, AUTOMATION_ID);
  await arm.put(demo, shown);
  const other = { ...shown, properties: { ...shown.properties, identityProfile: profileOf(kubelet) } };
  const answer = await arm.call('PUT', demo, other);
  assert.equal(answer.status, 501, answer.text);
  assert.equal(answer.body.error.code, 'NotImplemented');
  assert.deepEqual((await arm.get(demo)).properties.identityProfile, shown.properties.identityProfile);
});
