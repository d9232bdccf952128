import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, Namespace } from '../../../gen/kubernetes-types.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { namespace } from '../../kinds/core/namespace.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { serviceAccount } from '../../kinds/core/serviceaccount.ts';
import { container, Scenario } from '../testing.ts';

const condition = (s: Scenario, type: string) => s.get<Namespace>(namespace, 'n').status?.conditions?.find((each) => each.type === type);

test('a new namespace gets its service account and the root CA, also when they are deleted', () => {
  const s = new Scenario();
  s.create(namespace, { metadata: { name: 'n' } });
  assert.ok(s.get(serviceAccount, 'default', 'n'));
  assert.equal(s.get<ConfigMap>(configMap, 'kube-root-ca.crt', 'n').data?.['ca.crt'], 'PEM');
  s.run((cluster) => cluster.delete(serviceAccount, 'n', 'default'));
  s.run((cluster) => cluster.delete(configMap, 'n', 'kube-root-ca.crt'));
  assert.ok(s.get(serviceAccount, 'default', 'n'));
  assert.ok(s.get(configMap, 'kube-root-ca.crt', 'n'));
});

test('deletion empties a namespace and lets it go', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(namespace, { metadata: { name: 'n' } });
  s.create(configMap, { metadata: { name: 'a', namespace: 'n' } });
  s.pod('p', {}, { namespace: 'n' });
  s.delete(namespace, 'n');
  s.after('1m');
  assert.equal(s.find(namespace, 'n'), undefined);
  assert.deepEqual([s.list(pod, 'n').length, s.list(configMap, 'n').length, s.list(serviceAccount, 'n').length], [0, 0, 0]);
});

test('a finalizer holds the namespace, which says what it waits for', () => {
  const s = new Scenario();
  s.create(namespace, { metadata: { name: 'n' } });
  s.create(configMap, { metadata: { name: 'a', namespace: 'n', finalizers: ['x.io/hold'] } });
  s.delete(namespace, 'n');
  assert.equal(s.get<Namespace>(namespace, 'n').status?.phase, 'Terminating');
  assert.equal(condition(s, 'NamespaceContentRemaining')?.message, 'Some resources are remaining: configmaps. has 1 resource instances');
  assert.equal(
    condition(s, 'NamespaceFinalizersRemaining')?.message,
    'Some content in the namespace has finalizers remaining: x.io/hold in 1 resource instances',
  );
  s.run((cluster) => {
    const held = cluster.get<ConfigMap>(configMap, 'n', 'a') as ConfigMap;
    cluster.update(configMap, { ...held, metadata: { ...held.metadata, finalizers: [] } });
  });
  assert.equal(s.find(namespace, 'n'), undefined);
});

test('pods go before what they may need', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(namespace, { metadata: { name: 'n' } });
  s.create(configMap, { metadata: { name: 'a', namespace: 'n' } });
  s.pod('p', { containers: [container()] }, { namespace: 'n', finalizers: ['x.io/hold'] });
  s.delete(namespace, 'n');
  s.after('1m');
  assert.ok(s.find(configMap, 'a', 'n'));
});
