import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { APPLICATIONS, applicationByAppId, GROUPS, groupsOf, SERVICE_PRINCIPALS, type ServicePrincipal } from './directory.ts';
import { addManagedIdentity, createApplication } from './principals.ts';
import { ADMINISTRATOR_ID, ADMINISTRATOR_NAME, AUTOMATION_APP_ID, AUTOMATION_ID, TENANT_ID } from './seed.ts';
import { HOST_START_MS, newTestbed, newTokenKey, PASSWORD, request, SECRET, type Testbed } from './testbed.ts';

const AZ = '04b07795-8ddb-461a-bbee-02f9e1bf7b46';
const TOKEN = `/${TENANT_ID}/oauth2/v2.0/token`;
const ARM = 'https://management.core.windows.net/';
const client = { grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, client_secret: SECRET };
const claimsIn = (body: Record<string, unknown>): JWTPayload => decodeJwt(String(body.access_token));
const password = (scope: string) => ({ grant_type: 'password', client_id: AZ, username: ADMINISTRATOR_NAME, password: PASSWORD, scope });

test('client credentials as az sends them: the double slash gives an audience with a slash', async () => {
  const { post } = await newTestbed();
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['CP1'] } } });
  const { status, body } = await post(TOKEN, { ...client, scope: `${ARM}/.default`, client_info: '1', claims });
  assert.equal(status, 200);
  assert.deepEqual([body.token_type, body.expires_in, body.ext_expires_in, body.refresh_token], ['Bearer', 3599, 3599, undefined]);
  const token = claimsIn(body);
  assert.equal(token.aud, ARM);
  assert.equal(token.iss, `https://sts.windows.net/${TENANT_ID}/`);
  assert.deepEqual(
    [token.oid, token.sub, token.appid, token.idtyp, token.tid, token.ver],
    [AUTOMATION_ID, AUTOMATION_ID, AUTOMATION_APP_ID, 'app', TENANT_ID, '1.0'],
  );
  assert.deepEqual(token.xms_cc, ['CP1']);
  assert.equal(token.exp, HOST_START_MS / 1000 + 3600);
  assert.equal(decodeProtectedHeader(String(body.access_token)).kid, 'test');
});

for (const path of [
  TOKEN,
  '/organizations/oauth2/v2.0/token',
  '/slipway.onmicrosoft.com/oauth2/v2.0/token',
  '/adfs/oauth2/v2.0/token',
  `/adfs/${TENANT_ID}/oauth2/v2.0/token`,
  `//${TENANT_ID}/oauth2/v2.0/token`,
])
  test(`the token endpoint answers at ${path}`, async () => {
    const { post } = await newTestbed();
    assert.equal((await post(path, { ...client, scope: `${ARM}/.default` })).status, 200);
  });

test('audiences follow the scope; unknown resources are accepted', async () => {
  const { post } = await newTestbed();
  const cases = [
    ['6dae42f8-4368-4678-94ff-3960e28e3630/.default', '6dae42f8-4368-4678-94ff-3960e28e3630'],
    ['https://management.azure.com/.default', 'https://management.azure.com'],
    ['https://graph.microsoft.com//.default', 'https://graph.microsoft.com/'],
    ['api://never-heard-of/.default', 'api://never-heard-of'],
  ] as const;
  for (const [scope, audience] of cases) assert.equal(claimsIn((await post(TOKEN, { ...client, scope })).body).aud, audience);
});

test('v1: resource is the audience, numbers are text', async () => {
  const { post } = await newTestbed();
  const { status, body } = await post(`/${TENANT_ID}/oauth2/token`, { ...client, resource: ARM });
  assert.equal(status, 200);
  assert.equal(claimsIn(body).aud, ARM);
  assert.deepEqual([body.expires_in, body.expires_on, body.resource], ['3599', String(HOST_START_MS / 1000 + 3600), ARM]);
});

test('an application that asks for v2 tokens gets them', async () => {
  const { world, post } = await newTestbed();
  const { appId } = world.transact((tx) =>
    createApplication(tx, { displayName: 'api', identifierUris: ['api://mine'], requestedAccessTokenVersion: 2 }),
  );
  const token = claimsIn((await post(TOKEN, { ...client, scope: 'api://mine/.default' })).body);
  assert.deepEqual(
    [token.aud, token.ver, token.azp, token.iss],
    [appId, '2.0', AUTOMATION_APP_ID, `https://login.microsoftonline.com/${TENANT_ID}/v2.0`],
  );
});

test("refusals have Entra's shape and numbers", async () => {
  const { post, entra, world } = await newTestbed();
  world.transact((tx) => {
    const entry = tx.get<ServicePrincipal>(SERVICE_PRINCIPALS, AUTOMATION_ID);
    tx.put<ServicePrincipal>(SERVICE_PRINCIPALS, '51197a9e-1', {
      ...(entry?.value as ServicePrincipal),
      id: '51197a9e-1',
      appId: 'off',
      accountEnabled: false,
    });
  });
  const scope = 'x/.default';
  const cases: [Record<string, string>, number, string, number][] = [
    [{ ...client, scope, client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ ...client, scope, client_id: 'unknown' }, 400, 'unauthorized_client', 700016],
    [{ ...client, scope, client_id: 'off' }, 401, 'unauthorized_client', 7000112],
    [{ grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, scope }, 401, 'invalid_client', 7000218],
    [{ ...client }, 400, 'invalid_request', 900144],
    [{ client_id: 'x' }, 400, 'invalid_request', 900144],
    [{ grant_type: 'constructor' }, 400, 'unsupported_grant_type', 70003],
    [{ ...password(scope), password: 'wrong' }, 400, 'invalid_grant', 50126],
    [{ ...password(scope), username: 'nobody@x' }, 400, 'invalid_grant', 50034],
    [{ grant_type: 'refresh_token', client_id: AZ, refresh_token: 'x' }, 400, 'invalid_grant', 9002313],
  ];
  for (const [form, status, error, code] of cases) {
    const answer = await post(TOKEN, form, {});
    assert.deepEqual([answer.status, answer.body.error, answer.body.error_codes], [status, error, [code]], JSON.stringify(form));
    assert.match(
      String(answer.body.error_description),
      new RegExp(`^AADSTS${code}: .* Trace ID: \\S+ Correlation ID: \\S+ Timestamp: 2026-11-21 08:00:00Z$`),
    );
    for (const name of ['timestamp', 'trace_id', 'correlation_id']) assert.equal(typeof answer.body[name], 'string');
  }
  assert.equal((await post('/00000000-0000-0000-0000-000000000001/oauth2/v2.0/token', client)).body.error_codes?.toString(), '90002');
  assert.equal((await post(TOKEN, client, { headers: {} })).status, 400);
  const get = await entra(request('GET', TOKEN));
  assert.equal(get.status, 405);
});

test("a client secret expires by the world's clock", async () => {
  const { world, post } = await newTestbed();
  world.transact((tx) => {
    const application = applicationByAppId(tx, AUTOMATION_APP_ID);
    assert.ok(application);
    const [credential] = application.passwordCredentials;
    assert.ok(credential);
    tx.put(APPLICATIONS, application.id, { ...application, passwordCredentials: [{ ...credential, endDateTime: '2026-11-22T00:00:00Z' }] });
  });
  assert.equal((await post(TOKEN, { ...client, scope: 'x/.default' })).status, 200);
  world.advanceTo(HOST_START_MS + 86_400_000);
  assert.deepEqual((await post(TOKEN, { ...client, scope: 'x/.default' })).body.error_codes, [7000222]);
});

test('Basic authentication carries the client too', async () => {
  const { post } = await newTestbed();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${Buffer.from(`${AUTOMATION_APP_ID}:${SECRET}`).toString('base64')}`,
  };
  assert.equal((await post(TOKEN, { grant_type: 'client_credentials', scope: 'x/.default' }, { headers })).status, 200);
});

test('password: tokens for a user, with groups through groups and id token', async () => {
  const { world, post } = await newTestbed();
  world.transact((tx) => {
    const group = { displayName: 'g', mailNickname: 'g', securityEnabled: true, createdDateTime: tx.nowIso };
    tx.put(GROUPS, 'g1', { ...group, id: 'g1', members: [ADMINISTRATOR_ID] });
    tx.put(GROUPS, 'g2', { ...group, id: 'g2', members: ['g1', 'g3'] });
    tx.put(GROUPS, 'g3', { ...group, id: 'g3', members: ['g2'] });
    tx.put(GROUPS, 'other', { ...group, id: 'other', members: [] });
  });
  assert.deepEqual(groupsOf(world.reader, ADMINISTRATOR_ID).sort(), ['g1', 'g2', 'g3']);
  const { status, body } = await post(TOKEN, password(`${ARM}/.default offline_access openid profile`));
  assert.equal(status, 200);
  const token = claimsIn(body);
  assert.deepEqual(
    [token.idtyp, token.upn, token.unique_name, token.oid, token.scp],
    ['user', ADMINISTRATOR_NAME, ADMINISTRATOR_NAME, ADMINISTRATOR_ID, 'user_impersonation'],
  );
  // azurerm takes whoever has no "openid" in a token for Graph for a service principal.
  const graph = claimsIn((await post(TOKEN, password('https://graph.microsoft.com/.default openid'))).body);
  assert.ok(String(graph.scp).split(' ').includes('openid'), String(graph.scp));
  assert.deepEqual((token.groups as string[]).sort(), ['g1', 'g2', 'g3']);
  const id = decodeJwt(String(body.id_token));
  assert.deepEqual([id.aud, id.preferred_username, id.tid, id.oid], [AZ, ADMINISTRATOR_NAME, TENANT_ID, ADMINISTRATOR_ID]);
  assert.deepEqual(JSON.parse(Buffer.from(String(body.client_info), 'base64url').toString()), { uid: ADMINISTRATOR_ID, utid: TENANT_ID });
});

test('more than 200 groups become a link', async () => {
  const { world, post } = await newTestbed();
  world.transact((tx) => {
    for (let i = 0; i < 201; i++)
      tx.put(GROUPS, `g${i}`, {
        id: `g${i}`,
        displayName: 'g',
        mailNickname: 'g',
        securityEnabled: true,
        members: [AUTOMATION_ID],
        createdDateTime: '',
      });
  });
  const token = claimsIn((await post(TOKEN, { ...client, scope: 'x/.default' })).body);
  assert.equal(token.groups, undefined);
  assert.equal(token.hasgroups, true);
});

test('refresh tokens rotate, live on for a day once used, and expire', async () => {
  const { post, host, world } = await newTestbed();
  const first = (await post(TOKEN, password(`${ARM}/.default offline_access`))).body;
  const refresh = (token: unknown, more = {}) =>
    post(TOKEN, {
      grant_type: 'refresh_token',
      client_id: AZ,
      refresh_token: String(token),
      scope: 'https://graph.microsoft.com//.default',
      ...more,
    });
  const second = await refresh(first.refresh_token);
  assert.equal(second.status, 200);
  assert.notEqual(second.body.refresh_token, first.refresh_token);
  assert.equal(claimsIn(second.body).aud, 'https://graph.microsoft.com/');
  assert.equal((await refresh(first.refresh_token)).status, 200, 'another process of the same user still holds the first');
  assert.deepEqual((await refresh(first.refresh_token, { client_id: 'other' })).body.error_codes, [700005]);
  host.nowMs += 2 * 86_400_000;
  assert.deepEqual((await refresh(first.refresh_token)).body.error_codes, [700082]);
  assert.equal((await refresh(second.body.refresh_token)).status, 200);
  host.nowMs += 100 * 86_400_000;
  assert.deepEqual((await refresh(second.body.refresh_token)).body.error_codes, [700082]);
  const stored = JSON.stringify([...world.store.entries()].map(({ entry }) => [entry.key, entry.value]));
  assert.ok(!stored.includes(String(second.body.refresh_token).slice(10)), 'the store holds hashes alone');
});

test('expired sessions are swept as new ones come', async () => {
  const { post, host, world } = await newTestbed();
  for (let i = 0; i < 20; i++) await post(`/${TENANT_ID}/oauth2/v2.0/devicecode`, { client_id: AZ, scope: 'x/.default' });
  host.nowMs += 1_000_000;
  for (let i = 0; i < 10; i++) await post(`/${TENANT_ID}/oauth2/v2.0/devicecode`, { client_id: AZ, scope: 'x/.default' });
  assert.equal(world.reader.count('entra/devicecodes'), 10);
});

async function startDevice({ post }: Testbed): Promise<Record<string, unknown>> {
  const { status, body } = await post('/organizations/oauth2/v2.0/devicecode', {
    client_id: AZ,
    scope: `${ARM}/.default offline_access openid profile`,
  });
  assert.equal(status, 200);
  for (const name of ['user_code', 'device_code', 'verification_uri', 'message']) assert.equal(typeof body[name], 'string', name);
  assert.equal(body.expires_in, 900);
  return body;
}
const poll = ({ post }: Testbed, body: Record<string, unknown>, client_id = AZ) =>
  post(TOKEN, { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id, device_code: String(body.device_code) });

test('device code: pending until somebody confirms it with his password, then good once', async () => {
  const bed = await newTestbed();
  const started = await startDevice(bed);
  assert.deepEqual((await poll(bed, started)).body.error, 'authorization_pending');
  const fields = { user_code: String(started.user_code).toLowerCase(), username: ADMINISTRATOR_NAME, password: 'wrong', answer: 'allow' };
  assert.equal((await bed.post('/devicelogin', fields)).status, 400);
  assert.equal((await poll(bed, started)).status, 400);
  assert.equal((await bed.post('/devicelogin', { ...fields, password: PASSWORD })).status, 200);
  const { status, body } = await poll(bed, started);
  assert.equal(status, 200);
  assert.ok(body.refresh_token && body.id_token && body.client_info);
  assert.equal((await poll(bed, started)).body.error, 'bad_verification_code');
});

test('device code: declined, expired, or presented by another client', async () => {
  const bed = await newTestbed();
  const declined = await startDevice(bed);
  await bed.post('/devicelogin', {
    user_code: String(declined.user_code),
    username: ADMINISTRATOR_NAME,
    password: PASSWORD,
    answer: 'decline',
  });
  assert.equal((await poll(bed, declined)).body.error, 'authorization_declined');
  const expired = await startDevice(bed);
  assert.deepEqual((await poll(bed, expired, 'other')).body.error_codes, [700005]);
  bed.host.nowMs += 900_001;
  assert.equal((await poll(bed, expired)).body.error, 'expired_token');
});

test('device code: confirmed at once where that is set', async () => {
  const bed = await newTestbed({ autoConfirmDeviceCodes: true });
  const { status, body } = await poll(bed, await startDevice(bed));
  assert.equal(status, 200);
  assert.equal(claimsIn(body).oid, ADMINISTRATOR_ID);
});

test('federation: an assertion of another issuer is matched, then checked', async () => {
  const issuer = 'https://eastus2.oic.prod-aks.azure.com/t/1/';
  const foreign = await newTokenKey('cluster');
  const aud = 'api://AzureADTokenExchange';
  const credential = { id: 'f', name: 'f', issuer, subject: 'system:serviceaccount:ns:sa', audiences: [aud] };
  const { world, post, host } = await newTestbed({
    federatedCredentialsOf: (_, clientId) => (clientId === 'identity-client' ? [credential] : []),
    issuerKeys: (name) => (name === issuer ? { keys: [foreign.publicJwk] } : undefined),
  });
  world.transact((tx) =>
    addManagedIdentity(tx, { objectId: 'identity', clientId: 'identity-client', displayName: 'id', resourceId: '/r' }),
  );
  const nowSeconds = host.nowMs / 1000;
  const good = { iss: issuer, sub: credential.subject, aud, exp: nowSeconds + 600, iat: nowSeconds };
  const exchange = async (claims: JWTPayload, key = foreign) =>
    post(TOKEN, {
      ...{ grant_type: 'client_credentials', client_id: 'identity-client', scope: `${ARM}/.default` },
      ...{ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: await key.sign(claims) },
    });
  const { status, body } = await exchange(good);
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual([claimsIn(body).oid, claimsIn(body).xms_mirid], ['identity', '/r']);
  assert.deepEqual((await exchange({ ...good, iss: 'https://other/' })).body.error_codes, [700211]);
  assert.deepEqual((await exchange({ ...good, sub: 'system:serviceaccount:ns:other' })).body.error_codes, [700213]);
  assert.deepEqual((await exchange({ ...good, aud: 'else' })).body.error_codes, [700212]);
  assert.deepEqual((await exchange({ ...good, exp: nowSeconds - 600 })).body.error_codes, [700024]);
  assert.deepEqual((await exchange(good, await newTokenKey('cluster'))).body.error_codes, [700027], 'signed by somebody else');
});
