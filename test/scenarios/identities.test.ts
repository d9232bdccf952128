import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { parse } from 'yaml';
import { AUTOMATION_APP_ID, AUTOMATION_ID, TENANT_ID } from '../../src/entra/seed.ts';
import { Arm, clusterBody, clusterPath, subscription } from './support/arm.ts';
import { type Answer, type Json, send } from './support/http.ts';
import { Service } from './support/service.ts';

const AKS_SERVER_ID = '6dae42f8-4368-4678-94ff-3960e28e3630';
const RBAC_READER = '7f6c6a51-bcf8-42ba-9220-52d62157d7db';

async function start(t: TestContext): Promise<{ service: Service; arm: Arm }> {
  const service = await Service.start(t);
  return { service, arm: await Arm.login(service) };
}

const caOf = (kubeconfig: string): string =>
  Buffer.from(parse(kubeconfig).clusters[0].cluster['certificate-authority-data'], 'base64').toString();

async function tokenFor(service: Service, scope: string): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, scope };
  const answer = await send(`https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`, {
    agent: service.proxied(),
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...form, client_secret: service.installation.home.secret('automation-secret') }).toString(),
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.access_token;
}

test('an issuer that is asked for later has pages, and tokens of service accounts prove themselves by them', async (t) => {
  const { service, arm } = await start(t);
  const off = clusterBody({ oidcIssuerProfile: { enabled: false } }, { count: 1 });
  const made = await arm.createCluster('rg', 'demo', off);
  assert.equal(made.properties.oidcIssuerProfile.issuerURL, undefined);
  await arm.put(clusterPath('rg', 'demo'), clusterBody({ oidcIssuerProfile: { enabled: true } }, { count: 1 }));
  const issuer: string = (await arm.get(clusterPath('rg', 'demo'))).properties.oidcIssuerProfile.issuerURL;
  assert.match(issuer, new RegExp(`^https://eastus2\\.oic\\.prod-aks\\.azure\\.com/${TENANT_ID}/[-0-9a-f]{36}/$`));
  await arm.put(clusterPath('rg', 'demo'), clusterBody({ oidcIssuerProfile: { enabled: true } }, { count: 1 }));
  assert.equal((await arm.get(clusterPath('rg', 'demo'))).properties.oidcIssuerProfile.issuerURL, issuer, 'an issuer stays');

  const agent = service.proxied();
  const page = await send(`${issuer}.well-known/openid-configuration`, { agent });
  assert.equal(page.body.issuer, issuer);
  const keys = await send(page.body.jwks_uri, { agent });
  const kube = await arm.kube();
  const review = await kube.create('/api/v1/namespaces/default/serviceaccounts/default/token', {
    spec: { audiences: ['api://federated'] },
  });
  const { payload } = await jwtVerify(review.status.token, createLocalJWKSet(keys.body), { issuer, audience: 'api://federated' });
  assert.equal(payload.sub, 'system:serviceaccount:default:default');

  for (const path of ['', 'openid', '.well-known/other', 'openid/v1/jwks/x'])
    assert.equal((await send(`${issuer}${path}`, { agent })).status, 404, path);
  assert.equal((await send(`${new URL(issuer).origin}/${TENANT_ID}/nobody/openid/v1/jwks`, { agent })).status, 404);
  kube.close();
  assert.deepEqual([service.errors, service.failures()], [[], []]);
});

test('with Azure RBAC a role reaches as far as its scope, and its verbs', async (t) => {
  const { service, arm } = await start(t);
  const path = clusterPath('rg', 'demo');
  await arm.createCluster('rg', 'demo', clusterBody({ aadProfile: { managed: true, enableAzureRBAC: true } }, { count: 1 }));
  const admin = await arm.kube();
  await admin.create('/api/v1/namespaces', { metadata: { name: 'dev' } });
  const authorization = `Bearer ${await tokenFor(service, `${AKS_SERVER_ID}/.default`)}`;
  const agent = service.proxied('default', { ca: caOf(await arm.kubeconfig()) });
  const { fqdn } = (await arm.get(path)).properties;
  const ask = (method: string, target: string, body?: unknown): Promise<Answer> =>
    send(`https://${fqdn}${target}`, { agent, method, headers: { authorization }, ...(body !== undefined && { body }) });
  const reads = async (): Promise<Json> =>
    Promise.all(['dev', 'default'].map(async (namespace) => (await ask('GET', `/api/v1/namespaces/${namespace}/pods`)).status));

  // Who shows a certificate as well is whom the certificate names.
  const both = await admin.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, { authorization });
  assert.equal(both.body.status.userInfo.username, 'masterclient');
  const alone = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {});
  assert.equal(alone.body.status.userInfo.uid, AUTOMATION_ID);

  assert.deepEqual(await reads(), [403, 403]);
  const roleDefinitionId = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${RBAC_READER}`;
  const name = '00000000-0000-4000-8000-00000000000a';
  const assignment = `${path}/namespaces/dev/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
  const answer = await arm.call('PUT', assignment, { properties: { roleDefinitionId, principalId: AUTOMATION_ID } });
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(await reads(), [200, 403]);
  assert.equal((await ask('POST', '/api/v1/namespaces/dev/configmaps', { metadata: { name: 'm' } })).status, 403);
  assert.equal((await ask('GET', '/api/v1/namespaces/dev/secrets')).status, 403);
  assert.equal((await arm.call('DELETE', assignment)).status, 200);
  assert.deepEqual(await reads(), [403, 403]);
  admin.close();
});

test('ARM tells what is wrong with a token, and where to get a right one', async (t) => {
  const { service } = await start(t);
  const agent = service.proxied();
  const ask = (headers: Record<string, string>): Promise<Answer> =>
    send(`https://management.azure.com${subscription}?api-version=2022-12-01`, { agent, headers });
  const right = await tokenFor(service, 'https://management.azure.com/.default');
  assert.equal((await ask({ authorization: `Bearer ${right}` })).status, 200);
  const [head = '', claims = '', signature = ''] = right.split('.');
  const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url').toString()), oid: 'x' })).toString(
    'base64url',
  );
  const wrong: readonly (readonly [token: string, message: RegExp])[] = [
    ['nonsense', /invalid/i],
    [`${head}.${forged}.${signature}`, /Signature validation failed/],
    [await tokenFor(service, 'https://graph.microsoft.com/.default'), /wrong audience/],
    [await tokenFor(service, `${AKS_SERVER_ID}/.default`), /wrong audience/],
  ];
  for (const [token, message] of wrong) {
    const answer = await ask({ authorization: `Bearer ${token}` });
    assert.equal(answer.status, 401);
    assert.match(answer.body.error.code, /^InvalidAuthenticationToken(Audience)?$/);
    assert.match(answer.body.error.message, message);
    assert.match(String(answer.headers['www-authenticate']), new RegExp(`https://login\\.microsoftonline\\.com/${TENANT_ID}`));
  }
  assert.equal((await ask({})).body.error.code, 'AuthenticationFailed');
});
