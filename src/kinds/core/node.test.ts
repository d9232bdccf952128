import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Lease, Node } from '../../../gen/kubernetes-types.ts';
import { Store } from '../../kernel/store.ts';
import { collectionOf, type KindContext } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { lease } from '../coordination.k8s.io/lease.ts';
import { node } from './node.ts';

const created = '2026-01-01T00:00:00Z';
const metadata = { name: 'n', uid: 'u', creationTimestamp: created };
const withReady = (status: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata,
  spec: {},
  status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: created, lastTransitionTime: created }] },
});

function context(stored: KubeObject, nowIso: string): KindContext {
  const store = new Store([]);
  store.write(collectionOf(node, 'c'), 'n', stored);
  return { scope: 'c', version: '1.36', reader: store, nowIso, nowMs: Date.parse(nowIso) };
}

const heartbeat = (status: string, nowIso: string): string | undefined => {
  const shown = node.computed?.(withReady(status), context(withReady(status), nowIso)) as unknown as Node;
  return shown.status?.conditions?.[0]?.lastHeartbeatTime;
};

const renewal = (status: string, nowIso: string, namespace = 'kube-node-lease'): string | undefined => {
  const spec = { holderIdentity: 'n', renewTime: '2026-01-01T00:00:00.000000Z' };
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...metadata, namespace }, spec };
  const shown = lease.computed?.(object, context(withReady(status), nowIso)) ?? object;
  return (shown as unknown as Lease).spec.renewTime;
};

test('a healthy node reports every five minutes and renews its lease every ten seconds, without a write', () => {
  assert.equal(heartbeat('True', '2026-01-01T00:12:34Z'), '2026-01-01T00:10:00Z');
  assert.equal(renewal('True', '2026-01-01T00:12:34Z'), '2026-01-01T00:12:30.000000Z');
});

test('a node that is not ready keeps what was stored', () => {
  for (const status of ['False', 'Unknown']) {
    assert.equal(heartbeat(status, '2026-01-01T00:12:34Z'), created);
    assert.equal(renewal(status, '2026-01-01T00:12:34Z'), '2026-01-01T00:00:00.000000Z');
  }
});

test('leases elsewhere are nobody’s heartbeat', () => {
  assert.equal(renewal('True', '2026-01-01T00:12:34Z', 'kube-system'), '2026-01-01T00:00:00.000000Z');
});

test('columns tell health, roles and addresses', () => {
  const cells = (object: KubeObject): unknown[] =>
    ['Status', 'Roles', 'Version', 'Internal-IP', 'External-IP'].map((name) =>
      node.columns?.find((column) => column.name === name)?.cell(object, 0),
    );
  assert.deepEqual(cells(withReady('True')), ['Ready', '<none>', '', '<none>', '<none>']);
  assert.deepEqual(
    cells({
      ...withReady('False'),
      metadata: { ...metadata, labels: { 'node-role.kubernetes.io/agent': '', 'kubernetes.io/role': 'worker' } },
      spec: { unschedulable: true },
      status: {
        ...(withReady('False').status as object),
        addresses: [{ type: 'InternalIP', address: '10.1.0.4' }],
        nodeInfo: { kubeletVersion: 'v1.36.2' },
      },
    }),
    ['NotReady,SchedulingDisabled', 'agent,worker', 'v1.36.2', '10.1.0.4', '<none>'],
  );
});

test('provider and pod addresses are set once', () => {
  const previous = { ...withReady('True'), spec: { providerID: 'azure:///a', podCIDRs: ['10.0.0.0/24'] } };
  const set = (spec: KubeObject['spec']) =>
    node.validateUpdate?.({ ...previous, spec } as KubeObject, previous, context(previous, created))?.map(({ path }) => path);
  assert.deepEqual(set({ providerID: 'azure:///b', podCIDRs: ['10.0.1.0/24'] }), ['spec.podCIDRs', 'spec.providerID']);
  assert.deepEqual(set(previous.spec), []);
});
