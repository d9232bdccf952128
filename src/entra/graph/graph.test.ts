import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeJwt } from 'jose';
import { ADMINISTRATOR_ID, ADMINISTRATOR_NAME, AUTOMATION_APP_ID, AUTOMATION_ID, TENANT_ID } from '../seed.ts';
import { newTestbed, PASSWORD, parsed, request, SECRET, type Testbed } from '../testbed.ts';

type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
type Objects = { id: string; [name: string]: unknown }[];

async function tokenFor({ post }: Testbed, form: Record<string, string>): Promise<string> {
  const { body } = await post(`/${TENANT_ID}/oauth2/v2.0/token`, { scope: 'https://graph.microsoft.com/.default', ...form });
  return String(body.access_token);
}
const asAutomation = { grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, client_secret: SECRET };
const asAdministrator = { grant_type: 'password', client_id: 'az', username: ADMINISTRATOR_NAME, password: PASSWORD };

async function callAs(bed: Testbed, form: Record<string, string>): Promise<Call> {
  const authorization = `Bearer ${await tokenFor(bed, form)}`;
  const origin = {
    origin: 'https://graph.microsoft.com',
    host: 'graph.microsoft.com',
    headers: { authorization, 'content-type': 'application/json' },
  };
  return async (method, path, body) =>
    parsed(
      await bed.graph(
        request(method, `/v1.0/${path}`, { ...origin, ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }) }),
      ),
    );
}
const filter = (path: string, text: string): string => `${path}?$filter=${encodeURIComponent(text)}`;

test('who am I: a user, not an application', async () => {
  const bed = await newTestbed();
  const { status, body } = await (await callAs(bed, asAdministrator))('GET', 'me');
  assert.deepEqual([status, body.id, body.userPrincipalName], [200, ADMINISTRATOR_ID, ADMINISTRATOR_NAME]);
  assert.ok(!JSON.stringify(body).includes('Hash'));
  assert.equal((await (await callAs(bed, asAutomation))('GET', 'me')).status, 400);
});

test('a token for another audience, or none, is refused', async () => {
  const bed = await newTestbed();
  const call = await callAs(bed, { ...asAutomation, scope: 'https://management.azure.com//.default' });
  const { status, body } = await call('GET', 'users');
  assert.equal(status, 401);
  assert.equal((body.error as { code: string }).code, 'InvalidAuthenticationToken');
  assert.equal(parsed(await bed.graph(request('GET', '/v1.0/users'))).status, 401);
});

test('az ad sp create-for-rbac: application, secret, service principal, sign-in, deletion', async () => {
  const bed = await newTestbed();
  const call = await callAs(bed, asAdministrator);
  const created = await call('POST', 'applications', { displayName: 'azure-cli-demo', keyCredentials: [] });
  assert.equal(created.status, 201);
  const { id, appId } = created.body as { id: string; appId: string };
  const password = await call('POST', `applications/${id}/addPassword`, {
    passwordCredential: { displayName: 'rbac', endDateTime: '2027-11-21T08:00:00Z' },
  });
  assert.equal(password.status, 200);
  assert.ok(password.body.secretText && password.body.keyId && !('secretHash' in password.body));
  const byName = filter('servicePrincipals', `servicePrincipalNames/any(c:c eq '${appId}')`);
  assert.deepEqual((await call('GET', byName)).body.value, []);
  const principal = await call('POST', 'servicePrincipals', { appId, accountEnabled: true });
  assert.equal(principal.status, 201);
  assert.equal(((await call('GET', byName)).body.value as Objects)[0]?.id, principal.body.id);
  assert.equal((await call('POST', 'servicePrincipals', { appId })).status, 409);
  const own = { grant_type: 'client_credentials', client_id: appId, client_secret: String(password.body.secretText) };
  assert.equal(decodeJwt(await tokenFor(bed, own)).oid, principal.body.id);
  const shown = await call('GET', `applications/${id}`);
  assert.equal((shown.body.passwordCredentials as { secretText: null }[])[0]?.secretText, null);
  assert.equal((await call('GET', `applications(appId='${appId}')`)).body.id, id);
  assert.equal((await call('POST', `applications/${id}/removePassword`, { keyId: password.body.keyId })).status, 204);
  assert.equal((await bed.post(`/${TENANT_ID}/oauth2/v2.0/token`, { ...own, scope: 'x/.default' })).body.error, 'invalid_client');
  assert.equal((await call('DELETE', `applications/${id}`)).status, 204);
  assert.deepEqual((await call('GET', byName)).body.value, []);
  assert.equal((await call('GET', `applications/${id}`)).status, 404);
});

test('only administrators write', async () => {
  const bed = await newTestbed();
  const administrator = await callAs(bed, asAdministrator);
  const user = {
    userPrincipalName: 'dev@slipway.onmicrosoft.com',
    displayName: 'Dev',
    mailNickname: 'dev',
    passwordProfile: { password: 'pw' },
  };
  assert.equal((await administrator('POST', 'users', user)).status, 201);
  assert.equal((await administrator('POST', 'users', user)).status, 400);
  const dev = await callAs(bed, { ...asAdministrator, username: user.userPrincipalName, password: 'pw' });
  assert.equal((await dev('GET', 'users')).status, 200);
  const refused = await dev('POST', 'groups', { displayName: 'g', mailNickname: 'g' });
  assert.deepEqual([refused.status, (refused.body.error as { code: string }).code], [403, 'Authorization_RequestDenied']);
  assert.equal((await administrator('PATCH', 'users/dev@slipway.onmicrosoft.com', { accountEnabled: false })).status, 204);
  const { body } = await bed.post(`/${TENANT_ID}/oauth2/v2.0/token`, {
    ...asAdministrator,
    username: user.userPrincipalName,
    password: 'pw',
    scope: 'x/.default',
  });
  assert.deepEqual(body.error_codes, [50057]);
  assert.equal((await administrator('DELETE', 'users/dev@slipway.onmicrosoft.com')).status, 204);
  assert.equal((await administrator('DELETE', `users/${ADMINISTRATOR_ID}`)).status, 403);
});

test('groups: members, nesting, memberships, removal', async () => {
  const call = await callAs(await newTestbed(), asAutomation);
  const make = async (name: string): Promise<string> =>
    String((await call('POST', 'groups', { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true })).body.id);
  const [inner, outer] = [await make('inner'), await make('outer')];
  const link = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
  assert.equal((await call('POST', `groups/${inner}/members/$ref`, link(ADMINISTRATOR_ID))).status, 204);
  assert.equal((await call('POST', `groups/${inner}/members/$ref`, link(ADMINISTRATOR_ID))).status, 400);
  assert.equal((await call('POST', `groups/${outer}/members/$ref`, link(inner))).status, 204);
  assert.equal((await call('POST', `groups/${outer}/members/$ref`, link('nobody'))).status, 404);
  const [member] = (await call('GET', `groups/${inner}/members`)).body.value as Objects;
  assert.deepEqual([member?.id, member?.['@odata.type']], [ADMINISTRATOR_ID, '#microsoft.graph.user']);
  assert.deepEqual(
    ((await call('GET', `groups/${outer}/transitiveMembers`)).body.value as Objects).map(({ id }) => id).sort(),
    [inner, ADMINISTRATOR_ID].sort(),
  );
  assert.deepEqual((await call('POST', `users/${ADMINISTRATOR_ID}/getMemberGroups`, { securityEnabledOnly: true })).body.value, [
    inner,
    outer,
  ]);
  const asked = { groupIds: [outer, '00000000-0000-4000-8000-000000000000'] };
  assert.deepEqual((await call('POST', 'users/admin@slipway.onmicrosoft.com/checkMemberGroups', asked)).body.value, [outer]);
  assert.equal(((await call('GET', filter('groups', "displayName eq 'INNER'"))).body.value as Objects)[0]?.id, inner);
  assert.equal((await call('DELETE', `groups/${inner}/members/${ADMINISTRATOR_ID}/$ref`)).status, 204);
  assert.equal((await call('DELETE', `groups/${inner}`)).status, 204);
  assert.deepEqual((await call('GET', `groups/${outer}/members`)).body.value, [], 'a deleted group is a member of nothing');
});

test('getByIds gives objects of the wanted types, leaving out what does not exist', async () => {
  const call = await callAs(await newTestbed(), asAutomation);
  const ids = [ADMINISTRATOR_ID, AUTOMATION_ID, 'nobody'];
  const all = (
    await call('POST', 'directoryObjects/getByIds', {
      ids,
      types: ['user', 'group', 'servicePrincipal', 'directoryObjectPartnerReference'],
    })
  ).body.value as Objects;
  assert.deepEqual(
    all.map((object) => object['@odata.type']),
    ['#microsoft.graph.user', '#microsoft.graph.servicePrincipal'],
  );
  const users = (await call('POST', 'directoryObjects/getByIds', { ids, types: ['user'] })).body.value as Objects;
  assert.deepEqual(
    users.map(({ id }) => id),
    [ADMINISTRATOR_ID],
  );
});

test('federated credentials of an application: unique, limited in number', async () => {
  const call = await callAs(await newTestbed(), asAutomation);
  const { id } = (await call('POST', 'applications', { displayName: 'wi' })).body;
  const path = `applications/${id}/federatedIdentityCredentials`;
  const credential = (n: number) => ({ name: `f${n}`, issuer: 'https://i/', subject: `s${n}`, audiences: ['api://AzureADTokenExchange'] });
  for (let n = 0; n < 20; n++) assert.equal((await call('POST', path, credential(n))).status, 201);
  assert.equal((await call('POST', path, credential(20))).status, 400);
  assert.equal((await call('DELETE', `${path}/f0`)).status, 204);
  assert.equal((await call('POST', path, { ...credential(21), subject: 's1' })).status, 409);
  assert.equal(((await call('GET', path)).body.value as Objects).length, 19);
});

test('paging, selection and count', async () => {
  const call = await callAs(await newTestbed(), asAutomation);
  for (let n = 0; n < 5; n++) await call('POST', 'groups', { displayName: `g${n}`, mailNickname: 'g' });
  const first = await call('GET', 'groups?$top=2&$count=true&$select=displayName');
  assert.equal(first.body['@odata.count'], 5);
  const names = new Set<unknown>();
  for (let next: string | undefined = '/v1.0/groups?$top=2&$select=displayName'; next; ) {
    const page: Awaited<ReturnType<Call>> = await call('GET', next.slice(next.indexOf('/v1.0/') + 6));
    for (const group of page.body.value as Objects) {
      assert.deepEqual(Object.keys(group).sort(), ['displayName', 'id']);
      names.add(group.displayName);
    }
    next = page.body['@odata.nextLink'] as string | undefined;
  }
  assert.equal(names.size, 5);
});

test("bad requests and unknown paths answer in Graph's shape", async () => {
  const bed = await newTestbed();
  const call = await callAs(bed, asAutomation);
  const cases: [string, string, unknown, number][] = [
    ['GET', 'sites', undefined, 400],
    ['GET', 'users/x/messages', undefined, 501],
    ['PUT', 'users', {}, 501],
    ['GET', 'users/nobody', undefined, 404],
    ['GET', filter('users', 'x gt 1'), undefined, 400],
    ['POST', 'groups', [], 400],
    ['POST', 'groups', { displayName: 1 }, 400],
    ['GET', 'users/%zz', undefined, 400],
    ['GET', 'constructor', undefined, 400],
  ];
  for (const [method, path, body, status] of cases) {
    const answer = await call(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}`);
    const { code, message, innerError } = answer.body.error as Record<string, unknown>;
    assert.ok(code && message && innerError);
  }
});
