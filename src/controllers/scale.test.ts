import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemonSet } from '../kinds/apps/daemonset.ts';
import { pod } from '../kinds/core/pod/pod.ts';
import { Scenario, template } from './testing.ts';

const reconciles = (s: Scenario): number => [...s.world.stats.values()].reduce((sum, each) => sum + each.reconciles, 0);

test('work grows with the pods alone: no pod makes others be looked at again', () => {
  const perPod = (count: number): number => {
    const s = new Scenario({ nodes: 20 });
    const before = reconciles(s);
    s.deployment('web', { replicas: count });
    s.expectReady(count);
    return (reconciles(s) - before) / count;
  };
  const few = perPod(100);
  const many = perPod(1000);
  assert.ok(many < 8, `${many} reconciles per pod`);
  assert.ok(many <= few * 1.1, `${few} reconciles per pod of 100, ${many} of 1000`);
});

test('an idle hour of 500 nodes with a daemon pod each costs nothing but forgetting events', () => {
  const s = new Scenario({ nodes: 500 });
  s.create(daemonSet, { metadata: { name: 'd' }, spec: { selector: { matchLabels: { app: 'd' } }, template: template({ app: 'd' }) } });
  s.expectReady(500);
  const before = reconciles(s);
  const { revision } = s.world.reader;
  s.after('1h');
  assert.equal(s.world.reader.revision, revision);
  assert.ok(reconciles(s) - before <= 10, `${reconciles(s) - before} reconciles`);
});

test('pods that wait cost one look per change of the cluster, not one each', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 300 });
  s.expectReady(110);
  const scheduler = s.world.stats.get('scheduler');
  const before = scheduler?.reconciles ?? 0;
  for (const each of s
    .pods()
    .filter(({ spec }) => spec.nodeName)
    .slice(0, 5))
    s.delete(pod, each.metadata.name);
  s.after('1m').expectReady(110);
  assert.ok((scheduler?.reconciles ?? 0) - before < 40, `${(scheduler?.reconciles ?? 0) - before} looks`);
});
