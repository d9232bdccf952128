import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../kernel/json.ts';
import { at } from '../merge.ts';
import { cloudMetadata } from '../metadata.ts';
import type { ResourceType, Route } from '../resource-type.ts';
import { ADMIN, inGroup, NOBODY, SUBSCRIPTION, TENANT, testEstate } from '../test-estate.ts';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const box: ResourceType = { name: 'Contoso.Test/boxes' };
const values = ({ body }: { body: JsonObject }): JsonObject[] => body['value'] as JsonObject[];

async function estate() {
  const made = testEstate([box]);
  await made.done('PUT', inGroup('rg'), { location: 'eastus2', tags: { env: 'test' } });
  return made;
}

test('tenants, subscriptions, locations', async () => {
  const { call } = await estate();
  assert.equal(values(await call('GET', '/tenants'))[0]?.['tenantId'], TENANT);
  const [subscription] = values(await call('GET', '/subscriptions'));
  assert.deepEqual(
    [subscription?.['subscriptionId'], subscription?.['state'], subscription?.['managedByTenants']],
    [SUBSCRIPTION, 'Enabled', []],
  );
  assert.deepEqual(values(await call('GET', '/subscriptions', undefined, { as: NOBODY })), [], 'those that the caller may read');
  assert.equal((await call('GET', SUB, undefined, { as: NOBODY })).status, 403);
  const locations = values(await call('GET', `${SUB}/locations`));
  const eastus2 = locations.find((location) => location['name'] === 'eastus2');
  assert.equal(eastus2?.['displayName'], 'East US 2');
  assert.equal((at(eastus2, 'availabilityZoneMappings') as unknown[]).length, 3);
  assert.equal(new Set(locations.map((location) => location['name'])).size, locations.length);
  for (const location of locations)
    for (const pair of at(location, 'metadata.pairedRegion') as JsonObject[])
      assert.ok(
        locations.some((other) => other['name'] === pair['name']),
        String(pair['name']),
      );
});

test('what is asked of a region that there is not is refused with those that there are', async () => {
  const sizes: Route = {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Contoso.Test/locations/{location}/sizes',
    permission: undefined,
    run: () => ({ status: 200, body: {} }),
  };
  const { call } = testEstate([box], { routes: [sizes] });
  const ask = (location: string) => call('GET', `${SUB}/providers/Contoso.Test/locations/${location}/sizes`);
  for (const location of ['eastus2', 'EastUS2', 'East%20US%202', 'global']) assert.equal((await ask(location)).status, 200, location);
  const refused = await ask('atlantis');
  assert.deepEqual([refused.status, at(refused.body, 'error.code')], [400, 'NoRegisteredProviderFound']);
  assert.match(String(at(refused.body, 'error.message')), /location 'atlantis' .* supported locations are '.*eastus2, /);
});

test('providers: listed with versions, registered and unregistered', async () => {
  const { call } = await estate();
  const state = async () => (await call('GET', `${SUB}/providers/contoso.test`)).body['registrationState'];
  assert.equal(await state(), 'Registered');
  await call('POST', `${SUB}/providers/Contoso.Test/unregister`);
  assert.equal(await state(), 'NotRegistered');
  const put = () => call('PUT', inGroup('rg', 'contoso.test/boxes/b'), { location: 'eastus2' });
  const refused = await put();
  assert.deepEqual([refused.status, at(refused.body, 'error.code')], [409, 'MissingSubscriptionRegistration']);
  assert.match(String(at(refused.body, 'error.message')), /not registered to use namespace 'Contoso\.Test'/);
  assert.equal((await call('PATCH', inGroup('rg'), { tags: { still: 'works' } })).status, 200);
  await call('POST', `${SUB}/providers/Contoso.Test/register`);
  assert.equal(await state(), 'Registered');
  assert.equal((await put()).status, 201);
  const resources = await call('GET', '/providers/Microsoft.Resources');
  const group = (resources.body['resourceTypes'] as JsonObject[]).find((type) => type['resourceType'] === 'subscriptions/resourceGroups');
  assert.ok((at(group, 'apiVersions') as string[]).includes('2024-11-01'));
  assert.equal((await call('GET', `${SUB}/providers/No.Such`)).status, 404);
  // azurerm compares the namespaces that it registers by case.
  const listed = new Set(values(await call('GET', `${SUB}/providers?api-version=2022-09-01`)).map((provider) => provider['namespace']));
  for (const name of ['microsoft.insights', 'Microsoft.MarketplaceOrdering', 'Microsoft.Media', 'Microsoft.TimeSeriesInsights'])
    assert.ok(listed.has(name), name);
});

test('lists of resources: filters, pages, and only what the caller may read', async () => {
  const { call } = await estate();
  for (const name of ['b1', 'b2', 'b3'])
    await call('PUT', inGroup('rg', `Contoso.Test/boxes/${name}`), { location: 'westeurope', tags: { n: name } });
  const names = async (query: string) => values(await call('GET', `${SUB}/resources?${query}`)).map((item) => item['name']);
  assert.deepEqual(await names("$filter=resourceType+eq+'contoso.test/BOXES'"), ['b1', 'b2', 'b3']);
  assert.deepEqual(await names("$filter=resourceGroup%20eq%20'RG'%20and%20name%20eq%20'b2'"), ['b2']);
  assert.deepEqual(await names("$filter=tagName eq 'n' and tagValue eq 'b3'"), ['b3']);
  assert.deepEqual(await names("$filter=substringof('2', name) or startswith(name,'b3')"), ['b2', 'b3']);
  assert.deepEqual(await names("$filter=name ne 'b1'"), ['b2', 'b3']);
  assert.equal((await call('GET', `${SUB}/resources?$filter=name%20eq`)).status, 400);
  const first = await call('GET', `${SUB}/resources?$top=2&$expand=provisioningState,createdTime`);
  assert.equal(values(first)[0]?.['provisioningState'], 'Succeeded');
  const next = new URL(String(first.body['nextLink']));
  assert.deepEqual(
    values(await call('GET', next.pathname + next.search)).map((item) => item['name']),
    ['b3'],
  );
  assert.deepEqual(values(await call('GET', `${SUB}/resources`, undefined, { as: NOBODY })), []);
});

test('tags as a resource', async () => {
  const { call } = await estate();
  const tags = `${inGroup('rg')}/providers/Microsoft.Resources/tags/default`;
  const patch = (operation: string, sent: JsonObject) => call('PATCH', tags, { operation, properties: { tags: sent } });
  assert.deepEqual(at((await call('GET', tags)).body, 'properties.tags'), { env: 'test' });
  assert.deepEqual(at((await patch('Merge', { a: '1' })).body, 'properties.tags'), { env: 'test', a: '1' });
  assert.deepEqual(at((await patch('Delete', { env: 'test' })).body, 'properties.tags'), { a: '1' });
  assert.deepEqual(at((await patch('Replace', { b: '2' })).body, 'properties.tags'), { b: '2' });
  assert.equal((await patch('Paint', {})).status, 400);
  assert.equal(at((await patch('Merge', { '<': 'x' })).body, 'error.code'), 'InvalidTagName');
  assert.deepEqual((await call('GET', inGroup('rg'))).body['tags'], { b: '2' });
});

test('roles: built in, custom, assigned', async () => {
  const { call } = await estate();
  const definitions = `${SUB}/providers/Microsoft.Authorization/roleDefinitions`;
  const [owner] = values(await call('GET', `${definitions}?$filter=roleName%20eq%20'owner'`));
  assert.equal(owner?.['name'], '8e3af657-a8ff-443c-a75c-2fe8c4bcb635');
  assert.equal((await call('GET', `${definitions}/${owner?.['name']}`)).status, 200);
  assert.equal(at((await call('DELETE', `${definitions}/${owner?.['name']}`)).body, 'error.code'), 'CannotUpdateOrDeleteBuiltInRole');
  const guid = '66666666-6666-4666-8666-666666666666';
  const properties = {
    roleName: 'Group Writer',
    assignableScopes: [SUB],
    permissions: [{ actions: ['Microsoft.Resources/subscriptions/resourceGroups/*'], notActions: ['*/delete'] }],
  };
  assert.equal((await call('PUT', `${definitions}/${guid}`, { properties })).status, 201);
  const twin = await call('PUT', `${definitions}/${guid.replaceAll('6', '7').replace(/-7777-4777-8/, '-7777-4777-8')}`, { properties });
  assert.equal(at(twin.body, 'error.code'), 'RoleDefinitionWithSameNameExists');
  const assignment = `${SUB}/providers/Microsoft.Authorization/roleAssignments/99999999-9999-4999-8999-999999999999`;
  const assign = (role: string) =>
    call('PUT', assignment, { properties: { roleDefinitionId: `${definitions}/${role}`, principalId: NOBODY.objectId } });
  assert.equal(at((await assign('00000000-0000-4000-8000-00000000dead')).body, 'error.code'), 'RoleDefinitionDoesNotExist');
  assert.equal((await assign(guid)).status, 201);
  assert.equal((await call('PUT', inGroup('theirs'), { location: 'eastus' }, { as: NOBODY })).status, 201);
  assert.equal((await call('DELETE', inGroup('theirs'), undefined, { as: NOBODY })).status, 403);
  assert.equal(at((await call('DELETE', `${definitions}/${guid}`)).body, 'error.code'), 'RoleDefinitionHasAssignments');
  const list = async (filter: string) =>
    values(await call('GET', `${inGroup('rg')}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`));
  assert.equal((await list(`principalId eq '${NOBODY.objectId}'`)).length, 1);
  assert.equal((await list(`assignedTo('${ADMIN.objectId}')`)).length, 1);
  assert.equal((await list('atScope()')).length, 2);
  const unknown = await call('PUT', assignment.replace(/9{12}$/, '000000000000'), {
    properties: { roleDefinitionId: owner?.['id'] ?? '', principalId: '77777777-7777-4777-8777-777777777777' },
  });
  assert.equal(at(unknown.body, 'error.code'), 'PrincipalNotFound');
  assert.equal((await call('DELETE', assignment)).status, 200);
  assert.equal(at((await call('GET', assignment)).body, 'error.code'), 'RoleAssignmentNotFound');
});

test('metadata: the public cloud through the proxy, ourselves at an endpoint, without a token', async () => {
  const { call, handler } = await estate();
  const body = (await call('GET', '//metadata/endpoints?api-version=2018-01-01', undefined, { as: null })).body;
  assert.equal(body['resourceManager'], 'https://management.azure.com/');
  assert.ok(Array.isArray(JSON.parse((await call('GET', '/metadata/endpoints?api-version=2019-05-01', undefined, { as: null })).text)));
  const request = {
    method: 'GET',
    origin: 'https://localhost:8443',
    host: 'localhost',
    path: '/metadata/endpoints',
    search: 'api-version=2022-09-01',
    headers: {},
    body: new Uint8Array(),
    via: 'endpoint',
    world: '',
    vantage: '',
    signal: new AbortController().signal,
  } as const;
  assert.equal(at(cloudMetadata(request), 'authentication.loginEndpoint'), 'https://localhost:8443/adfs');
  assert.equal((await handler(request)).status, 200);
});

test('request ids are echoed when asked for', async () => {
  const { call } = await estate();
  const { headers } = await call('GET', SUB, undefined, {
    headers: { 'x-ms-client-request-id': 'mine', 'x-ms-return-client-request-id': 'true' },
  });
  assert.equal(headers['x-ms-client-request-id'], 'mine');
  assert.match(headers['x-ms-request-id'] ?? '', /^[0-9a-f-]{36}$/);
});
