import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, type JsonObject } from '../kernel/json.ts';
import { at, mergePatch, overlay, without, withoutNulls } from './merge.ts';

const json = fc.dictionary(
  fc.string({ maxLength: 3 }).filter((key) => key !== '__proto__'),
  fc.jsonValue({ maxDepth: 3 }),
  { maxKeys: 4, noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

test('merging and overlaying write into neither side', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      deepFreeze(a);
      deepFreeze(b);
      mergePatch(a, b);
      overlay(a, b);
      withoutNulls(a);
    }),
  );
});

test('a merge patch of RFC 7396', () => {
  assert.deepEqual(mergePatch({ a: 'b', c: { d: 'e', f: 'g' } }, { a: 'z', c: { f: null } }), { a: 'z', c: { d: 'e' } });
  assert.deepEqual(mergePatch({ a: [{ b: 'c' }] }, { a: [1] }), { a: [1] });
  assert.deepEqual(mergePatch({}, { a: { bb: { ccc: null } } }), { a: { bb: {} } });
});

test('dotted paths', () => {
  const value = { a: { b: { c: 1 }, d: 2 } };
  assert.equal(at(value, 'a.b.c'), 1);
  assert.equal(at(value, 'a.x.c'), undefined);
  assert.deepEqual(without(value, 'a.b.c'), { a: { b: {}, d: 2 } });
  assert.equal(without(value, 'x.y'), value);
});
