import assert from 'node:assert/strict';
import { test } from 'node:test';
import { node } from '../../kinds/core/node.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { container, Scenario } from '../testing.ts';

test('pods of a node that is taken away go at once, whatever grace they have', () => {
  const s = new Scenario({ nodes: 2 });
  const held = { containers: [container({ lifecycle: { preStop: { sleep: { seconds: 20 } } } })] };
  s.pod('a', { ...held, nodeSelector: { 'kubernetes.io/hostname': 'node-0' } });
  s.pod('b', { ...held, nodeSelector: { 'kubernetes.io/hostname': 'node-1' } });
  s.stopKubelet('node-0');
  s.delete(pod, 'a');
  s.after('1h');
  assert.ok(s.find(pod, 'a'));
  s.delete(node, 'node-0');
  assert.equal(s.find(pod, 'a'), undefined);
  assert.ok(s.find(pod, 'b'));
});

test('a pod that is bound to a node which does not exist goes as well', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('lost', { nodeName: 'nowhere' });
  s.settle();
  assert.equal(s.find(pod, 'lost'), undefined);
});
