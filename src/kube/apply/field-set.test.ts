import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze } from '../../kernel/json.ts';
import {
  difference,
  EMPTY,
  type FieldSet,
  has,
  inOrder,
  intersection,
  isEmpty,
  pathsOf,
  readFieldSet,
  recursiveDifference,
  sameSet,
  setOf,
  union,
} from './field-set.ts';
import { elementText, itemElement } from './path-element.ts';

const element = fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'k:{"port":80}', 'v:"s"', 'v:2');
const path = fc.array(element, { minLength: 1, maxLength: 3 });
const paths = fc.array(path, { maxLength: 6 });
const anySet = paths.map((list) => deepFreeze(setOf(...list)));

const texts = (set: FieldSet): string[] =>
  pathsOf(set)
    .map((steps) => steps.join(' '))
    .sort();
const same = (a: FieldSet, b: FieldSet): void => assert.ok(sameSet(a, b), `${JSON.stringify(a)} is not ${JSON.stringify(b)}`);

test('a set holds exactly the paths it was made of', () => {
  fc.assert(
    fc.property(paths, path, (list, other) => {
      const set = setOf(...list);
      assert.deepEqual(texts(set), [...new Set(list.map((steps) => steps.join(' ')))].sort());
      assert.equal(
        has(set, other),
        list.some((steps) => steps.join(' ') === other.join(' ')),
      );
    }),
  );
});

test('union, intersection and difference are those of sets of paths', () => {
  fc.assert(
    fc.property(anySet, anySet, anySet, (a, b, c) => {
      const inB = new Set(texts(b));
      assert.deepEqual(texts(union(a, b)), [...new Set([...texts(a), ...texts(b)])].sort());
      assert.deepEqual(
        texts(intersection(a, b)),
        texts(a).filter((text) => inB.has(text)),
      );
      assert.deepEqual(
        texts(difference(a, b)),
        texts(a).filter((text) => !inB.has(text)),
      );
      same(union(a, b), union(b, a));
      same(union(union(a, b), c), union(a, union(b, c)));
      same(difference(a, union(b, c)), difference(difference(a, b), c));
      same(union(difference(a, b), intersection(a, b)), a);
    }),
  );
});

test('what changes nothing gives back the same reference', () => {
  fc.assert(
    fc.property(anySet, anySet, (a, b) => {
      const both = union(a, b);
      assert.equal(union(both, a), both);
      assert.equal(union(both, b), both);
      assert.equal(difference(a, EMPTY), a);
      const left = difference(a, b);
      assert.equal(difference(left, b), left);
    }),
  );
});

test('the recursive difference also removes what lies below', () => {
  const set = setOf(['f:a'], ['f:a', 'f:b'], ['f:c', 'f:d']);
  same(recursiveDifference(set, setOf(['f:a'])), setOf(['f:c', 'f:d']));
  same(difference(set, setOf(['f:a'])), setOf(['f:a', 'f:b'], ['f:c', 'f:d']));
  same(recursiveDifference(set, setOf(['f:a', 'f:b'])), setOf(['f:a'], ['f:c', 'f:d']));
});

test('reading is idempotent and puts elements in order, numbers by value', () => {
  const set = readFieldSet({ 'v:"b"': {}, 'k:{"port":443}': {}, 'f:b': { 'f:x': {}, '.': {} }, 'k:{"port":80}': {}, 'f:a': {}, 'v:2': {} });
  assert.equal(
    JSON.stringify(set),
    '{"f:a":{},"f:b":{".":{},"f:x":{}},"k:{\\"port\\":80}":{},"k:{\\"port\\":443}":{},"v:2":{},"v:\\"b\\"":{}}',
  );
  assert.equal(set && readFieldSet(set), set);
  assert.equal(
    JSON.stringify(readFieldSet({ 'k:{"protocol":"TCP", "port":80}': { '.': {} } })),
    '{"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{}}',
  );
  fc.assert(
    fc.property(anySet, (a) => {
      const once = inOrder(a);
      same(once, a);
      assert.equal(inOrder(once), once);
    }),
  );
});

test('what is no field set is refused', () => {
  for (const fields of [
    null,
    'x',
    [],
    { a: {} },
    { 'f:a': 1 },
    { 'k:{': {} },
    { 'k:[]': {} },
    { 'v:{}': {} },
    { 'i:x': {} },
    { 'x:a': {} },
  ]) {
    assert.equal(readFieldSet(fields), undefined, JSON.stringify(fields));
  }
  assert.ok(isEmpty(readFieldSet({}) ?? setOf(['f:a'])));
});

test('list items are told apart by their keys, whose defaults count', () => {
  const protocol = { type: 'string', default: 'TCP' } as const;
  const items = { type: 'object', properties: new Map([['protocol', protocol]]) } as const;
  const ports = { type: 'list', listType: 'map', listMapKeys: ['port', 'protocol'], items } as const;
  assert.equal(itemElement(ports, { port: 80 }), 'k:{"port":80,"protocol":"TCP"}');
  assert.equal(itemElement(ports, { protocol: 'UDP' }), 'k:{"protocol":"UDP"}');
  assert.equal(itemElement({ type: 'list', listType: 'set' }, 'a<b'), 'v:"a\\u003cb"');
  assert.equal(itemElement({ type: 'list', listType: 'set' }, {}), undefined);
  assert.equal(elementText('k:{"port":80,"protocol":"TCP"}'), '[port=80,protocol="TCP"]');
  assert.equal(elementText('v:"x"') + elementText('f:a') + elementText('i:3'), '[="x"].a[3]');
});
