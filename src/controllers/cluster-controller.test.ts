import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../gen/kubernetes-types.ts';
import { deployment } from '../kinds/apps/deployment.ts';
import { pod } from '../kinds/core/pod/pod.ts';
import { onObject, splitKey } from './cluster-controller.ts';
import { container, Scenario } from './testing.ts';

test('keys are split into namespace and name', () => {
  assert.deepEqual(splitKey('n/a'), { namespace: 'n', name: 'a' });
  assert.deepEqual(splitKey('a'), { namespace: '', name: 'a' });
});

test('a change concerns what the object had to do with before, and has after', () => {
  const s = new Scenario({ nodes: 1 });
  const { targets } = onObject(pod, (object, _, scope) => (object.metadata.name ? [`${scope}/${object.metadata.name}`] : []));
  const entry = (name: string) => ({ key: 'k', value: { metadata: { name } }, revision: 1, createdRevision: 1 });
  const change = { revision: 2, collection: 'pods@c', key: 'k' };
  assert.deepEqual(targets?.({ ...change, entry: entry('b'), previous: entry('a') }, s.world.reader), ['c/a', 'c/b']);
  assert.deepEqual(targets?.({ ...change, previous: entry('a') }, s.world.reader), ['c/a']);
  assert.deepEqual(targets?.({ ...change, entry: entry('b'), previous: entry('') }, s.world.reader), ['c/b']);
});

test('the controllers of a stopped cluster rest, and take everything up again when it starts', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 1 });
  const sleeping = container({ image: 'busybox', command: ['sleep', '60'] });
  s.pod('job', { restartPolicy: 'Never', containers: [sleeping] });
  s.setRunning(false);
  const before = s.world.reader.revision;
  s.after('10m');
  assert.equal(s.world.reader.revision, before);
  s.setRunning(true);
  assert.equal(s.get<Pod>(pod, 'job').status?.phase, 'Succeeded');
  s.patch(deployment, 'web', { replicas: 2 });
  s.expectReady(2, 'app=web');
});
