import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../kernel/json.ts';
import { objectManagedFields, scaleManagedFields } from './scale.ts';

const entry = (manager: string, operation: string, apiVersion: string, fieldsV1: JsonObject, subresource?: string): JsonObject => ({
  manager,
  operation,
  apiVersion,
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...(subresource ? { subresource } : {}),
});
const replicas = { 'f:spec': { 'f:replicas': {} } };
const object = [
  entry('m1', 'Apply', 'apps/v1', { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }),
  entry('m2', 'Update', 'apps/v1', { 'f:status': {} }),
];

test('a Scale shows who owns the replicas', () => {
  assert.deepEqual(scaleManagedFields(object, '.spec.replicas'), [entry('m1', 'Apply', 'autoscaling/v1', replicas)]);
  assert.equal(scaleManagedFields([object[1] as JsonObject], '.spec.replicas'), undefined);
});

test('a write to the Scale that leaves the owner changes nothing', () => {
  const scale = scaleManagedFields(object, '.spec.replicas') as JsonObject[];
  assert.deepEqual(objectManagedFields(object, scale, 'apps/v1', '.spec.replicas'), object);
});

test('a write to the Scale moves the replicas to the writer', () => {
  const scale = [entry('m3', 'Update', 'autoscaling/v1', replicas, 'scale')];
  assert.deepEqual(objectManagedFields(object, scale, 'apps/v1', '.spec.replicas'), [
    entry('m1', 'Apply', 'apps/v1', { 'f:spec': { 'f:paused': {} } }),
    entry('m2', 'Update', 'apps/v1', { 'f:status': {} }),
    entry('m3', 'Update', 'apps/v1', replicas, 'scale'),
  ]);
});
