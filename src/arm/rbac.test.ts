import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BUILT_IN_ROLES } from './authorization/built-in-roles.ts';
import { covers, matches } from './rbac.ts';

test('patterns match as their regular expression would', () => {
  const text = (letters: string) => fc.string({ unit: fc.constantFrom(...letters), maxLength: 8 });
  fc.assert(
    fc.property(text('ab/*'), text('aB/'), (pattern, action) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
      assert.equal(matches(pattern, action), expected, `${pattern} on ${action}`);
    }),
    { numRuns: 1_000 },
  );
});

test('a hostile pattern costs no time', () => {
  assert.equal(matches(`${'a*'.repeat(200)}b`, 'a'.repeat(5_000)), false);
});

test('scopes cover what stands below them, by whole segments', () => {
  assert.ok(covers('/', '/subscriptions/s'));
  assert.ok(covers('/subscriptions/s', '/subscriptions/s/resourcegroups/g'));
  assert.ok(!covers('/subscriptions/s', '/subscriptions/s2'));
});

test('built-in roles have distinct names and ids, and grant something', () => {
  assert.equal(new Set(BUILT_IN_ROLES.map((role) => role.id)).size, BUILT_IN_ROLES.length);
  assert.equal(new Set(BUILT_IN_ROLES.map((role) => role.name.toLowerCase())).size, BUILT_IN_ROLES.length);
  for (const role of BUILT_IN_ROLES) {
    assert.match(role.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, role.name);
    assert.ok(role.actions.length + role.dataActions.length > 0, role.name);
  }
});
