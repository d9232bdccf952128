import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodDisruptionBudget } from '../../../gen/kubernetes-types.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { podDisruptionBudget } from '../../kinds/policy/poddisruptionbudget.ts';
import { container, Scenario } from '../testing.ts';

function guarded(spec: object, replicas = 4): Scenario {
  const s = new Scenario({ nodes: 2 });
  s.create(podDisruptionBudget, { metadata: { name: 'pdb' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } });
  s.deployment('web', { replicas });
  return s;
}
const status = (s: Scenario) => s.get<PodDisruptionBudget>(podDisruptionBudget, 'pdb').status ?? {};
const numbers = (s: Scenario) => {
  const { expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed } = status(s);
  return [expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed];
};

const cases: [spec: object, replicas: number, numbers: number[]][] = [
  [{ minAvailable: 3 }, 4, [4, 4, 3, 1]],
  [{ minAvailable: '50%' }, 5, [5, 5, 3, 2]],
  [{ maxUnavailable: 1 }, 4, [4, 4, 3, 1]],
  [{ maxUnavailable: '30%' }, 4, [4, 4, 2, 2]],
  [{ maxUnavailable: 0 }, 3, [3, 3, 3, 0]],
  [{ minAvailable: 1 }, 0, [0, 0, 1, 0]],
];
for (const [spec, replicas, wanted] of cases)
  test(`${JSON.stringify(spec)} of ${replicas} pods`, () => {
    const s = guarded(spec, replicas);
    assert.deepEqual(numbers(s), wanted);
    const [condition] = status(s).conditions ?? [];
    assert.deepEqual(
      [condition?.type, condition?.status, condition?.reason],
      ['DisruptionAllowed', ...(wanted[3] ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods'])],
    );
    assert.equal(status(s).observedGeneration, 1);
  });

test('pods that are not ready, and growth that has not come yet, leave less room', () => {
  const s = guarded({ maxUnavailable: 1 });
  s.stopKubelet('node-0');
  s.after('1m');
  s.patch(deployment, 'web', { replicas: 8 });
  assert.equal(status(s).expectedPods, 8);
  assert.deepEqual([status(s).currentHealthy, status(s).disruptionsAllowed], [6, 0]);
});

test('a granted eviction counts for two minutes while the pod stays', () => {
  const s = guarded({ minAvailable: 3 });
  const name = s.pods()[0]?.metadata.name ?? '';
  s.updateStatus<PodDisruptionBudget>(podDisruptionBudget, 'pdb', (object) => ({
    ...object,
    status: { ...object.status, disruptedPods: { [name]: '2026-11-21T00:00:00Z' } },
  }));
  assert.deepEqual(numbers(s), [4, 3, 3, 0]);
  s.after('2m');
  assert.deepEqual(numbers(s), [4, 4, 3, 1]);
  assert.equal(status(s).disruptedPods, undefined);
});

test('pods without a controller are told of where shares are asked for', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('lone', { containers: [container()] }, { labels: { app: 'web' } });
  s.create(podDisruptionBudget, { metadata: { name: 'pdb' }, spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: 1 } });
  assert.deepEqual(numbers(s), [0, 1, 0, 0]);
  s.expectEvent('pdb', /^UnmanagedPods: /);
  s.delete(pod, 'lone');
  s.after('2s');
  s.expectEvent('pdb', 'NoPods: No matching pods found');
});
