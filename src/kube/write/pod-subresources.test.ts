import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../kernel/json.ts';
import type { Kind } from '../kind.ts';
import { testServer } from '../pipeline/testing.ts';

const pod: Kind = { group: '', kind: 'Pod', resource: 'pods', namespaced: true, versions: [{ name: 'v1' }], status: true };
const budget: Kind = { ...pod, group: 'policy', kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets' };
const PODS = '/api/v1/namespaces/n/pods';
const BUDGETS = '/apis/policy/v1/namespaces/n/poddisruptionbudgets';

async function server(allowed: number) {
  const it = testServer([pod, budget]);
  const write = (method: string, path: string, body: unknown) => it.send({ method, path, body });
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (const name of ['a', 'b']) {
    const made = await write('POST', PODS, { metadata: { name, labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'i' }] } });
    await write('PUT', `${PODS}/${name}/status`, { ...made.json, status: ready });
  }
  const made = await write('POST', BUDGETS, {
    metadata: { name: 'p' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'x' } } },
  });
  const status = { observedGeneration: 1, disruptionsAllowed: allowed, currentHealthy: 2, desiredHealthy: 1, expectedPods: 2 };
  await write('PUT', `${BUDGETS}/p/status`, { ...made.json, status });
  return { ...it, write };
}

test('an eviction takes from the budget, and the next one waits', async () => {
  const { write, send } = await server(1);
  const first = await write('POST', `${PODS}/a/eviction`, { metadata: { name: 'a' } });
  assert.equal(first.status, 201, first.text);
  assert.equal((await send({ path: `${PODS}/a` })).status, 404);
  const second = await write('POST', `${PODS}/b/eviction`, { metadata: { name: 'b' } });
  assert.equal(second.status, 429);
  assert.equal(second.json.message, "Cannot evict pod as it would violate the pod's disruption budget.");
  const [cause] = (second.json.details as { causes: JsonObject[] }).causes;
  assert.equal(cause?.message, 'The disruption budget p needs 1 healthy pods and has 2 currently');
});

test('an evicted pod that stays for its grace period says why it goes', async () => {
  const graceful = { ...pod, gracePeriodSeconds: (_: unknown, requested: number | undefined) => requested ?? 30 };
  const { send } = testServer([graceful]);
  await send({ method: 'POST', path: PODS, body: { metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'i' }] } } });
  assert.equal((await send({ method: 'POST', path: `${PODS}/a/eviction`, body: { metadata: { name: 'a' } } })).status, 201);
  const { metadata, status } = (await send({ path: `${PODS}/a` })).json as { metadata: JsonObject; status: { conditions: JsonObject[] } };
  assert.ok(metadata.deletionTimestamp);
  assert.deepEqual(
    status.conditions.map(({ type, reason }) => [type, reason]),
    [['DisruptionTarget', 'EvictionByEvictionAPI']],
  );
});

test('a pod is bound to one node once', async () => {
  const { write, send } = await server(0);
  const bind = (node: string) => write('POST', `${PODS}/a/binding`, { metadata: { name: 'a' }, target: { kind: 'Node', name: node } });
  assert.equal((await bind('n1')).status, 201);
  assert.equal(((await send({ path: `${PODS}/a` })).json.spec as { nodeName: string }).nodeName, 'n1');
  assert.equal((await bind('n2')).status, 409);
});
