import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Arm, poolPath } from './support/arm.ts';
import { Service } from './support/service.ts';

test('labels and taints of a pool reach the nodes that it has, and leave them', async (t) => {
  const arm = await Arm.login(await Service.start(t));
  await arm.createCluster();
  const user1 = poolPath('rg', 'demo', 'user1');
  const properties = { mode: 'User', count: 1, vmSize: 'Standard_D2s_v5', nodeLabels: { a: 'b' }, nodeTaints: ['k=v:NoSchedule'] };
  await arm.put(user1, { properties });
  const kube = await arm.kube();
  const node = async () => (await kube.get('/api/v1/nodes?labelSelector=agentpool%3Duser1')).items[0];
  const { name } = (await node()).metadata;
  await kube.patch(`/api/v1/nodes/${name}`, { metadata: { labels: { own: 'mine' } } });
  await arm.put(user1, { properties: { nodeLabels: { c: 'd' }, nodeTaints: ['x=y:NoExecute'] } });
  const { metadata, spec } = await node();
  assert.equal(metadata.name, name, 'in place');
  assert.deepEqual([metadata.labels.a, metadata.labels.c, metadata.labels.own], [undefined, 'd', 'mine']);
  assert.deepEqual(spec.taints, [{ key: 'x', value: 'y', effect: 'NoExecute' }]);
  const shown = (await arm.get(user1)).properties;
  assert.deepEqual([shown.nodeLabels, shown.nodeTaints, shown.nodeMarks], [{ c: 'd' }, ['x=y:NoExecute'], undefined]);
  kube.close();
});
