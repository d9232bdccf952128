import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { deepFreeze, type Json, type JsonObject } from '../../kernel/json.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';

const json = (text: string): Json => deepFreeze(JSON.parse(text));

test('JSON patch refuses with the texts of upstream', () => {
  const table: [string, string, number, string][] = [
    ['{}', '{}', 400, 'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch'],
    ['{}', '[{"op":"zip","path":"/a"}]', 422, 'Unexpected kind: zip'],
    ['{}', '[{"op":"add","path":"/a/b","value":1}]', 422, 'add operation does not apply: doc is missing path: "/a/b": missing value'],
    ['{}', '[{"op":"remove","path":"/a"}]', 422, "error in remove for path: '/a': Unable to remove nonexistent key: a: missing value"],
    [
      '{"a":[]}',
      '[{"op":"add","path":"/a/1","value":1}]',
      422,
      "error in add for path: '/a/1': Unable to access invalid index: 1: invalid index referenced",
    ],
    [
      '{"a":[]}',
      '[{"op":"replace","path":"/a/0","value":1}]',
      422,
      'replace operation does not apply: doc is missing key: /a/0: missing value',
    ],
    ['{"a":1}', '[{"op":"test","path":"/a","value":2}]', 422, 'testing value /a failed: test failed'],
    ['{"a":1}', '[{"op":"add","value":2}]', 422, 'add operation failed to decode path: missing value'],
    [
      '{"a":1}',
      '[{"op":"move","path":"/b","from":"/c"}]',
      422,
      "error in move for path: 'c': Unable to remove nonexistent key: c: missing value",
    ],
  ];
  for (const [document, patch, code, message] of table) {
    assert.deepEqual(applyJsonPatch(json(document), json(patch)).error, { code, message }, patch);
  }
  const many = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
  assert.equal(applyJsonPatch({ a: 1 }, many).error?.code, 413);
});

test('JSON patch shares what it does not touch and leaves its inputs alone', () => {
  const document = json('{"a":{"b":[1,2]},"c":{"d":1}}') as JsonObject;
  const { value } = applyJsonPatch(
    document,
    json('[{"op":"add","path":"/a/b/-","value":3},{"op":"copy","from":"/a","path":"/e"},{"op":"add","path":"/e/b/0","value":0}]'),
  );
  assert.deepEqual(value, { a: { b: [1, 2, 3] }, c: { d: 1 }, e: { b: [0, 1, 2, 3] } });
  assert.equal((value as JsonObject).c, document.c);
  assert.deepEqual(document, { a: { b: [1, 2] }, c: { d: 1 } });
});

test('JSON patch: replace adds an absent member, negative indices count from the end, __proto__ is a key like others', () => {
  assert.deepEqual(applyJsonPatch({}, [{ op: 'replace', path: '/a', value: 1 }]).value, { a: 1 });
  assert.deepEqual(applyJsonPatch({ a: [1, 2] }, [{ op: 'remove', path: '/a/-1' }]).value, { a: [1] });
  const { value } = applyJsonPatch({ data: {} }, [{ op: 'add', path: '/data/__proto__', value: 'x' }]);
  assert.equal(JSON.stringify(value), '{"data":{"__proto__":"x"}}');
  assert.equal(applyJsonPatch({}, [{ op: 'add', path: '/constructor/x', value: 1 }]).error?.code, 422);
});

const leaf = fc.constantFrom<Json>(1, 'a', true);
const { value: anyJson } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
}));
const anyObject = fc.dictionary(fc.constantFrom('a', 'b', 'c'), anyJson, { noNullPrototype: true });
const pointer = fc.array(fc.constantFrom('a', 'b', 'c', '0', '1'), { minLength: 1, maxLength: 3 }).map((tokens) => `/${tokens.join('/')}`);
const operation = fc.record({ op: fc.constantFrom('add', 'remove', 'test', 'move', 'copy'), path: pointer, from: pointer, value: anyJson });

/** What that implementation makes of it; undefined where it refuses, or throws, as it does for members of scalars. */
function reference(document: JsonObject, op: Operation): JsonObject | undefined {
  const copy = JSON.parse(JSON.stringify(document));
  try {
    return applyPatch(copy, [op])[0] === null ? copy : undefined;
  } catch {
    return undefined;
  }
}

test('JSON patch agrees with an RFC 6902 implementation where both accept', () => {
  fc.assert(
    fc.property(anyObject, operation, (document, op) => {
      const expected = reference(document, op as Operation);
      const { value } = applyJsonPatch(deepFreeze(document), [op]);
      if (expected && value) assert.deepEqual(value, expected);
    }),
    { numRuns: 500 },
  );
});

test('merge patch does as RFC 7386 shows', () => {
  const table: [string, string, string][] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{}', '{"a":[{"b":null,"c":1}]}', '{"a":[{"c":1}]}'],
  ];
  for (const [document, patch, expected] of table) {
    assert.deepEqual(applyMergePatch(json(document) as JsonObject, json(patch)).value, json(expected), patch);
  }
  assert.equal(applyMergePatch({}, []).error?.code, 400);
});

test('merge patch is idempotent, and gives back the same reference when nothing changes', () => {
  fc.assert(
    fc.property(anyObject, anyObject, (document, patch) => {
      deepFreeze(document);
      const once = applyMergePatch(document, deepFreeze(patch)).value as JsonObject;
      assert.equal(applyMergePatch(once, patch).value, once);
      assert.equal(applyMergePatch(document, document).value, document);
    }),
  );
});
