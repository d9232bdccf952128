import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Entry } from '../../kernel/collection.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { registryOf } from '../registry/registry.ts';
import { encodedObject, encodedTail, encodeTail } from './json.ts';

const pod: Kind = { group: '', kind: 'Pod', resource: 'pods', namespaced: true, versions: [{ name: 'v1' }] };
const resource = registryOf([pod], '1.36.2').resource('', 'v1', 'pods');
assert.ok(resource);

const entryOf = (value: KubeObject, revision: number): Entry<KubeObject> => ({ key: 'k', value, revision, createdRevision: 1 });
const check = (value: KubeObject, revision = 7) => {
  const expected = encodeTail(value, revision).toString();
  const entry = entryOf(value, revision);
  assert.equal(encodedTail(entry, resource).toString(), expected);
  assert.equal(encodedObject(entry, resource).toString(), `{"kind":"Pod","apiVersion":"v1",${expected}\n`);
  assert.equal(JSON.parse(`{${expected}`).metadata.resourceVersion, String(revision));
};
const metadata = { name: 'a', namespace: 'b', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };

test('a tail cut out of the text is the tail that is encoded', () => {
  check({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] } });
  check({ kind: 'Pod', apiVersion: 'v1', metadata: { ...metadata, labels: { generation: 'x', 'a"creationTimestamp":': 'ü' } } });
});

test('whatever the order of the fields', () => {
  check({ spec: { metadata: {} }, apiVersion: 'v1', kind: 'Pod', metadata });
  check({ apiVersion: 'v1', kind: 'Pod', spec: { metadata: { generation: 1 } }, metadata });
  const { name, ...rest } = metadata;
  check({ apiVersion: 'v1', kind: 'Pod', metadata: { labels: { generation: 'x' }, name, ...rest } });
  check({ apiVersion: 'v1', kind: 'Pod', metadata: { name, generation: 3, ...rest } });
});

test('property: labels, names and data of any text', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, fc.dictionary(text, text), fc.option(fc.nat()), fc.jsonValue(), (name, labels, generation, data) => {
      const meta = { ...metadata, name, ...(generation !== null && { generation }), labels };
      check({ apiVersion: 'v1', kind: 'Pod', metadata: meta, data: data as KubeObject[string] });
    }),
  );
});

test('an object of another served version is encoded as that', () => {
  const value: KubeObject = { apiVersion: 'v2', kind: 'Pod', metadata };
  assert.equal(encodedTail(entryOf(value, 3), resource).toString(), encodeTail(value, 3).toString());
});
