import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { type Applied, applyPatch } from './apply-patch.ts';
import { sameSet } from './field-set.ts';
import { withoutNeverOwned } from './managers.ts';
import { recordUpdate, withManagedFields } from './record-update.ts';
import { thing } from './testing.ts';
import { fieldSetOf } from './typed.ts';

const writer = { apiVersion: 'x/v1', schema: thing, nowIso: '2026-01-01T00:00:00Z' };
const config = (spec: JsonObject, metadata: JsonObject = {}): JsonObject =>
  deepFreeze({ apiVersion: 'x/v1', kind: 'Thing', metadata: { name: 'n', ...metadata }, spec });

const attempt = (live: JsonObject | undefined, manager: string, applied: JsonObject, force = false): Applied =>
  applyPatch({ ...writer, live: live && deepFreeze(live), applied, manager, force });
function apply(live: JsonObject | undefined, manager: string, applied: JsonObject, force = false): JsonObject {
  const outcome = attempt(live, manager, applied, force);
  return outcome.value ?? assert.fail(outcome.conflicts?.message ?? outcome.error?.message);
}
const update = (live: JsonObject | undefined, manager: string, next: JsonObject): JsonObject =>
  recordUpdate({ ...writer, live, next, manager });
const entries = (value: JsonObject): readonly JsonObject[] =>
  isObject(value.metadata) && Array.isArray(value.metadata.managedFields) ? value.metadata.managedFields.filter(isObject) : [];
const owned = (value: JsonObject, manager: string): Json | undefined =>
  entries(value).find((entry) => entry.manager === manager && entry.operation === 'Apply')?.fieldsV1;
const specOf = (value: JsonObject): Json | undefined => value.spec;

test('apply creates, merges and owns what it names', () => {
  const first = apply(undefined, 'm1', config({ size: 1, parts: [{ name: 'a', image: 'x' }] }));
  const second = apply(first, 'm2', config({ parts: [{ name: 'a', args: ['1'] }, { name: 'b' }] }));
  assert.deepEqual(specOf(second), { size: 1, parts: [{ name: 'a', image: 'x', args: ['1'] }, { name: 'b' }] });
  assert.deepEqual(owned(second, 'm2'), {
    'f:spec': { 'f:parts': { 'k:{"name":"a"}': { '.': {}, 'f:args': {}, 'f:name': {} }, 'k:{"name":"b"}': { '.': {}, 'f:name': {} } } },
  });
});

test('one conflict is told in a line, several by manager, with causes', () => {
  const m1 = apply(undefined, 'm1', config({ size: 1 }));
  assert.equal(attempt(m1, 'm2', config({ size: 2 })).conflicts?.message, 'Apply failed with 1 conflict: conflict with "m1": .spec.size');
  const both = update(m1, 'kubectl-client-side-apply', { ...m1, spec: { size: 1, selector: { a: '1' } } });
  const { conflicts } = attempt(both, 'm2', config({ size: 2, selector: { a: '2' } }));
  assert.equal(
    conflicts?.message,
    'Apply failed with 2 conflicts: conflicts with "kubectl-client-side-apply" using x/v1:\n- .spec.selector\nconflicts with "m1":\n- .spec.size',
  );
  assert.deepEqual(conflicts?.causes, [
    { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-client-side-apply" using x/v1', field: '.spec.selector' },
    { reason: 'FieldManagerConflict', message: 'conflict with "m1"', field: '.spec.size' },
  ]);
});

test('force takes the fields over, equal values are shared', () => {
  const m1 = apply(undefined, 'm1', config({ size: 1 }));
  const forced = apply(m1, 'm2', config({ size: 2 }), true);
  assert.deepEqual([specOf(forced), owned(forced, 'm1'), owned(forced, 'm2')], [{ size: 2 }, undefined, { 'f:spec': { 'f:size': {} } }]);
  const shared = apply(m1, 'm2', config({ size: 1 }));
  assert.deepEqual([owned(shared, 'm1'), owned(shared, 'm2')], [{ 'f:spec': { 'f:size': {} } }, { 'f:spec': { 'f:size': {} } }]);
});

test('what is no longer applied goes, unless somebody else owns it', () => {
  const m1 = apply(
    undefined,
    'm1',
    config({ size: 1, parts: [{ name: 'a', image: 'x' }, { name: 'b' }, { name: 'c' }] }, { labels: { l: '1' } }),
  );
  const m2 = apply(m1, 'm2', config({ parts: [{ name: 'b', image: 'y' }] }));
  const defaulted = update(m2, 'server', { ...m2, spec: { ...(m2.spec as JsonObject), selector: { d: '1' } } });
  const left = apply(defaulted, 'm1', config({ parts: [{ name: 'a' }] }));
  assert.deepEqual(specOf(left), { parts: [{ name: 'a' }, { name: 'b', image: 'y' }], selector: { d: '1' } });
  assert.ok(isObject(left.metadata) && !('labels' in left.metadata), 'an emptied map goes as well');
});

test('an object without managedFields belongs to before-first-apply', () => {
  const plain = config({ size: 1 }, { uid: 'u' });
  const { conflicts } = attempt(plain, 'm1', config({ size: 2 }));
  assert.equal(conflicts?.message, 'Apply failed with 1 conflict: conflict with "before-first-apply" using x/v1: .spec.size');
  const applied = apply(plain, 'm1', config({ size: 2 }), true);
  assert.deepEqual(
    entries(applied).map((entry) => `${entry.manager} ${entry.operation}`),
    ['m1 Apply'],
  );
});

test('kubectl takes over what its client-side apply had set', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
  const last = JSON.stringify({ apiVersion: 'x/v1', kind: 'Thing', metadata: { name: 'n' }, spec: { size: 1 } });
  const live = update(undefined, 'kubectl-client-side-apply', config({ size: 1 }, { annotations: { [annotation]: last } }));
  assert.ok(attempt(live, 'other', config({ size: 2 })).conflicts);
  const upgraded = apply(live, 'kubectl', config({ size: 2 }));
  assert.deepEqual(specOf(upgraded), { size: 2 });
  const annotations = isObject(upgraded.metadata) && isObject(upgraded.metadata.annotations) ? upgraded.metadata.annotations : {};
  assert.equal(annotations[annotation], '{"apiVersion":"x/v1","kind":"Thing","metadata":{"name":"n"},"spec":{"size":2}}\n');
  const drifted = update(live, 'somebody', { ...live, spec: { size: 5 } });
  assert.match(
    attempt(drifted, 'kubectl', config({ size: 2 })).conflicts?.message ?? '',
    /conflict with "somebody" using x\/v1: \.spec\.size$/,
  );
});

test('refusals', () => {
  const wrong = attempt(undefined, 'm1', { ...config({}), apiVersion: 'x/v2' });
  assert.deepEqual(wrong.error, {
    code: 400,
    message: 'Incorrect version specified in apply patch. Specified patch version: x/v2, expected: x/v1',
  });
  assert.equal(attempt(undefined, 'm1', withManagedFields(config({}), [])).error?.message, 'metadata.managedFields must be nil');
  assert.equal(
    attempt(undefined, 'm1', config({ parts: [{ name: 'a' }, { name: 'a' }] })).error?.message,
    'failed to create typed patch object (/n; x/v1, Kind=Thing): .spec.parts: duplicate entries for key [name="a"]',
  );
});

test('a configuration that does not fit the schema is refused with all faults', () => {
  const table: [JsonObject, string][] = [
    [{ foo: 1, bar: 2 }, '.spec.foo: field not declared in schema'],
    [{ size: 'x' }, '.spec.size: expected numeric (int or float), got string'],
    [{ parts: { a: 1 } }, '.spec.parts: expected list, got &{map[a:1]}'],
    [{ parts: [{ name: 'a', args: [1] }] }, '.spec.parts[name="a"].args[0]: expected string, got &value.valueUnstructured{Value:1}'],
    [{ selector: 'x' }, '.spec.selector: expected map, got &{x}'],
    [{ parts: [null] }, '.spec.parts: element 0: associative list with keys may not have a null element'],
    [
      { parts: [{ image: 'x' }] },
      `.spec.parts: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn't have default values for any key fields)`,
    ],
    [
      { size: true, parts: [1] },
      'errors:\n  .spec.size: expected numeric (int or float), got bool\n  .spec.parts: element 0: associative list with keys may not have non-map elements',
    ],
  ];
  for (const [spec, text] of table) {
    const message = `failed to create typed patch object (/n; x/v1, Kind=Thing): ${text}`;
    assert.deepEqual(attempt(undefined, 'm1', config(spec)).error, { code: 500, message });
  }
  assert.ok(apply(undefined, 'm1', config({ size: null, parts: null })));
});

const names = fc.constantFrom('a', 'b', 'c');
const part = fc.record({ name: names, image: fc.constantFrom('x', 'y') }, { requiredKeys: ['name'] });
const spec = fc.record(
  {
    size: fc.nat(2),
    selector: fc.dictionary(names, names, { minKeys: 1, noNullPrototype: true }),
    parts: fc.uniqueArray(part, { selector: ({ name }) => name }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;
const history = fc.array(fc.tuple(fc.constantFrom('m1', 'm2', 'm3'), spec), { maxLength: 4 });
const replay = (steps: readonly (readonly [string, JsonObject])[]): JsonObject | undefined =>
  steps.reduce<JsonObject | undefined>((live, [manager, applied]) => apply(live, manager, config(applied), true), undefined);

test('applying the same twice gives back the same object', () => {
  fc.assert(
    fc.property(history, spec, (steps, applied) => {
      const once = apply(replay(steps), 'me', config(applied), true);
      // An empty list is nobody's. Where nothing else is owned, the next apply takes all that is there for older than itself.
      fc.pre(entries(once).length > 0);
      assert.equal(apply(once, 'me', config(applied)), once);
    }),
  );
});

test('a forced apply owns exactly its fields, and the object has its values', () => {
  fc.assert(
    fc.property(history, spec, (steps, applied) => {
      const result = apply(replay(steps), 'me', config(applied), true);
      const claimed = withoutNeverOwned(fieldSetOf(thing, config(applied)));
      assert.ok(sameSet((owned(result, 'me') ?? {}) as typeof claimed, claimed));
      assert.equal(attempt(result, 'other', config(applied)).conflicts, undefined, 'what is as applied conflicts with nobody');
    }),
  );
});

test('applying nothing leaves of an applier’s fields only those of others', () => {
  fc.assert(
    fc.property(spec, spec, (mine, theirs) => {
      const both = apply(apply(undefined, 'other', config(theirs)), 'me', config(mine), true);
      const left = apply(both, 'me', config({}));
      const claims = entries(left).map((entry) => entry.manager);
      assert.ok(!claims.includes('me') || JSON.stringify(owned(left, 'me')) === '{"f:spec":{}}');
      assert.equal(attempt(left, 'other', config(theirs), true).error, undefined);
    }),
  );
});
