import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schema } from '../schema.ts';
import { builtInResources } from './resources.ts';
import { schemasFor, schemaVersions } from './schemas.ts';

const field = (schema: Schema | undefined, ...path: string[]): Schema | undefined =>
  path.reduce<Schema | undefined>((node, name) => (name === '[]' ? node?.items : node?.properties?.get(name)), schema);

test('a kind is found by group, version and kind, and its fields carry the facts of the merge machinery', () => {
  const deployment = schemasFor('1.36').ofKind('apps', 'v1', 'Deployment');
  assert.equal(deployment?.name, 'io.k8s.api.apps.v1.Deployment');
  const ports = field(deployment, 'spec', 'template', 'spec', 'containers', '[]', 'ports');
  assert.equal(ports?.listType, 'map');
  assert.deepEqual(ports?.listMapKeys, ['containerPort', 'protocol']);
  assert.equal(ports?.patchMergeKey, 'containerPort');
  assert.equal(field(ports, '[]', 'protocol')?.default, 'TCP');
  assert.equal(field(deployment, 'spec', 'strategy')?.patchStrategy, 'retainKeys');
  assert.equal(field(deployment, 'spec', 'selector')?.mapType, 'atomic');
  assert.equal(field(deployment, 'spec', 'replicas')?.type, 'int32');
});

test('releases differ: fields and kinds come and go', () => {
  const container = 'io.k8s.api.core.v1.Container';
  assert.equal(field(schemasFor('1.33').definition(container), 'restartPolicyRules'), undefined);
  assert.equal(field(schemasFor('1.34').definition(container), 'restartPolicyRules')?.listType, 'atomic');
  assert.equal(schemasFor('1.33').ofKind('resource.k8s.io', 'v1', 'DeviceClass'), undefined);
  assert.ok(schemasFor('1.34.2').ofKind('resource.k8s.io', 'v1', 'DeviceClass'));
  assert.equal(schemasFor('1.99').version, schemaVersions.at(-1));
  assert.equal(schemasFor('1.20').version, schemaVersions[0]);
});

test('values of structs are written when absent, as Go does', () => {
  const schemas = schemasFor('1.36');
  assert.deepEqual(field(schemas.ofKind('networking.k8s.io', 'v1', 'Ingress'), 'status')?.zero, { loadBalancer: {} });
  assert.deepEqual(field(schemas.definition('io.k8s.api.rbac.v1.Role'), 'rules')?.zero, []);
  assert.equal(field(schemas.definition('io.k8s.api.core.v1.PodSpec'), 'hostNetwork')?.presence, 'drop');
  assert.equal(field(schemas.definition('io.k8s.api.apps.v1.DeploymentSpec'), 'replicas')?.presence, undefined);
});

test('recursive definitions close on themselves', () => {
  const props = schemasFor('1.36').definition('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps');
  assert.equal(field(props, 'properties', '[]')?.properties, props?.properties);
  assert.equal(field(props, 'default')?.type, 'any');
});

test('every resource of every release has schemas for its kind and its subresources', () => {
  for (const version of schemaVersions) {
    const schemas = schemasFor(version);
    for (const item of builtInResources(version)) {
      assert.ok(schemas.ofKind(item.group, item.version, item.kind), `${version} ${item.group}/${item.version} ${item.kind}`);
      for (const { kind } of item.subresources) {
        const parts = kind.includes('/') ? kind.split('/') : [item.group, item.version, kind];
        assert.ok(schemas.ofKind(parts[0] ?? '', parts[1] ?? '', parts[2] ?? ''), `${version} ${item.resource} ${kind}`);
      }
    }
  }
});

test('resources are those of the release', () => {
  const names = (version: string): Set<string> => new Set(builtInResources(version).map((item) => `${item.group}/${item.resource}`));
  assert.ok(names('1.36').has('admissionregistration.k8s.io/mutatingadmissionpolicies'));
  assert.ok(!names('1.35').has('admissionregistration.k8s.io/mutatingadmissionpolicies'));
  const pods = builtInResources('1.36').find((item) => item.resource === 'pods' && item.group === '');
  assert.ok(pods?.subresources.some((sub) => sub.name === 'eviction' && sub.kind === 'policy/v1/Eviction'));
});
