import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { decodeValue } from '../decode/decode.ts';
import { builtInResources } from '../schema/resources.ts';
import { schemasFor } from '../schema/schemas.ts';
import type { Schema } from '../schema.ts';
import { decodeMessage, readEnvelope } from './decode.ts';
import { encodeEnvelope, encodeList, encodeMessage, encodeWatchFrame } from './encode.ts';

type Golden = { readonly object: JsonObject & { readonly apiVersion: string; readonly kind: string }; readonly hex: string };
// Written by tools/generate-kubernetes/goldens with k8s.io/api itself.
const goldens = JSON.parse(readFileSync(join(import.meta.dirname, 'goldens.json'), 'utf8')) as readonly Golden[];
const schemas = schemasFor('1.36');

function schemaOf(apiVersion: string, kind: string): Schema & { name: string } {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const schema = schemas.ofKind(group, version, kind);
  assert.ok(schema?.name, `${apiVersion} ${kind}`);
  return schema as Schema & { name: string };
}

function decodeBody(bytes: Uint8Array): JsonObject {
  const envelope = readEnvelope(bytes).value;
  assert.ok(envelope);
  const schema = schemaOf(envelope.apiVersion, envelope.kind);
  const raw = decodeMessage(envelope.raw, schema.name, '1.36');
  assert.equal(raw.error, undefined);
  const decoded = decodeValue(raw.value as Json, schema, 'Ignore').value?.value as JsonObject;
  return { ...decoded, apiVersion: envelope.apiVersion, kind: envelope.kind };
}

for (const { object, hex } of goldens) {
  test(`${object.kind} is encoded to the bytes of Kubernetes' own code, and back`, () => {
    const raw = encodeMessage(object, schemaOf(object.apiVersion, object.kind).name, '1.36');
    assert.ok(raw);
    const bytes = encodeEnvelope(raw, object.apiVersion, object.kind);
    assert.equal(Buffer.from(bytes).toString('hex'), hex);
    const schema = schemaOf(object.apiVersion, object.kind);
    assert.deepEqual(decodeBody(bytes), decodeValue(object, schema, 'Strict').value?.value);
  });
}

test('a list is assembled from encoded items', () => {
  const golden = goldens.find(({ object }) => object.kind === 'ConfigMapList');
  assert.ok(golden);
  const items = golden.object['items'] as readonly JsonObject[];
  const raws = items.map((item) => encodeMessage(item, 'io.k8s.api.core.v1.ConfigMap', '1.36') ?? new Uint8Array());
  const list = encodeList(raws, golden.object['metadata'] as JsonObject, 'v1', 'ConfigMapList', '1.36');
  assert.equal(Buffer.from(list).toString('hex'), golden.hex);
});

test('recorded list and watch frame begin as ours do', (t) => {
  const path = join(import.meta.dirname, '../../../../shared/data/kubernetes/negotiation-golden.txt');
  if (!existsSync(path)) return t.skip('no recorded answers');
  const text = readFileSync(path, 'utf8');
  const recorded = /--- pb watch:.*\n([0-9a-f]+)/.exec(text)?.[1] ?? '';
  const object = encodeEnvelope(new Uint8Array(235 + 3 - 3), 'v1', 'ConfigMap');
  const frame = Buffer.from(encodeWatchFrame('ADDED', object));
  assert.equal(frame.readUInt32BE(0), frame.length - 4);
  // Length of the frame and of the object differ from the recording by what was in it.
  assert.equal(frame.subarray(4, 12).toString('hex'), recorded.slice(8, 24));
  const magic = Buffer.from('6b387300').toString();
  assert.equal(frame.toString('hex').indexOf(magic), recorded.indexOf(magic));
});

test('broken messages are refused, unknown fields skipped', () => {
  const raw = encodeMessage({ metadata: { name: 'x' } }, 'io.k8s.api.core.v1.ConfigMap', '1.36') ?? new Uint8Array();
  assert.equal(decodeMessage(raw.subarray(0, 5), 'io.k8s.api.core.v1.ConfigMap', '1.36').error, 'unexpected EOF');
  const unknown = Uint8Array.from([...raw, 0xf8, 0x07, 0x01, 0xfa, 0x07, 0x01, 0x41]);
  assert.ok(decodeMessage(unknown, 'io.k8s.api.core.v1.ConfigMap', '1.36').value);
  assert.match(readEnvelope(Buffer.from('{}')).error ?? '', /expected prefix \[107 56 115 0\]/);
  assert.equal(encodeMessage({}, 'io.k8s.apimachinery.pkg.apis.meta.v1.Table', '1.36'), undefined);
});

/** Any value of a schema, to a depth; what Go drops or writes is left to `decodeValue`. */
function arbitrary(schema: Schema, depth: number): fc.Arbitrary<Json> {
  const scalars: Readonly<Record<string, fc.Arbitrary<Json>>> = {
    string: fc.string({ maxLength: 8, unit: 'binary' }),
    boolean: fc.boolean(),
    int32: fc.integer(),
    int64: fc.maxSafeInteger(),
    double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    bytes: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    time: fc.integer({ min: -1e9, max: 4e9 }).map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`),
    microTime: fc.integer({ min: 0, max: 4e9 }).map((seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}.000123Z`),
    quantity: fc.constantFrom('0', '1', '100m', '64Mi', '1500m', '2e3'),
    intOrString: fc.oneof(fc.integer(), fc.string({ maxLength: 4 })),
    any: fc.constant({ a: [1, 'x', true] }),
  };
  if (schema.goType === 'v1.Duration') return fc.constantFrom('1m30s', '2h0m0.5s', '10ms');
  if (/JSONSchemaPropsOr/.test(schema.name ?? '')) return fc.constant(schema.name?.endsWith('Bool') ? true : []);
  if (schema.type === 'list' && schema.items) {
    // On the wire an empty list is none, and Go writes a missing one as null where omitempty is missing too.
    return fc.array(arbitrary(schema.items, depth - 1), { minLength: schema.presence === 'write' ? 1 : 0, maxLength: 2 });
  }
  if (schema.type === 'map' && schema.items)
    return fc.dictionary(fc.string({ maxLength: 3 }), arbitrary(schema.items, depth - 1), { maxKeys: 2, noNullPrototype: true });
  if (schema.type !== 'object') return scalars[schema.type] ?? fc.constant('');
  if (depth <= 0) return fc.constant({});
  const fields = [...(schema.properties ?? [])].filter(([name]) => name !== 'apiVersion' && name !== 'kind');
  return fc
    .subarray(fields, { maxLength: Math.min(6, fields.length) })
    .chain((chosen) =>
      fc.record(Object.fromEntries(chosen.map(([name, field]) => [name, arbitrary(field, depth - 1)])), { noNullPrototype: true }),
    );
}

test('decode(encode(x)) is x for every resource', () => {
  const names = new Set(builtInResources('1.36').map((item) => schemas.ofKind(item.group, item.version, item.kind)?.name ?? ''));
  for (const name of names) {
    const schema = schemas.definition(name);
    assert.ok(schema);
    fc.assert(
      fc.property(arbitrary(schema, 5), (value) => {
        const object = decodeValue(value, schema, 'Ignore').value?.value as JsonObject;
        const raw = encodeMessage(object, name, '1.36');
        assert.ok(raw);
        const back = decodeMessage(raw, name, '1.36');
        assert.deepEqual(decodeValue(back.value as Json, schema, 'Ignore').value?.value, object);
      }),
      { numRuns: 15, seed: 36 },
    );
  }
});
