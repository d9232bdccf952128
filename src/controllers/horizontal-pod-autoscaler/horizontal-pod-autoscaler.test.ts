import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, V2HorizontalPodAutoscaler } from '../../../gen/kubernetes-types.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { horizontalPodAutoscaler } from '../../kinds/autoscaling/horizontalpodautoscaler.ts';
import { container, Scenario } from '../testing.ts';
import { limited } from './decide.ts';

type Fields = { readonly [field: string]: unknown };
const requests = { containers: [container({ resources: { requests: { cpu: '100m', memory: '100Mi' } } })] };
const cpu = (target: Fields): Fields => ({ type: 'Resource', resource: { name: 'cpu', target } });
const utilization = (percent: number) => cpu({ type: 'Utilization', averageUtilization: percent });

function scaled(metric: Fields, { replicas = 2, pods = requests as Fields, ...spec }: Fields = {}): Scenario {
  const s = new Scenario({ nodes: 3 });
  s.deployment('web', { replicas }, pods as Fields);
  s.create(horizontalPodAutoscaler, {
    metadata: { name: 'web' },
    spec: {
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [metric],
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      ...spec,
    },
  });
  return s;
}
const it = (s: Scenario) => s.get<V2HorizontalPodAutoscaler>(horizontalPodAutoscaler, 'web');
const size = (s: Scenario) => s.get<Deployment>(deployment, 'web').spec.replicas;
const condition = (s: Scenario, type: string) => it(s).status?.conditions?.find((each) => each.type === type);

test('usage above the target grows the target to the maximum, in steps', () => {
  // A container that requests anything uses at least 5 % of it.
  const s = scaled(utilization(1));
  assert.equal(size(s), 4);
  s.after('15s');
  assert.equal(size(s), 8);
  s.after('15s');
  assert.equal(size(s), 10);
  assert.equal(condition(s, 'ScalingLimited')?.reason, 'TooManyReplicas');
  assert.equal(condition(s, 'ScalingActive')?.reason, 'ValidMetricFound');
  s.expectEvent('web', 'SuccessfulRescale: New size: 8; reason: cpu resource utilization (percentage of request) above target');
});

test('usage below the target shrinks it to the minimum, after it has lasted', () => {
  const s = scaled(utilization(95), { replicas: 6 });
  assert.equal(condition(s, 'AbleToScale')?.reason, 'ScaleDownStabilized');
  s.after('4m');
  assert.equal(size(s), 6);
  s.after('1h');
  assert.ok((size(s) ?? 0) < 6);
  s.expectEvent('web', /^SuccessfulRescale: New size: \d; reason: All metrics below target$/);
});

test('a plain amount per pod can be the target too', () => {
  const s = scaled(cpu({ type: 'AverageValue', averageValue: '1m' }));
  s.after('1m');
  assert.equal(size(s), 10);
  assert.match(it(s).status?.currentMetrics?.[0]?.resource?.current.averageValue ?? '', /^\d+m$/);
});

test('sizes outside the limits are corrected at once', () => {
  const s = scaled(utilization(50), { replicas: 1, minReplicas: 3 });
  assert.equal(size(s), 3);
  const many = scaled(utilization(50), { replicas: 12, maxReplicas: 4 });
  assert.equal(size(many), 4);
});

test('what cannot be told is said: no requests, no target, no replicas, no such metric', () => {
  const bare = scaled(utilization(50), { pods: {} });
  assert.match(condition(bare, 'ScalingActive')?.message ?? '', /missing request for cpu in container main of Pod web-/);
  bare.expectEvent('web', /^FailedGetResourceMetric: /);
  const none = scaled(utilization(50), { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'absent' } });
  assert.equal(condition(none, 'AbleToScale')?.reason, 'FailedGetScale');
  const zero = scaled(utilization(50), { replicas: 0 });
  assert.equal(condition(zero, 'ScalingActive')?.reason, 'ScalingDisabled');
  const external = scaled({ type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: '1' } } });
  assert.equal(condition(external, 'ScalingActive')?.reason, 'FailedGetExternalMetric');
});

test('an autoscaler that decides nothing wakes once an hour', () => {
  const s = scaled(utilization(50), { minReplicas: 2, maxReplicas: 2 });
  s.after('1m');
  const before = s.world.stats.get('horizontal-pod-autoscaler')?.reconciles ?? 0;
  s.after('10h');
  assert.ok((s.world.stats.get('horizontal-pod-autoscaler')?.reconciles ?? 0) - before <= 22);
});

const behaviours: [behavior: Fields | undefined, current: number, proposed: number[], size: number][] = [
  [undefined, 3, [20], 6],
  [undefined, 1, [20], 4],
  [undefined, 5, [5, 4, 1], 5],
  [undefined, 5, [2, 1, 1], 2],
  [
    {
      scaleUp: {
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4 },
          { type: 'Percent', value: 100 },
        ],
      },
    },
    2,
    [20],
    6,
  ],
  [
    {
      scaleUp: {
        selectPolicy: 'Min',
        policies: [
          { type: 'Pods', value: 1 },
          { type: 'Percent', value: 100 },
        ],
      },
    },
    2,
    [20],
    3,
  ],
  [{ scaleUp: { selectPolicy: 'Disabled' } }, 2, [20], 2],
  [
    {
      scaleDown: {
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 1 },
          { type: 'Percent', value: 50 },
        ],
      },
    },
    8,
    [1],
    4,
  ],
  [
    {
      scaleDown: {
        selectPolicy: 'Min',
        policies: [
          { type: 'Pods', value: 1 },
          { type: 'Percent', value: 50 },
        ],
      },
    },
    8,
    [1],
    7,
  ],
  [{ scaleDown: { selectPolicy: 'Disabled' } }, 8, [1], 8],
];
for (const [behavior, current, proposed, wanted] of behaviours)
  test(`from ${current}, proposed ${proposed}, with ${JSON.stringify(behavior)}: ${wanted}`, () => {
    const spec = { minReplicas: 1, maxReplicas: 100, scaleTargetRef: { kind: 'Deployment', name: 'web' }, ...(behavior && { behavior }) };
    // Only the limits matter here.
    assert.equal(limited({ spec } as unknown as V2HorizontalPodAutoscaler, current, proposed), wanted);
  });
