import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '../../kernel/json.ts';
import { at } from '../merge.ts';
import type { ResourceType } from '../resource-type.ts';
import { GROUP, inGroup, NOBODY, SUBSCRIPTION, testEstate } from '../test-estate.ts';

const SUB = `/subscriptions/${SUBSCRIPTION}`;
const box: ResourceType = {
  name: 'Contoso.Test/boxes',
  location: 'optional',
  actions: [{ method: 'POST', path: 'open', permission: 'Contoso.Test/boxes/open/action', run: () => ({ status: 200, body: {} }) }],
};
const lid: ResourceType = { name: 'Contoso.Test/boxes/lids' };

/** Places where a role can be assigned, each within the one before. */
const SCOPES = [SUB, inGroup('rg'), inGroup('rg', 'Contoso.Test/boxes/b'), inGroup('rg', 'Contoso.Test/boxes/b/lids/l')] as const;
const OTHERS = [inGroup('rg2'), inGroup('rg', 'Contoso.Test/boxes/b2')] as const;

const PATTERNS = [
  '*',
  '*/read',
  'Contoso.Test/*',
  'contoso.test/boxes/read',
  'Contoso.Test/boxes/*/action',
  'Contoso.Test/boxes/lids/*',
  '*/delete',
];
interface Role {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}
const role: fc.Arbitrary<Role> = fc.record({
  actions: fc.uniqueArray(fc.constantFrom(...PATTERNS), { maxLength: 2 }),
  notActions: fc.uniqueArray(fc.constantFrom(...PATTERNS.slice(1)), { maxLength: 1 }),
});
const grant = fc.record({
  role,
  scope: fc.constantFrom(...SCOPES, ...OTHERS),
  principal: fc.constantFrom(NOBODY.objectId, GROUP),
});

const fits = (pattern: string, action: string): boolean => new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
/** notActions take away from their own role alone: what another role grants stays granted. */
const allows = (grants: readonly { readonly role: Role; readonly scope: string }[], action: string, scope: string): boolean =>
  grants.some(
    ({ role: { actions, notActions }, scope: where }) =>
      (scope === where || scope.startsWith(`${where}/`)) &&
      actions.some((pattern) => fits(pattern, action)) &&
      !notActions.some((pattern) => fits(pattern, action)),
  );

const guid = (n: number): string => `44444444-4444-4444-8444-${String(n).padStart(12, '0')}`;

test('who may do what where is decided by roles, their scopes and what they leave out', async () => {
  const [, group, box1, lid1] = SCOPES;
  const requests: readonly (readonly [method: string, path: string, action: string, scope: string])[] = [
    ['GET', group, 'Microsoft.Resources/subscriptions/resourceGroups/read', group],
    ['GET', box1, 'Contoso.Test/boxes/read', box1],
    ['GET', lid1, 'Contoso.Test/boxes/lids/read', lid1],
    ['GET', `${box1}/lids`, 'Contoso.Test/boxes/lids/read', box1],
    ['POST', `${box1}/open`, 'Contoso.Test/boxes/open/action', box1],
    ['PUT', lid1, 'Contoso.Test/boxes/lids/write', lid1],
    ['GET', inGroup('rg', 'Contoso.Test/boxes/b2'), 'Contoso.Test/boxes/read', inGroup('rg', 'Contoso.Test/boxes/b2')],
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(grant, { maxLength: 4 }), async (grants) => {
      const { call, done } = testEstate([box, lid]);
      for (const name of ['rg', 'rg2']) await done('PUT', inGroup(name), { location: 'eastus2' });
      for (const id of [box1, lid1, inGroup('rg', 'Contoso.Test/boxes/b2')]) assert.equal((await done('PUT', id, {})).status, 201);
      for (const [i, { role: permissions, scope, principal }] of grants.entries()) {
        const definition = `${SUB}/providers/Microsoft.Authorization/roleDefinitions/${guid(i)}`;
        const properties = { roleName: `Role ${i}`, assignableScopes: [SUB], permissions: [permissions as unknown as JsonObject] };
        assert.equal((await call('PUT', definition, { properties })).status, 201);
        const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid(i)}`;
        const made = await call('PUT', assignment, { properties: { roleDefinitionId: definition, principalId: principal } });
        assert.equal(made.status, 201, made.text);
      }
      for (const [method, path, action, scope] of requests) {
        const { status, body } = await call(method, path, method === 'PUT' ? {} : undefined, { as: NOBODY });
        const what = `${method} ${path} with ${JSON.stringify(grants)}: ${status}`;
        if (allows(grants, action, scope)) assert.ok(status < 300, what);
        else {
          assert.deepEqual([status, at(body, 'error.code')], [403, 'AuthorizationFailed'], what);
          assert.ok(
            String(at(body, 'error.message')).includes(`perform action '${action}' over scope '${scope}'`),
            String(at(body, 'error.message')),
          );
        }
      }
    }),
    { numRuns: 120 },
  );
});

test('a role that is taken away no longer grants, and one on a group goes with the group', async () => {
  const { call, done } = testEstate([box, lid]);
  const reader = `${SUB}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`;
  await done('PUT', inGroup('rg'), { location: 'eastus2' });
  const assignment = `${inGroup('rg')}/providers/Microsoft.Authorization/roleAssignments/${guid(1)}`;
  const assign = () => call('PUT', assignment, { properties: { roleDefinitionId: reader, principalId: GROUP } });
  const status = async () => (await call('GET', inGroup('rg'), undefined, { as: NOBODY })).status;
  assert.equal(await status(), 403);
  assert.equal((await assign()).status, 201);
  assert.equal(await status(), 200);
  assert.equal((await call('DELETE', assignment, undefined, { as: NOBODY })).status, 403, 'readers take nothing away');
  assert.equal((await call('DELETE', assignment)).status, 200);
  assert.equal((await call('DELETE', assignment)).status, 204);
  assert.equal(await status(), 403);
  assert.equal((await assign()).status, 201);
  await done('DELETE', inGroup('rg'));
  await done('PUT', inGroup('rg'), { location: 'eastus2' });
  assert.equal(await status(), 403, 'the new group of that name is another one');
  assert.equal((await call('GET', assignment)).status, 404);
});
