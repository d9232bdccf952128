import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { controllerOf } from '../../kube/object.ts';
import { Scenario, template } from '../testing.ts';
import { deletionOrder } from './deletion-order.ts';

function replicas(s: Scenario, count: number): void {
  const spec = { replicas: count, selector: { matchLabels: { app: 'a' } }, template: template({ app: 'a' }) };
  s.create(replicaSet, { metadata: { name: 'rs' }, spec });
}

test('pods that match and belong to nobody are adopted, and count', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('stray', {}, { labels: { app: 'a' } });
  replicas(s, 2);
  s.expectReady(2, 'app=a');
  assert.equal(controllerOf(s.get<Pod>(pod, 'stray'))?.name, 'rs');
  s.pod('third', {}, { labels: { app: 'a' } });
  s.after('1m').expectReady(2, 'app=a');
});

test('a pod whose labels no longer match is released and replaced', () => {
  const s = new Scenario({ nodes: 1 });
  replicas(s, 2);
  const victim = s.pods()[0] as Pod;
  s.update<Pod>(pod, victim.metadata.name, (object) => ({ ...object, metadata: { ...object.metadata, labels: { app: 'debug' } } }));
  s.expectReady(2, 'app=a');
  assert.equal(controllerOf(s.get<Pod>(pod, victim.metadata.name)), undefined);
});

test('a deleted pod is replaced, and its events say who did it', () => {
  const s = new Scenario({ nodes: 1 });
  replicas(s, 1);
  const old = s.pods()[0]?.metadata.name ?? '';
  s.delete(pod, old);
  s.after('1m').expectReady(1, 'app=a');
  assert.notEqual(s.pods()[0]?.metadata.name, old);
  s.expectEvent('rs', /^SuccessfulCreate: Created pod: rs-/);
  s.patch(replicaSet, 'rs', { replicas: 0 });
  s.after('1m');
  s.expectEvent('rs', /^SuccessfulDelete: Deleted pod: rs-/);
  const status = s.get<ReplicaSet>(replicaSet, 'rs').status;
  assert.deepEqual([status?.replicas, status?.readyReplicas, status?.observedGeneration], [0, undefined, 2]);
});

test('orphaning leaves the pods without an owner', () => {
  const s = new Scenario({ nodes: 1 });
  replicas(s, 2);
  s.delete(replicaSet, 'rs', { propagationPolicy: 'Orphan' });
  assert.equal(s.find(replicaSet, 'rs'), undefined);
  assert.equal(s.pods().length, 2);
  assert.ok(s.pods().every((each) => !each.metadata.ownerReferences?.length));
});

const NOW = '2026-11-21T00:00:00Z';
const LATER = '2026-11-21T01:00:00Z';
function candidate(
  name: string,
  o: { node?: string; phase?: string; ready?: string; cost?: string; restarts?: number; created?: string } = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      creationTimestamp: o.created ?? NOW,
      ...(o.cost && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': o.cost } }),
    },
    spec: { containers: [], ...(o.node !== '' && { nodeName: o.node ?? 'n' }) },
    status: {
      phase: o.phase ?? 'Running',
      conditions: o.ready === '' ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: o.ready ?? NOW }],
      containerStatuses: [{ name: 'c', image: '', imageID: '', ready: true, restartCount: o.restarts ?? 0 }],
    },
  };
}

const cases: [why: string, first: Parameters<typeof candidate>[1], second: Parameters<typeof candidate>[1]][] = [
  ['unassigned before assigned', { node: '' }, {}],
  ['pending before running', { phase: 'Pending' }, {}],
  ['not ready before ready', { ready: '' }, {}],
  ['cheaper before dearer', { cost: '-5' }, { cost: '5' }],
  ['lately ready before long ready', { ready: LATER }, { ready: NOW }],
  ['often restarted before seldom restarted', { restarts: 3 }, { restarts: 1 }],
  ['young before old', { created: LATER }, { created: NOW }],
];
for (const [why, first, second] of cases)
  test(`deletion order: ${why}`, () => {
    const pods = [candidate('z', second), candidate('a', first)];
    assert.equal(deletionOrder(pods, pods)[0]?.metadata.name, 'a');
    const swapped = [candidate('a', second), candidate('z', first)];
    assert.equal(deletionOrder(swapped, swapped)[0]?.metadata.name, 'z');
  });

test('deletion order: crowded nodes first', () => {
  const pods = [candidate('a', { node: 'x' }), candidate('b', { node: 'y' }), candidate('c', { node: 'y' })];
  assert.notEqual(deletionOrder(pods, pods)[0]?.metadata.name, 'a');
});
