import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet, Node } from '../../../gen/kubernetes-types.ts';
import { controllerRevision } from '../../kinds/apps/controllerrevision.ts';
import { daemonSet } from '../../kinds/apps/daemonset.ts';
import { node } from '../../kinds/core/node.ts';
import { container, Scenario, template } from '../testing.ts';

function daemon(s: Scenario, spec: object = {}, more: object = {}): void {
  const labels = { app: 'd' };
  s.create(daemonSet, {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: labels }, template: template(labels, { ...spec }), ...more },
  });
}
const taint = (s: Scenario, name: string, effect: string): void => s.patch(node, name, { taints: [{ key: 'k', value: 'v', effect }] });
const nodesOf = (s: Scenario) =>
  s
    .pods('app=d')
    .filter((pod) => !pod.metadata.deletionTimestamp)
    .map((pod) => pod.spec.nodeName)
    .sort();
const status = (s: Scenario) => s.get<DaemonSet>(daemonSet, 'd').status;

test('one pod runs on every node, also on those that come later', () => {
  const s = new Scenario({ nodes: 2 });
  daemon(s);
  assert.deepEqual(nodesOf(s), ['node-0', 'node-1']);
  s.node('node-2', {}, 2);
  assert.deepEqual(nodesOf(s), ['node-0', 'node-1', 'node-2']);
  assert.deepEqual(status(s), {
    currentNumberScheduled: 3,
    numberMisscheduled: 0,
    desiredNumberScheduled: 3,
    numberReady: 3,
    observedGeneration: 1,
    updatedNumberScheduled: 3,
    numberAvailable: 3,
  });
  s.delete(node, 'node-0');
  s.after('1m');
  assert.deepEqual(nodesOf(s), ['node-1', 'node-2']);
});

test('NoSchedule keeps pods away, NoExecute drives them out, a cordon does neither', () => {
  const s = new Scenario({ nodes: 3 });
  taint(s, 'node-0', 'NoSchedule');
  daemon(s);
  assert.deepEqual(nodesOf(s), ['node-1', 'node-2']);
  taint(s, 'node-1', 'NoSchedule');
  assert.deepEqual(nodesOf(s), ['node-1', 'node-2']);
  taint(s, 'node-1', 'NoExecute');
  s.after('1m');
  assert.deepEqual(nodesOf(s), ['node-2']);
  s.patch(node, 'node-2', { unschedulable: true });
  assert.deepEqual(nodesOf(s), ['node-2']);
  s.update<Node>(node, 'node-1', (object) => ({ ...object, spec: { ...object.spec, taints: [] } }));
  assert.deepEqual(nodesOf(s), ['node-1', 'node-2']);
});

test('a node selector decides which nodes count', () => {
  const s = new Scenario({ nodes: 2 });
  s.node('gpu', { labels: { gpu: 'yes' } }, 2);
  daemon(s, { nodeSelector: { gpu: 'yes' } });
  assert.deepEqual(nodesOf(s), ['gpu']);
  s.update<Node>(node, 'node-0', (object) => ({ ...object, metadata: { ...object.metadata, labels: { gpu: 'yes' } } }));
  assert.deepEqual(nodesOf(s), ['gpu', 'node-0']);
});

test('a new template rolls out node by node and leaves a revision', () => {
  const s = new Scenario({ nodes: 3 });
  daemon(s, { containers: [container({ readinessProbe: { initialDelaySeconds: 5, httpGet: { path: '/', port: 80 } } })] });
  s.after('5s').expectReady(3);
  const changed = container({ image: 'nginx:2', readinessProbe: { initialDelaySeconds: 5, httpGet: { path: '/', port: 80 } } });
  s.patch(daemonSet, 'd', { template: template({ app: 'd' }, { containers: [changed] }) });
  for (let i = 0; i < 10; i++) {
    s.after('2s');
    assert.ok((status(s)?.numberReady ?? 0) >= 2);
  }
  s.after('30s').expectReady(3);
  assert.ok(s.pods('app=d').every((pod) => pod.spec.containers[0]?.image === 'nginx:2'));
  assert.equal(s.list(controllerRevision).length, 2);
});

test('OnDelete waits for somebody to delete the old pod', () => {
  const s = new Scenario({ nodes: 1 });
  daemon(s, {}, { updateStrategy: { type: 'OnDelete' } });
  s.patch(daemonSet, 'd', { template: template({ app: 'd' }, { containers: [container({ image: 'nginx:2' })] }) });
  s.after('1m');
  assert.equal(s.pods()[0]?.spec.containers[0]?.image, 'nginx');
  assert.equal(status(s)?.updatedNumberScheduled, undefined);
});

test('maxSurge brings the new pod before the old one goes', () => {
  const s = new Scenario({ nodes: 1 });
  const probed = (image: string) => container({ image, readinessProbe: { initialDelaySeconds: 5, httpGet: { path: '/', port: 80 } } });
  daemon(
    s,
    { containers: [probed('nginx')] },
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
  );
  s.after('5s').expectReady(1);
  s.patch(daemonSet, 'd', { template: template({ app: 'd' }, { containers: [probed('nginx:2')] }) });
  assert.equal(s.pods().length, 2);
  s.expectReady(1);
  s.after('1m').expectReady(1);
  assert.deepEqual(
    s.pods().map((pod) => pod.spec.containers[0]?.image),
    ['nginx:2'],
  );
});
