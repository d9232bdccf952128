import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ReplicationController } from '../../../gen/kubernetes-types.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { replicationController } from '../../kinds/core/replicationcontroller.ts';
import { controllerOf } from '../../kube/object.ts';
import { Scenario, template } from '../testing.ts';

test('a replication controller adopts, creates, scales and counts', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('stray', {}, { labels: { app: 'a' } });
  s.create(replicationController, {
    metadata: { name: 'rc' },
    spec: { replicas: 3, selector: { app: 'a' }, template: template({ app: 'a' }) },
  });
  s.expectReady(3, 'app=a');
  assert.equal(controllerOf(s.get<Pod>(pod, 'stray'))?.kind, 'ReplicationController');
  s.patch(replicationController, 'rc', { replicas: 1 });
  s.after('1m').expectReady(1, 'app=a');
  const { status } = s.get<ReplicationController>(replicationController, 'rc');
  assert.deepEqual([status?.replicas, status?.readyReplicas, status?.observedGeneration], [1, 1, 2]);
});
