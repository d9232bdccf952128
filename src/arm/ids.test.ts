import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupId, groupOf, idOf, parseId, sameId, scopesOf } from './ids.ts';

const segment = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,8}$/)
  .filter((text) => !['providers', 'subscriptions', 'resourcegroups'].includes(text.toLowerCase()));
const typeAndNames = fc
  .array(fc.tuple(segment, segment), { minLength: 1, maxLength: 3 })
  .chain((pairs) =>
    segment.map((namespace) => ({ type: [namespace, ...pairs.map(([type]) => type)].join('/'), names: pairs.map(([, name]) => name) })),
  );

test('ids are read as they were built', () => {
  fc.assert(
    fc.property(segment, segment, typeAndNames, (subscription, group, { type, names }) => {
      const id = idOf(groupId(subscription, group), type, ...names);
      const parsed = parseId(id) ?? assert.fail(id);
      assert.deepEqual([parsed.type, parsed.name, parsed.subscription, parsed.resourceGroup], [type, names.at(-1), subscription, group]);
      assert.equal(parsed.parent, names.length > 1 ? id.split('/').slice(0, -2).join('/') : groupId(subscription, group));
      assert.ok(sameId(parseId(`/${id.toUpperCase()}/`)?.id ?? '', id));
      assert.deepEqual(groupOf(id), { subscription, resourceGroup: group });
    }),
  );
});

test('an extension resource stands below what it extends', () => {
  const scope = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/x';
  const parsed = parseId(`${scope}/providers/Microsoft.Authorization/roleAssignments/1`);
  assert.deepEqual(
    [parsed?.type, parsed?.parent, parsed?.namespace],
    ['Microsoft.Authorization/roleAssignments', scope, 'Microsoft.Authorization'],
  );
  assert.equal(parseId('/providers/Microsoft.Authorization/roleDefinitions/1')?.parent, '');
});

test('scopes go up to the root', () => {
  assert.deepEqual(scopesOf('/subscriptions/S/resourceGroups/G/providers/N.N/t/a/u/b'), [
    '/subscriptions/s/resourcegroups/g/providers/n.n/t/a/u/b',
    '/subscriptions/s/resourcegroups/g/providers/n.n/t/a',
    '/subscriptions/s/resourcegroups/g',
    '/subscriptions/s',
    '/',
  ]);
});

test('what names no resource is none', () => {
  for (const text of [
    '',
    '/',
    '/subscriptions',
    '/subscriptions/s/resourceGroups',
    '/subscriptions/s/x/y',
    '/subscriptions/s/providers/N.N/t',
    'nonsense',
  ])
    assert.equal(parseId(text), undefined, text);
});
