import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TENANT_ID } from '../../src/entra/seed.ts';
import { Arm, clusterBody, clusterPath, groupPath } from './support/arm.ts';
import { type Answer, send } from './support/http.ts';
import { Service } from './support/service.ts';

const AUDIENCE = 'api://AzureADTokenExchange';
const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const demo = clusterPath('rg', 'demo');
const identity = `${groupPath('rg')}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/workload`;
const IDENTITIES = '?api-version=2023-01-31';

/** A token of a service account, in exchange for one of an identity. */
const exchange = (service: Service, clientId: string, assertion: string): Promise<Answer> =>
  send(`https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`, {
    agent: service.proxied(),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: 'https://management.azure.com/.default',
    }).toString(),
  });

test('a service account of a cluster acts as the identity that trusts it, and no other does', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createCluster();
  const issuer: string = (await arm.get(demo)).properties.oidcIssuerProfile.issuerURL;
  const made = await arm.put(`${identity}${IDENTITIES}`, { location: 'eastus2' });
  const { clientId, principalId } = made.properties;
  const kube = await arm.kube();
  const tokenOf = async (account: string, audience = AUDIENCE): Promise<string> => {
    const path = `/api/v1/namespaces/default/serviceaccounts/${account}/token`;
    return (await kube.create(path, { spec: { audiences: [audience] } })).status.token;
  };
  await kube.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'other' } });
  const refused = async (assertion: string, code: number): Promise<void> => {
    const { status, body } = await exchange(service, clientId, assertion);
    assert.equal(status, 401, JSON.stringify(body));
    assert.deepEqual(body.error_codes, [code], body.error_description);
  };
  const good = await tokenOf('default');
  await refused(good, 700_211);
  await arm.put(`${identity}/federatedIdentityCredentials/pod${IDENTITIES}`, {
    properties: { issuer, subject: 'system:serviceaccount:default:default', audiences: [AUDIENCE] },
  });
  await refused(await tokenOf('other'), 700_213);
  await refused(await tokenOf('default', 'https://kubernetes.default.svc'), 700_212);
  await refused(`${good.slice(0, -9)}AAAAAAAAA`, 700_027);

  const answer = await exchange(service, clientId, good);
  assert.equal(answer.status, 200, answer.text);
  const ask = () =>
    send(`https://management.azure.com${groupPath('rg')}?api-version=2022-12-01`, {
      agent: service.proxied(),
      headers: { authorization: `Bearer ${answer.body.access_token}` },
    });
  assert.equal((await ask()).body.error.code, 'AuthorizationFailed', 'it has no role yet');
  await arm.put(`${groupPath('rg')}/providers/Microsoft.Authorization/roleAssignments/${principalId}?api-version=2022-04-01`, {
    properties: { roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${READER}`, principalId },
  });
  assert.equal((await ask()).status, 200);

  await arm.delete(`${identity}/federatedIdentityCredentials/pod${IDENTITIES}`);
  await refused(good, 700_211);
  kube.close();
});

test('an issuer that nobody can read is trusted by nobody', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createCluster('rg', 'demo', clusterBody({ oidcIssuerProfile: { enabled: false } }));
  const { clientId } = (await arm.put(`${identity}${IDENTITIES}`, { location: 'eastus2' })).properties;
  const kube = await arm.kube();
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const { token } = (await kube.create(path, { spec: { audiences: [AUDIENCE] } })).status;
  const { iss } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  await arm.put(`${identity}/federatedIdentityCredentials/pod${IDENTITIES}`, {
    properties: { issuer: iss, subject: 'system:serviceaccount:default:default', audiences: [AUDIENCE] },
  });
  const answer = await exchange(service, clientId, token);
  assert.deepEqual([answer.status, answer.body.error_codes], [401, [50_166]], answer.text);
  kube.close();
});
