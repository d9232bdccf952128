import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, equal, isObject, type Json } from './json.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

test('equal agrees with itself on a copy, whatever the order of keys', () => {
  const reversed = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(reversed)
      : isObject(value)
        ? Object.fromEntries(
            Object.entries(value)
              .map(([name, item]) => [name, reversed(item)] as const)
              .reverse(),
          )
        : value;
  fc.assert(fc.property(json, (value) => equal(value, reversed(value))));
});

test('equal tells different values apart', () => {
  fc.assert(fc.property(json, json, (a, b) => equal(a, b) === isDeepEqual(a, b)));
  assert.equal(equal({ constructor: 1 }, { x: 1 }), false);
  assert.equal(equal([], {}), false);
});

function isDeepEqual(a: Json, b: Json): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

test('deepFreeze freezes all below', () => {
  const value = deepFreeze({ a: [{ b: 1 }] });
  assert.ok(Object.isFrozen(value.a[0]));
});
