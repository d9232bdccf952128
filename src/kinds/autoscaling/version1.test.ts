import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, type JsonObject } from '../../kernel/json.ts';
import type { KubeObject } from '../../kube/object.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { fromVersion1, toVersion1 } from './version1.ts';

const metadata = { name: 'h', namespace: 'n', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
const stored = (spec: JsonObject, status?: JsonObject): KubeObject =>
  deepFreeze({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, minReplicas: 1, maxReplicas: 3, ...spec },
    ...(status && { status }),
  });

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '1Gi' } } };
const queue = { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } };
const pods = { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '100' } } };
const ingress = {
  type: 'Object',
  object: {
    describedObject: { kind: 'Ingress', name: 'i', apiVersion: 'networking.k8s.io/v1' },
    metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } },
    target: { type: 'Value', value: '5k' },
  },
};

test('version 1 shows CPU as a field and the rest in annotations', () => {
  const shown = toVersion1(stored({ metrics: [memory, cpu] }, { desiredReplicas: 2, currentReplicas: 1, currentMetrics: null }));
  assert.equal((shown.spec as JsonObject).targetCPUUtilizationPercentage, 50);
  assert.deepEqual(JSON.parse(shown.metadata.annotations?.['autoscaling.alpha.kubernetes.io/metrics'] ?? ''), [
    { type: 'Resource', resource: { name: 'memory', targetAverageValue: '1Gi' } },
  ]);
  assert.deepEqual(shown.status, { currentReplicas: 1, desiredReplicas: 2 });
});

test('what was written as version 1 is stored as version 2', () => {
  const { metrics: _, ...spec } = stored({}).spec as JsonObject;
  const made = fromVersion1({ ...stored({}), apiVersion: 'autoscaling/v1', spec: { ...spec, targetCPUUtilizationPercentage: 50 } });
  assert.deepEqual(made, stored({ metrics: [cpu] }));
});

test('reading as version 1 and writing back loses nothing', () => {
  fc.assert(
    fc.property(
      fc.subarray([cpu, memory, queue, pods, ingress]),
      fc.option(fc.constant({ scaleUp: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } })),
      (metrics, behavior) => {
        const object = stored({ ...(metrics.length > 0 && { metrics }), ...(behavior && { behavior }) });
        assert.deepEqual(fromVersion1(toVersion1(object)), object);
      },
    ),
  );
});

test('targets are shown as present and desired values', () => {
  const cell = (object: KubeObject) => horizontalPodAutoscaler.columns?.find(({ name }) => name === 'Targets')?.cell(object, 0);
  assert.equal(cell(stored({ metrics: [cpu] })), 'cpu: <unknown>/50%');
  const current = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 10, averageValue: '100m' } } }];
  assert.equal(
    cell(stored({ metrics: [cpu, queue, pods] }, { desiredReplicas: 1, currentMetrics: current })),
    'cpu: 10%/50%, <unknown>/30 (avg) + 1 more...',
  );
});
