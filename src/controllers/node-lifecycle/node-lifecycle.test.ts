import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { daemonSet } from '../../kinds/apps/daemonset.ts';
import { node } from '../../kinds/core/node.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { conditionOf } from '../pod-control.ts';
import { Scenario, template } from '../testing.ts';

const it = (s: Scenario, name = 'node-0'): Node => s.get<Node>(node, name);
const taints = (s: Scenario, name?: string) => (it(s, name).spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`);
const ready = (s: Scenario) => it(s).status?.conditions?.find(({ type }) => type === 'Ready');

test('a silent node is unknown after 50 s, and its pods go elsewhere after five minutes', () => {
  const s = new Scenario({ nodes: 2 });
  s.deployment('web', { replicas: 4 });
  s.stopKubelet('node-0');
  s.after('49s');
  assert.deepEqual([ready(s)?.status, taints(s)], ['True', []]);
  s.expectReady(4);
  s.after('1s');
  assert.deepEqual([ready(s)?.status, ready(s)?.reason], ['Unknown', 'NodeStatusUnknown']);
  assert.deepEqual(taints(s), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
  s.expectEvent('node-0', 'NodeNotReady: Node node-0 status is now: NodeNotReady');
  s.expectReady(2);
  s.after('299s').expectReady(2);
  s.after('1s').expectReady(4);
  const leaving = s.pods().filter((each) => each.metadata.deletionTimestamp) as Pod[];
  assert.equal(leaving.length, 2);
  assert.equal(conditionOf(leaving[0] as Pod, 'DisruptionTarget')?.reason, 'DeletionByTaintManager');
  s.startKubelet('node-0');
  assert.deepEqual([ready(s)?.status, taints(s)], ['True', []]);
  s.after('2s');
  assert.equal(s.pods().length, 4);
});

test('a node that is back in time keeps its pods, which are ready again', () => {
  const s = new Scenario({ nodes: 2 });
  s.deployment('web', { replicas: 4 });
  const before = s.pods().map((each) => each.metadata.uid);
  s.stopKubelet('node-0');
  s.after('2m').expectReady(2);
  s.startKubelet('node-0');
  s.expectReady(4);
  assert.deepEqual(
    s.pods().map((each) => each.metadata.uid),
    before,
  );
});

test('nothing is evicted while no node is ready at all', () => {
  const s = new Scenario({ nodes: 2 });
  s.deployment('web', { replicas: 2 });
  s.stopKubelet('node-0');
  s.stopKubelet('node-1');
  s.after('1h');
  assert.deepEqual(taints(s), ['unreachable:NoSchedule']);
  assert.ok(s.pods().every((each) => !each.metadata.deletionTimestamp));
  s.startKubelet('node-1');
  assert.deepEqual(taints(s), ['unreachable:NoSchedule', 'unreachable:NoExecute']);
});

test('daemon pods stay on a silent node', () => {
  const s = new Scenario({ nodes: 2 });
  s.create(daemonSet, { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'd' } }, template: template({ app: 'd' }) } });
  s.stopKubelet('node-0');
  s.after('1h');
  assert.ok(s.pods().every((each) => !each.metadata.deletionTimestamp));
});

test('tolerationSeconds decide how long a pod stays; none means for good, no toleration at all means at once', () => {
  const s = new Scenario({ nodes: 1 });
  const toleration = (seconds?: number) => ({
    tolerations: [{ key: 'k', operator: 'Exists', effect: 'NoExecute', ...(seconds && { tolerationSeconds: seconds }) }],
  });
  s.pod('minute', toleration(60));
  s.pod('forever', toleration());
  s.pod('never');
  s.patch(node, 'node-0', { taints: [{ key: 'k', effect: 'NoExecute', timeAdded: '2026-11-21T00:00:00Z' }] });
  const left = () => s.pods().flatMap(({ metadata }) => (metadata.deletionTimestamp ? [] : [metadata.name]));
  assert.deepEqual(left(), ['forever', 'minute']);
  s.expectEvent('never', 'TaintManagerEviction: Marking for deletion Pod default/never');
  s.after('1m');
  assert.deepEqual(left(), ['forever']);
});

test('a cordon and conditions taint, and untaint', () => {
  const s = new Scenario({ nodes: 1 });
  s.patch(node, 'node-0', { unschedulable: true });
  assert.deepEqual(taints(s), ['unschedulable:NoSchedule']);
  s.updateStatus<Node>(node, 'node-0', (object) => ({
    ...object,
    status: { ...object.status, conditions: [...(object.status?.conditions ?? []), { type: 'DiskPressure', status: 'True' }] },
  }));
  assert.deepEqual(taints(s), ['unschedulable:NoSchedule', 'disk-pressure:NoSchedule']);
  s.update<Node>(node, 'node-0', (object) => ({ ...object, spec: { ...object.spec, unschedulable: false } }));
  assert.deepEqual(taints(s), ['disk-pressure:NoSchedule']);
});

test('a node that registers itself not ready takes pods once it is', () => {
  const s = new Scenario();
  s.create(node, {
    metadata: { name: 'n' },
    spec: { podCIDR: '10.244.0.0/24' },
    status: { allocatable: { cpu: '1', memory: '1Gi', pods: '9' }, conditions: [{ type: 'Ready', status: 'False' }] },
  });
  s.pod('p');
  assert.deepEqual(taints(s, 'n'), ['not-ready:NoSchedule']);
  assert.equal(s.get<Pod>(pod, 'p').spec.nodeName, undefined);
  s.setNodeReady('n', 'True');
  assert.equal(s.get<Pod>(pod, 'p').spec.nodeName, 'n');
});
