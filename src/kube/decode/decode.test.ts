import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, type Json } from '../../kernel/json.ts';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import { checkValue, decodeValue } from './decode.ts';
import { mayHaveDuplicates } from './duplicates.ts';

const meta = schemasFor('1.36').definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
const scalar: Schema = { type: 'string' };
/** As a custom resource definition makes it: no Go types, but metadata as everywhere. */
const widget: Schema = {
  type: 'object',
  properties: new Map<string, Schema>([
    ['apiVersion', scalar],
    ['kind', scalar],
    ['metadata', meta ?? scalar],
    [
      'spec',
      {
        type: 'object',
        properties: new Map<string, Schema>([
          ['size', { type: 'int32' }],
          ['names', { type: 'list', items: scalar }],
          ['free', { type: 'object', properties: new Map(), preserveUnknown: true }],
        ]),
      },
    ],
  ]),
};

test('custom resources are pruned, not typed: types are validated later, zeros and nulls stay', () => {
  const value = { metadata: { name: 'w', labels: {} }, spec: { size: 'x', names: ['', null], free: { a: null }, z: 1, b: 2 }, extra: [] };
  const decoded = decodeValue(value, widget, 'Warn').value;
  assert.deepEqual(decoded?.value, { metadata: { name: 'w' }, spec: { size: 'x', names: ['', null], free: { a: null } } });
  assert.deepEqual(decoded?.warnings, ['unknown field "extra"', 'unknown field "spec.b"', 'unknown field "spec.z"']);
});

test('custom resources report duplicates first, at any depth, then unknown fields by path', () => {
  const text = '{"spec":{"z":1,"free":{"x":1,"x":2},"size":1,"size":2}}';
  const { error } = decodeValue(JSON.parse(text) as Json, widget, 'Strict', text);
  assert.equal(error, 'strict decoding error: duplicate field "spec.free.x", duplicate field "spec.size", unknown field "spec.z"');
});

test('metadata of custom resources is typed', () => {
  const { error } = decodeValue({ metadata: { labels: { a: 1 } } }, widget, 'Ignore');
  assert.equal(error, 'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string');
});

test('checking leaves the value as it is', () => {
  const schema = schemasFor('1.36').ofKind('', 'v1', 'Pod');
  assert.ok(schema);
  const value = { spec: { hostNetwork: false, containers: [{ name: 'c', resources: { limits: { cpu: '1000m' } } }] } };
  assert.equal(checkValue(value, schema, 'Strict').value?.value, value);
  assert.equal(checkValue({ spec: { x: 1 } }, schema, 'Strict').error, 'strict decoding error: unknown field "spec.x"');
});

test('decoding neither writes into its input nor copies what needs no change', () => {
  const schema = schemasFor('1.36').ofKind('', 'v1', 'ConfigMap');
  assert.ok(schema);
  const value = deepFreeze({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: '1' } });
  assert.equal(decodeValue(value, schema, 'Strict').value?.value, value);
  const changed = deepFreeze({ ...value, binaryData: null, metadata: { name: 'x', labels: {} } });
  const decoded = decodeValue(changed, schema, 'Strict').value?.value;
  assert.deepEqual(decoded, value);
});

test('decoding twice changes nothing more', () => {
  const schema = schemasFor('1.36').definition('io.k8s.api.core.v1.Service');
  assert.ok(schema);
  const port = fc.record(
    { port: fc.integer({ min: -9, max: 9 }), targetPort: fc.constantFrom('a', 1, null), name: fc.constantFrom('', 'x') },
    { requiredKeys: [] },
  );
  const service = fc.record(
    {
      spec: fc.record(
        { ports: fc.array(port), selector: fc.dictionary(fc.string(), fc.constantFrom('', 'b')), x: fc.constant(1) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(service, (value) => {
      const once = decodeValue(value as Json, schema, 'Ignore').value?.value;
      assert.ok(once !== undefined);
      assert.equal(decodeValue(once, schema, 'Strict').value?.value, once);
    }),
  );
});

test('no duplicate goes unseen, whatever names and values look like', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const wrapped = `{"a":${text},"a" : ${text}}`;
      assert.ok(mayHaveDuplicates(wrapped, JSON.parse(wrapped) as Json));
    }),
  );
});
