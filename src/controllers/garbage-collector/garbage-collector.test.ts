import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap } from '../../../gen/kubernetes-types.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import type { KubeObject } from '../../kube/object.ts';
import { container, Scenario } from '../testing.ts';

const ref = (owner: KubeObject, more = {}) => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...more,
});
const make = (s: Scenario, name: string, ownerReferences: object[] = [], more = {}): ConfigMap =>
  s.create<ConfigMap>(configMap, { metadata: { name, ownerReferences, ...more } });

test('background: dependents follow their owner, also over several levels', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  const b = make(s, 'b', [ref(a)]);
  make(s, 'c', [ref(b)]);
  s.delete(configMap, 'a');
  assert.deepEqual(
    s.list(configMap, 'default').map((each) => each.metadata.name),
    ['kube-root-ca.crt'],
  );
});

test('an object with another owner left keeps that one only', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  const b = make(s, 'b');
  make(s, 'c', [ref(a), ref(b)]);
  s.delete(configMap, 'a');
  assert.deepEqual(
    s.get<ConfigMap>(configMap, 'c').metadata.ownerReferences?.map(({ name }) => name),
    ['b'],
  );
});

test('an object created with an owner that never was is collected', () => {
  const s = new Scenario();
  s.run((cluster) =>
    cluster.create(configMap, {
      metadata: { name: 'x', namespace: 'default', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'u' }] },
    }),
  );
  assert.equal(s.find(configMap, 'x'), undefined);
});

test('foreground: the owner waits for the dependents that block it', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  make(s, 'b', [ref(a, { blockOwnerDeletion: true })], { finalizers: ['x.io/hold'] });
  s.delete(configMap, 'a', { propagationPolicy: 'Foreground' });
  assert.deepEqual(s.get<ConfigMap>(configMap, 'a').metadata.finalizers, ['foregroundDeletion']);
  assert.ok(s.get<ConfigMap>(configMap, 'b').metadata.deletionTimestamp);
  s.update<ConfigMap>(configMap, 'b', (object) => ({
    ...object,
    metadata: { ...object.metadata, finalizers: (object.metadata.finalizers ?? []).filter((name) => name !== 'x.io/hold') },
  }));
  assert.deepEqual([s.find(configMap, 'a'), s.find(configMap, 'b')], [undefined, undefined]);
});

test('foreground: a dependent that does not block is deleted but not waited for', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  make(s, 'b', [ref(a)], { finalizers: ['x.io/hold'] });
  s.delete(configMap, 'a', { propagationPolicy: 'Foreground' });
  assert.equal(s.find(configMap, 'a'), undefined);
  assert.ok(s.get<ConfigMap>(configMap, 'b').metadata.deletionTimestamp);
});

test('foreground through a deployment ends with nothing left', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2 });
  s.delete(deployment, 'web', { propagationPolicy: 'Foreground' });
  s.after('1m');
  assert.deepEqual([s.find(deployment, 'web'), s.list(replicaSet).length, s.pods().length], [undefined, 0, 0]);
});

test('foreground: what has another owner stays with that one', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  const b = make(s, 'b');
  make(s, 'c', [ref(a, { blockOwnerDeletion: true }), ref(b)]);
  s.delete(configMap, 'a', { propagationPolicy: 'Foreground' });
  assert.equal(s.find(configMap, 'a'), undefined);
  assert.deepEqual(
    s.get<ConfigMap>(configMap, 'c').metadata.ownerReferences?.map(({ name }) => name),
    ['b'],
  );
});

test('foreground: a circle of owners ends', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  const b = make(s, 'b', [ref(a, { blockOwnerDeletion: true })]);
  const c = make(s, 'c', [ref(b, { blockOwnerDeletion: true })]);
  const ownerReferences = [{ ...ref(c), blockOwnerDeletion: true }];
  s.update<ConfigMap>(configMap, 'a', (object) => ({ ...object, metadata: { ...object.metadata, ownerReferences } }));
  s.delete(configMap, 'a', { propagationPolicy: 'Foreground' });
  for (const name of ['a', 'b', 'c']) assert.equal(s.find(configMap, name), undefined, name);
});

test('orphan: dependents stay and forget their owner', () => {
  const s = new Scenario();
  const a = make(s, 'a');
  make(s, 'b', [ref(a)]);
  s.delete(configMap, 'a', { propagationPolicy: 'Orphan' });
  assert.equal(s.find(configMap, 'a'), undefined);
  assert.equal(s.get<ConfigMap>(configMap, 'b').metadata.ownerReferences, undefined);
});

test('owners of unknown kinds keep what they own', () => {
  const s = new Scenario();
  make(s, 'b', [{ apiVersion: 'x.io/v1', kind: 'Thing', name: 't', uid: 'u' }]);
  assert.ok(s.find(configMap, 'b'));
});

test('collected pods get their grace', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 1 }, { containers: [container({ lifecycle: { preStop: { sleep: { seconds: 20 } } } })] });
  s.delete(deployment, 'web');
  s.after('19s');
  assert.equal(s.pods().length, 1);
  s.after('3s');
  assert.equal(s.pods().length, 0);
});
