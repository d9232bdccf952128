import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LimitRangeItem, Pod, ResourceRequirements } from '../../../gen/kubernetes-types.ts';
import type { KubeObject } from '../object.ts';
import { limitRanger } from './limit-ranger.ts';
import { CLAIMS, LIMIT_RANGES, PODS } from './read.ts';
import { admissionWorld, admit, bareKind, refusalOf } from './testing.ts';

const meta = (name: string) => ({ name, namespace: 'n', uid: 'u', creationTimestamp: '2026-11-21T00:00:00Z' });
const podWith = (containers: readonly object[], rest: object = {}): KubeObject =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: meta('p'), spec: { containers, ...rest } }) as unknown as KubeObject;
const container = (resources: ResourceRequirements = {}, name = 'c') => ({ name, image: 'i', resources });

function withLimits(...items: readonly Partial<LimitRangeItem>[]) {
  const it = admissionWorld();
  it.seed((c) => c.create(bareKind(LIMIT_RANGES), { metadata: { name: 'l', namespace: 'n' }, spec: { limits: items } }));
  const run = (object: KubeObject, wanted: object = {}) => admit(it, { resource: PODS, object, ...wanted }, [limitRanger]).object as Pod;
  const refused = (object: KubeObject, wanted: object = {}) => refusalOf(() => run(object, wanted))?.message;
  return { run, refused };
}

test('containers get what they do not say, and an annotation says what that was', () => {
  const { run } = withLimits({
    type: 'Container',
    default: { cpu: '500m', memory: '1Gi' },
    defaultRequest: { cpu: '100m', memory: '64Mi' },
  });
  const pod = run(podWith([container({}, 'a'), container({ requests: { cpu: '1' } }, 'b')], { initContainers: [container({}, 'i')] }));
  assert.deepEqual(pod.spec.containers[0]?.resources, {
    limits: { cpu: '500m', memory: '1Gi' },
    requests: { cpu: '100m', memory: '64Mi' },
  });
  assert.deepEqual(pod.spec.containers[1]?.resources?.requests, { cpu: '1', memory: '64Mi' });
  assert.equal(
    pod.metadata.annotations?.['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu, memory request for container a; cpu, memory limit for container a; memory request for container b; cpu, memory limit for container b; cpu, memory request for init container i; cpu, memory limit for init container i',
  );
});

test('a namespace without ranges leaves pods as they are', () => {
  const object = podWith([container()]);
  assert.equal(admit(admissionWorld(), { resource: PODS, object }, [limitRanger]).object, object);
});

test('refusals have upstream’s texts', () => {
  const cases: readonly [item: Partial<LimitRangeItem>, resources: ResourceRequirements, text: string | undefined][] = [
    [{ min: { cpu: '100m' } }, {}, 'minimum cpu usage per Container is 100m.  No request is specified'],
    [{ min: { cpu: '100m' } }, { requests: { cpu: '50m' } }, 'minimum cpu usage per Container is 100m, but request is 50m'],
    [
      { min: { cpu: '100m' } },
      { requests: { cpu: '100m' }, limits: { cpu: '50m' } },
      'minimum cpu usage per Container is 100m, but limit is 50m',
    ],
    [{ min: { cpu: '100m' } }, { requests: { cpu: '0.1' } }, undefined],
    [{ max: { memory: '1Gi' } }, { requests: { memory: '1Gi' } }, 'maximum memory usage per Container is 1Gi.  No limit is specified'],
    [{ max: { memory: '1Gi' } }, { limits: { memory: '2Gi' } }, 'maximum memory usage per Container is 1Gi, but limit is 2Gi'],
    [
      { max: { memory: '1Gi' } },
      { limits: { memory: '1Gi' }, requests: { memory: '3Gi' } },
      'maximum memory usage per Container is 1Gi, but request is 3Gi',
    ],
    [{ max: { memory: '1Gi' } }, { limits: { memory: '1024Mi' } }, undefined],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      { limits: { cpu: '1' } },
      'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
    ],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '1' } },
      'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
    ],
    [
      { maxLimitRequestRatio: { cpu: '2' } },
      { requests: { cpu: '200m' }, limits: { cpu: '500m' } },
      'cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000',
    ],
    [{ maxLimitRequestRatio: { cpu: '2' } }, { requests: { cpu: '250m' }, limits: { cpu: '500m' } }, undefined],
  ];
  for (const [item, resources, text] of cases) {
    const { refused } = withLimits({ type: 'Container', ...item });
    assert.equal(refused(podWith([container(resources)])), text && `pods "p" is forbidden: ${text}`);
  }
});

test('several faults are joined, equal ones once', () => {
  const { refused } = withLimits({ type: 'Container', max: { cpu: '1', memory: '1Gi' } });
  const resources = { limits: { cpu: '2', memory: '1Gi' }, requests: { memory: '2Gi' } };
  assert.equal(
    refused(podWith([container(resources, 'a'), container(resources, 'b')])),
    'pods "p" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, maximum memory usage per Container is 1Gi, but request is 2Gi]',
  );
});

test('limits of type Pod hold the sum, with init containers by their peak', () => {
  const { refused } = withLimits({ type: 'Pod', max: { cpu: '2' } });
  const cpu = (amount: string) => container({ requests: { cpu: amount }, limits: { cpu: amount } });
  assert.equal(refused(podWith([cpu('1'), cpu('1')])), undefined);
  assert.equal(refused(podWith([cpu('1'), cpu('1500m')])), 'pods "p" is forbidden: maximum cpu usage per Pod is 2, but limit is 2500m');
  assert.equal(refused(podWith([cpu('1')], { initContainers: [cpu('2')] })), undefined);
  assert.equal(
    refused(podWith([cpu('1')], { initContainers: [cpu('3')] })),
    'pods "p" is forbidden: maximum cpu usage per Pod is 2, but limit is 3',
  );
  const sidecar = { ...cpu('1500m'), restartPolicy: 'Always' };
  assert.equal(
    refused(podWith([cpu('1')], { initContainers: [sidecar] })),
    'pods "p" is forbidden: maximum cpu usage per Pod is 2, but limit is 2500m',
  );
});

test('claims are held by their requests, also when they grow', () => {
  const { refused } = withLimits({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '10Gi' } });
  const claim = (storage: string) =>
    ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: meta('c'),
      spec: { resources: { requests: { storage } } },
    }) as unknown as KubeObject;
  const resource = CLAIMS;
  assert.equal(refused(claim('5Gi'), { resource }), undefined);
  assert.equal(
    refused(claim('20Gi'), { resource, operation: 'UPDATE', previous: claim('5Gi') }),
    'persistentvolumeclaims "c" is forbidden: maximum storage usage per PersistentVolumeClaim is 10Gi, but request is 20Gi',
  );
  assert.equal(
    refused(claim('1Mi'), { resource }),
    'persistentvolumeclaims "c" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi',
  );
});

test('pods are not looked at again when they are updated', () => {
  const { refused } = withLimits({ type: 'Container', min: { cpu: '1' } });
  const object = podWith([container()]);
  assert.equal(refused(object, { operation: 'UPDATE', previous: object }), undefined);
});

const amount = fc.integer({ min: 1, max: 4000 }).map((milli) => `${milli}m`);
const resources = fc.dictionary(fc.constantFrom('cpu', 'memory', 'example.com/gpu'), amount);
const requirements = fc.record({ requests: resources, limits: resources }, { requiredKeys: [] });

test('defaults fill every gap, change nothing that is said, and come once', () => {
  fc.assert(
    fc.property(fc.array(requirements, { minLength: 1, maxLength: 3 }), resources, resources, (own, limits, requests) => {
      const { run } = withLimits({ type: 'Container', default: limits, defaultRequest: requests });
      const object = podWith(own.map((item, i) => container(item as ResourceRequirements, `c${i}`)));
      const pod = run(object);
      pod.spec.containers.forEach(({ resources: got }, i) => {
        for (const [field, defaults] of [['requests', requests] as const, ['limits', limits] as const]) {
          const said = own[i]?.[field] ?? {};
          assert.deepEqual({ ...got?.[field] }, { ...defaults, ...said });
        }
      });
      assert.equal(run(pod), pod);
    }),
    { numRuns: 60 },
  );
});

test('a pod passes exactly when every container lies within the bounds', () => {
  const milli = fc.integer({ min: 1, max: 40 }).map((n) => n * 100);
  const sized = fc.record({ request: milli, limit: milli });
  fc.assert(
    fc.property(fc.array(sized, { minLength: 1, maxLength: 3 }), milli, milli, (sizes, min, max) => {
      const { refused } = withLimits({ type: 'Container', min: { cpu: `${min}m` }, max: { cpu: `${max}m` } });
      const containers = sizes.map(({ request, limit }, i) =>
        container({ requests: { cpu: `${request}m` }, limits: { cpu: `${limit}m` } }, `c${i}`),
      );
      const fits = sizes.every((size) => [size.request, size.limit].every((value) => value >= min && value <= max));
      assert.equal(refused(podWith(containers)) === undefined, fits);
    }),
    { numRuns: 60 },
  );
});
