import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEntraPath } from './handler.ts';
import { TENANT_ID } from './seed.ts';
import { newTestbed } from './testbed.ts';

const endpoint = { origin: 'https://localhost:8443', host: 'localhost', via: 'endpoint' } as const;

test('v2 documents name the real tenant for every alias', async () => {
  const { get } = await newTestbed();
  for (const tenant of [TENANT_ID, 'common', 'organizations', 'slipway.onmicrosoft.com']) {
    const { status, body } = await get(`/${tenant}/v2.0/.well-known/openid-configuration`);
    assert.equal(status, 200);
    const base = `https://login.microsoftonline.com/${TENANT_ID}`;
    assert.equal(body.issuer, `${base}/v2.0`);
    assert.equal(body.token_endpoint, `${base}/oauth2/v2.0/token`);
    assert.equal(body.device_authorization_endpoint, `${base}/oauth2/v2.0/devicecode`);
    assert.equal(body.authorization_endpoint, `${base}/oauth2/v2.0/authorize`);
    assert.equal(body.jwks_uri, `${base}/discovery/v2.0/keys`);
  }
});

test('the v1 document has the v1 issuer and endpoints', async () => {
  const { get } = await newTestbed();
  const { body } = await get(`/${TENANT_ID}/.well-known/openid-configuration`);
  assert.equal(body.issuer, `https://sts.windows.net/${TENANT_ID}/`);
  assert.equal(body.token_endpoint, `https://login.microsoftonline.com/${TENANT_ID}/oauth2/token`);
});

test('below /adfs everything stays at the endpoint, and what the document names is served', async () => {
  const { get, post } = await newTestbed();
  const { body } = await get('/adfs/.well-known/openid-configuration', endpoint);
  for (const name of ['issuer', 'token_endpoint', 'jwks_uri', 'device_authorization_endpoint'])
    assert.ok(String(body[name]).startsWith('https://localhost:8443/adfs'), name);
  const keys = await get(new URL(String(body.jwks_uri)).pathname, endpoint);
  assert.equal((keys.body.keys as { kid: string }[])[0]?.kid, 'test');
  assert.equal(JSON.stringify(keys.body).includes('"d":'), false, 'no private part');
  assert.equal((await post(new URL(String(body.token_endpoint)).pathname, { grant_type: 'x' }, {})).body.error, 'unsupported_grant_type');
});

test('instance discovery knows the public cloud and the host asked', async () => {
  const { get } = await newTestbed();
  const cloud = await get('/common/discovery/instance?api-version=1.0&authorization_endpoint=x');
  assert.equal(
    cloud.body.tenant_discovery_endpoint,
    `https://login.microsoftonline.com/${TENANT_ID}/v2.0/.well-known/openid-configuration`,
  );
  const own = await get('/common/discovery/instance', endpoint);
  const [metadata] = own.body.metadata as { preferred_network: string; aliases: string[] }[];
  assert.equal(metadata?.preferred_network, 'localhost:8443');
  assert.ok(metadata?.aliases.includes('localhost:8443'));
});

test('user realm says that users sign in here', async () => {
  const { get } = await newTestbed();
  const { body } = await get('/common/userrealm/admin%40slipway.onmicrosoft.com?api-version=1.0');
  assert.deepEqual([body.account_type, body.domain_name], ['Managed', 'slipway.onmicrosoft.com']);
  assert.equal((await get('/common/userrealm/%zz')).status, 200, 'a malformed name is no crash');
});

test('what is not there says so in JSON', async () => {
  const { get, post } = await newTestbed();
  assert.equal((await get(`/${TENANT_ID}/nothing`)).status, 404);
  assert.equal((await get(`/${TENANT_ID}/oauth2/v2.0/authorize`)).status, 501);
  assert.equal((await get('/')).status, 404);
  assert.equal((await post('/not-a-tenant/oauth2/v2.0/token', {})).body.error, 'invalid_request');
});

test('the device page escapes what it shows and needs a password', async () => {
  const { get, post } = await newTestbed();
  assert.match(String((await get('/devicelogin')).body.text), /<form method="post">/);
  const answer = await post('/devicelogin', { user_code: 'X', username: '<script>', password: 'x', answer: 'allow' });
  assert.equal(answer.status, 400);
  assert.ok(!String(answer.body.text).includes('<script>'));
});

test('paths of the token service are told from others at a shared endpoint', () => {
  for (const path of [
    '/adfs/.well-known/openid-configuration',
    '/common/discovery/instance',
    `/${TENANT_ID}/oauth2/v2.0/token`,
    '/devicelogin',
    `//${TENANT_ID}/oauth2/token`,
  ])
    assert.ok(isEntraPath(path), path);
  for (const path of ['/subscriptions/x/providers/y', '/v1.0/me', '/metadata/endpoints', '/tenants', '/api/v1/pods'])
    assert.ok(!isEntraPath(path), path);
});
