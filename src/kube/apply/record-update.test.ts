import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deepFreeze, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { schemasFor } from '../schema/schemas.ts';
import { setOf } from './field-set.ts';
import { recordUpdate, withManagedFields } from './record-update.ts';
import { thing } from './testing.ts';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}Z`;
const object = (spec: JsonObject, labels?: JsonObject): JsonObject => ({
  apiVersion: 'x/v1',
  kind: 'Thing',
  metadata: { name: 'n', uid: 'u', ...(labels ? { labels } : {}) },
  spec,
});

function write(live: JsonObject | undefined, next: JsonObject, manager: string, second: number, subresource = ''): JsonObject {
  const resetFields = subresource === 'status' ? setOf(['f:spec'], ['f:metadata']) : setOf(['f:status']);
  return deepFreeze(
    recordUpdate({
      live,
      next: deepFreeze(next),
      manager,
      apiVersion: 'x/v1',
      subresource,
      nowIso: at(second),
      schema: thing,
      resetFields,
    }),
  );
}

const entries = (value: JsonObject): readonly JsonObject[] => {
  const managed = isObject(value.metadata) ? value.metadata.managedFields : undefined;
  return Array.isArray(managed) ? managed.filter(isObject) : [];
};
const owners = (value: JsonObject): { [manager: string]: Json | undefined } =>
  Object.fromEntries(
    entries(value).map((entry) => [`${entry.manager}${entry.subresource ? `/${entry.subresource}` : ''}`, entry.fieldsV1]),
  );

test('creating owns what is there, but no identity', () => {
  const created = write(undefined, object({ size: 1, parts: [{ name: 'a', ports: [{ port: 80 }] }] }, { l: '1' }), 'm1', 1);
  assert.deepEqual(entries(created), [
    {
      manager: 'm1',
      operation: 'Update',
      apiVersion: 'x/v1',
      time: at(1),
      fieldsType: 'FieldsV1',
      fieldsV1: {
        'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } },
        'f:spec': {
          'f:parts': {
            '.': {},
            'k:{"name":"a"}': {
              '.': {},
              'f:name': {},
              'f:ports': { '.': {}, 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
            },
          },
          'f:size': {},
        },
      },
    },
  ]);
});

test('a change moves ownership, a removal ends it, no change changes nothing', () => {
  const first = write(undefined, object({ size: 1, selector: { a: '1' } }), 'm1', 1);
  const second = write(first, object({ size: 2, selector: { a: '1' } }), 'm2', 2);
  assert.deepEqual(owners(second), { m1: { 'f:spec': { 'f:selector': {} } }, m2: { 'f:spec': { 'f:size': {} } } });
  assert.equal(entries(second)[0]?.time, at(1), 'the time of the loser stays');
  const third = write(second, object({ size: 2 }), 'm3', 3);
  assert.deepEqual(owners(third), { m2: { 'f:spec': { 'f:size': {} } } });
  const fourth = write(third, object({ size: 2 }), 'm3', 4);
  assert.equal(isObject(fourth.metadata) && fourth.metadata.managedFields, isObject(third.metadata) && third.metadata.managedFields);
});

test('subresources have entries of their own and own nothing that they reset', () => {
  const first = write(undefined, object({ size: 1 }), 'm1', 1);
  const second = write(first, { ...first, status: { ready: 1 } }, 'm1', 2, 'status');
  assert.deepEqual(owners(second), { m1: { 'f:spec': { 'f:size': {} } }, 'm1/status': { 'f:status': { '.': {}, 'f:ready': {} } } });
  const ignored = write(first, { ...object({ size: 9 }) }, 'm2', 3, 'status');
  assert.deepEqual(owners(ignored), owners(first));
});

test('an empty list or entry resets, and a reset object is not tracked', () => {
  const first = write(undefined, object({ size: 1 }), 'm1', 1);
  for (const managedFields of [[], [{}]]) {
    const reset = write(first, withManagedFields(first, managedFields), 'm1', 2);
    assert.ok(isObject(reset.metadata) && !('managedFields' in reset.metadata));
    assert.deepEqual(entries(write(reset, object({ size: 2 }), 'm1', 3)), []);
  }
});

test('managedFields in the request count when they can be read, else those of the stored object', () => {
  const first = write(undefined, object({ size: 1 }), 'm1', 1);
  const [entry] = entries(first);
  const renamed = write(first, withManagedFields(first, [{ ...entry, manager: 'm9' }]), 'm1', 2);
  assert.deepEqual(Object.keys(owners(renamed)), ['m9']);
  const garbage = write(first, withManagedFields(first, [{ ...entry, fieldsV1: { x: {} } }]), 'm1', 2);
  assert.deepEqual(owners(garbage), owners(first));
});

test('of more than ten updaters the oldest become ancient-changes', () => {
  let live = write(undefined, object({}, { l0: '0' }), 'm0', 0);
  for (let i = 1; i <= 12; i++) {
    const labels = Object.fromEntries(Array.from({ length: i + 1 }, (_, n) => [`l${n}`, String(n)]));
    live = write(live, object({}, labels), `m${i}`, i);
  }
  const names = entries(live).map((entry) => entry.manager);
  assert.equal(names.length, 10);
  assert.deepEqual(owners(live)['ancient-changes'], {
    'f:metadata': { 'f:labels': { '.': {}, 'f:l0': {}, 'f:l1': {}, 'f:l2': {}, 'f:l3': {} } },
  });
  assert.equal(entries(live)[0]?.time, at(3));
});

test('items that occur twice are owned as one', () => {
  const created = write(undefined, object({ parts: [{ name: 'a' }, { name: 'a', image: 'x' }] }), 'm1', 1);
  assert.deepEqual(owners(created).m1, { 'f:spec': { 'f:parts': { '.': {}, 'k:{"name":"a"}': {} } } });
});

const recordings = new URL('../../../../shared/data/kubernetes/defaults/', import.meta.url);
const kinds = [
  'configmap',
  'cronjob',
  'endpointslice',
  'event-v1',
  'hpa',
  'ingress',
  'ingressclass',
  'lease',
  'netpol',
  'pdb',
  'priorityclass',
  'role',
  'svc-external',
  'vap-binding',
];
test('created objects have byte for byte the managedFields of a recorded server', {
  skip: existsSync(recordings) ? false : 'recordings absent',
}, () => {
  const schemas = schemasFor('1.36');
  for (const name of kinds) {
    // Go writes times that were never set as null; nobody owns those.
    const text = readFileSync(new URL(`${name}.json`, recordings), 'utf8');
    const { body } = JSON.parse(text, (_, value) => (value === null ? undefined : value));
    const [entry] = body.metadata.managedFields;
    const [group, version] = body.apiVersion.includes('/') ? body.apiVersion.split('/') : ['', body.apiVersion];
    const schema = schemas.ofKind(group, version, body.kind) ?? assert.fail(`no schema of ${body.kind}`);
    const writer = { manager: entry.manager, apiVersion: body.apiVersion, nowIso: entry.time, schema };
    const created = recordUpdate({ ...writer, live: undefined, next: withManagedFields(body, undefined) });
    assert.equal(JSON.stringify(entries(created)), JSON.stringify([entry]), name);
  }
});
