import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, type JsonObject } from '../../kernel/json.ts';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import { applyStrategicMergePatch } from './strategic-merge.ts';

const text: Schema = { type: 'string' };
const item: Schema = {
  type: 'object',
  name: 'test.Item',
  properties: new Map<string, Schema>([
    ['name', text],
    ['value', text],
    ['args', { type: 'list', items: text }],
    ['labels', { type: 'map', items: text }],
  ]),
};
const schema: Schema = {
  type: 'object',
  name: 'test.Thing',
  properties: new Map<string, Schema>([
    ['items', { type: 'list', items: item, patchStrategy: 'merge', patchMergeKey: 'name' }],
    ['plain', { type: 'list', items: item }],
    ['keyless', { type: 'list', items: item, patchStrategy: 'merge' }],
    ['finalizers', { type: 'list', items: text, patchStrategy: 'merge' }],
    ['strategy', { ...item, patchStrategy: 'retainKeys' }],
    ['whole', { ...item, patchStrategy: 'replace' }],
    ['map', { type: 'map', items: text }],
  ]),
};
const apply = (document: JsonObject, patch: JsonObject) => applyStrategicMergePatch(deepFreeze(document), deepFreeze(patch), schema);
const named = (...names: string[]) => names.map((name) => ({ name }));

test('directives', () => {
  const table: [string, JsonObject, JsonObject, JsonObject][] = [
    ['null deletes', { map: { a: '1', b: '2' } }, { map: { a: null } }, { map: { b: '2' } }],
    [
      'merge by key',
      { items: [{ name: 'a', value: '1' }] },
      { items: [{ name: 'a', args: ['x'] }, { name: 'b' }] },
      { items: [{ name: 'a', value: '1', args: ['x'] }, { name: 'b' }] },
    ],
    ['list without strategy is replaced', { plain: named('a') }, { plain: named('b') }, { plain: named('b') }],
    ['$patch delete of an element', { items: named('a', 'b') }, { items: [{ name: 'a', $patch: 'delete' }] }, { items: named('b') }],
    ['$patch replace of a list', { items: named('a', 'b') }, { items: [{ $patch: 'replace' }, { name: 'c' }] }, { items: named('c') }],
    ['$patch replace of an object', { map: { a: '1' } }, { map: { $patch: 'replace', b: '2' } }, { map: { b: '2' } }],
    ['$patch delete of an object', { map: { a: '1' } }, { map: { $patch: 'delete' } }, { map: {} }],
    ['$deleteFromPrimitiveList', { finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a'] }, { finalizers: ['b'] }],
    ['scalars merge as a set', { finalizers: ['a', 'b'] }, { finalizers: ['c', 'a'] }, { finalizers: ['c', 'a', 'b'] }],
    ['$setElementOrder', { items: named('a', 'b', 'c') }, { '$setElementOrder/items': named('c', 'a') }, { items: named('b', 'c', 'a') }],
    [
      '$setElementOrder with new element',
      { items: named('a') },
      { '$setElementOrder/items': named('n', 'a'), items: named('n') },
      { items: named('n', 'a') },
    ],
    ['$setElementOrder of scalars', { finalizers: ['a', 'b'] }, { '$setElementOrder/finalizers': ['b', 'a'] }, { finalizers: ['b', 'a'] }],
    [
      '$retainKeys',
      { strategy: { name: 'x', args: ['y'] } },
      { strategy: { $retainKeys: ['name'], name: 'z' } },
      { strategy: { name: 'z' } },
    ],
    ['strategy replace', { whole: { name: 'a', value: '1' } }, { whole: { name: 'b' } }, { whole: { name: 'b' } }],
    ['nulls of new members vanish', {}, { map: { a: null, b: '1' } }, { map: { b: '1' } }],
    ['deletions of new elements vanish', {}, { items: [{ name: 'a', $patch: 'delete' }, { name: 'b' }] }, { items: named('b') }],
  ];
  for (const [name, document, patch, expected] of table) assert.deepEqual(apply(document, patch).value, expected, name);
});

test('refusals have the texts and codes of upstream', () => {
  const table: [JsonObject, JsonObject, number, string][] = [
    [{ items: named('a') }, { items: [{}] }, 500, 'map: map[] does not contain declared merge key: name'],
    [
      { items: named('a') },
      { items: [{ value: 'x', args: ['p', 'q'] }] },
      500,
      'map: map[args:[p q] value:x] does not contain declared merge key: name',
    ],
    [{ map: { a: '1' } }, { map: { $patch: 'add' } }, 500, 'unknown patch type: add in map: map[$patch:add]'],
    [{ items: named('a') }, { items: [{ name: 'a', $patch: 'merge' }] }, 500, 'merging lists cannot yet be specified in the patch'],
    [{ keyless: named('a') }, { keyless: named('b') }, 500, 'cannot merge lists without merge key for struct'],
    [{ finalizers: ['a'] }, { finalizers: [1] }, 500, 'list element types are not identical: [[a] [1]]'],
    [{ finalizers: ['a'] }, { finalizers: [['b']] }, 422, 'lists of lists are not supported'],
    [{ strategy: {} }, { strategy: { $retainKeys: 'name' } }, 400, 'invalid patch format of retainKeys'],
    [{ strategy: {} }, { strategy: { $retainKeys: ['name'], value: 'x' } }, 400, 'invalid patch format of retainKeys'],
    [{}, { $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    [{}, { '$setElementOrder/nope': ['a'] }, 500, 'unable to find api field in struct Thing for the json field "nope"'],
    [{}, { '$setElementOrder/items': 'a' }, 500, 'expected a []interface {}, but received a string'],
  ];
  for (const [document, patch, code, message] of table) {
    assert.deepEqual(apply(document, patch).error, { code, message }, JSON.stringify(patch));
  }
  assert.equal(applyStrategicMergePatch({}, [], schema).error?.code, 400);
});

test('an order that contradicts the patch list is refused', () => {
  const { error } = apply({ items: [] }, { items: named('a', 'b'), '$setElementOrder/items': named('b', 'a') });
  assert.match(error?.message ?? '', /^The order in patch list:\n\[map\[name:a\] map\[name:b\]\]\n doesn't match \$setElementOrder list:/);
});

const names = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'));
// Upstream refuses an order for lists that are both empty.
const elements = fc
  .uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
  .chain((list) => fc.tuple(...list.map((name) => fc.record({ name: fc.constant(name), value: fc.constantFrom('1', '2') }))));

test('patching twice is patching once, and a patch without effect returns the same reference', () => {
  fc.assert(
    fc.property(elements, elements, names, (stored, changed, order) => {
      const document = { items: stored, map: { a: '1' } };
      const listed = [...changed.map(({ name }) => name), ...order.filter((name) => !changed.some((element) => element.name === name))];
      const patch = { items: changed, '$setElementOrder/items': named(...listed) };
      const once = apply(document, patch).value as JsonObject;
      assert.equal(apply(once, patch).value, once);
      assert.equal(once.map, document.map);
    }),
  );
});

test('the order directive decides, and no stored element is lost', () => {
  fc.assert(
    fc.property(elements, names, (stored, order) => {
      const { value } = apply({ items: stored }, { '$setElementOrder/items': named(...order) });
      const result = ((value?.items ?? []) as { name: string }[]).map(({ name }) => name);
      const all = stored.map(({ name }) => name);
      assert.deepEqual(result.toSorted(), all.toSorted());
      assert.deepEqual(
        result.filter((name) => order.includes(name)),
        order.filter((name) => all.includes(name)),
      );
      assert.deepEqual(
        result.filter((name) => !order.includes(name)),
        all.filter((name) => !order.includes(name)),
      );
    }),
  );
});

test('what kubectl sends for set image, scale and label works on a real Deployment', () => {
  const deployment = schemasFor('1.36').ofKind('apps', 'v1', 'Deployment') ?? assert.fail('no schema of Deployment');
  const containers = [
    { name: 'web', image: 'nginx:1', ports: [{ containerPort: 80 }] },
    { name: 'log', image: 'fluent' },
  ];
  const volumes = [{ name: 'v', configMap: { name: 'c' } }];
  const document = deepFreeze({
    metadata: { name: 'd', labels: { a: '1' } },
    spec: { replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, template: { spec: { containers, volumes } } },
  });
  const patch = {
    metadata: { labels: { b: '2', a: null } },
    spec: {
      replicas: 3,
      strategy: { $retainKeys: ['type'], type: 'Recreate' },
      template: {
        spec: {
          '$setElementOrder/containers': [{ name: 'web' }, { name: 'log' }],
          containers: [{ name: 'web', image: 'nginx:2' }],
          volumes: [{ $retainKeys: ['name', 'emptyDir'], name: 'v', emptyDir: {} }],
        },
      },
    },
  };
  const { value } = applyStrategicMergePatch(document, deepFreeze(patch), deployment);
  assert.deepEqual(value, {
    metadata: { name: 'd', labels: { b: '2' } },
    spec: {
      replicas: 3,
      strategy: { type: 'Recreate' },
      template: { spec: { containers: [{ ...containers[0], image: 'nginx:2' }, containers[1]], volumes: [{ name: 'v', emptyDir: {} }] } },
    },
  });
});
