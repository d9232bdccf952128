import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pod, ResourceQuota } from '../../../../gen/kubernetes-types.ts';
import type { NewObject } from '../../cluster.ts';
import { parseQuantity } from '../../quantity.ts';
import { CLAIMS, NAMESPACES, PODS, RESOURCE_QUOTAS, type Resource, SERVICE_ACCOUNTS, SERVICES, STORAGE_CLASSES } from '../read.ts';
import { admissionWorld, bareKind, refusalOf } from '../testing.ts';
import { countedBy, quotaUsed } from './usage.ts';

const CONFIG_MAPS = { group: '', resource: 'configmaps' };
const DEPLOYMENTS = { group: 'apps', resource: 'deployments' };

/** Namespace "n" with a quota "q". */
function withQuota(hard: { readonly [name: string]: string }, rest: object = {}) {
  const it = admissionWorld();
  const quota = { metadata: { name: 'q', namespace: 'n' }, spec: { hard, ...rest } };
  it.seed((c) => {
    c.create(bareKind(NAMESPACES), { metadata: { name: 'n' } });
    c.create(bareKind(SERVICE_ACCOUNTS), { metadata: { name: 'default', namespace: 'n' } });
    c.create(bareKind(RESOURCE_QUOTAS), quota);
  });
  const make = (resource: Resource, name: string, body: object = {}, write = it.run) =>
    write((c) => c.create(bareKind(resource), { metadata: { name, namespace: 'n' }, ...body } as NewObject));
  const pod = (name: string, spec: object = {}) => make(PODS, name, { spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
  const refused = (work: () => unknown) => refusalOf(work)?.message.replace(/^.* is forbidden: /, '');
  const used = () => it.world.transact((tx) => quotaUsed({ tx, scope: 'c' }, quota as unknown as ResourceQuota));
  return { ...it, make, pod, refused, used };
}

const sized = (field: 'requests' | 'limits', list: object) => ({ containers: [{ name: 'c', image: 'i', resources: { [field]: list } }] });

test('the pod that is one too many is refused with upstream’s text', () => {
  const it = withQuota({ pods: '2' });
  it.pod('a');
  it.pod('b');
  const refusal = refusalOf(() => it.pod('x'));
  assert.deepEqual(refusal?.status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2',
    reason: 'Forbidden',
    details: { name: 'x', kind: 'pods' },
    code: 403,
  });
  assert.deepEqual(it.used(), { pods: '2' });
});

test('pods that are over make room, but still count as objects', () => {
  const it = withQuota({ pods: '1', 'count/pods': '2' });
  it.make(PODS, 'done', { spec: { containers: [] }, status: { phase: 'Succeeded' } }, it.seed);
  it.pod('a');
  assert.equal(
    it.refused(() => it.pod('b')),
    'exceeded quota: q, requested: count/pods=1,pods=1, used: count/pods=2,pods=1, limited: count/pods=2,pods=1',
  );
});

test('compute is added up over containers and pods', () => {
  const it = withQuota({ 'requests.cpu': '1', 'limits.memory': '1Gi' });
  const resources = (cpu: string, memory: string) => ({ requests: { cpu }, limits: { memory } });
  const spec = (cpu: string, memory: string) => ({ containers: [{ name: 'c', image: 'i', resources: resources(cpu, memory) }] });
  it.pod('a', spec('600m', '512Mi'));
  assert.equal(
    it.refused(() => it.pod('b', spec('500m', '256Mi'))),
    'exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
  );
  it.pod('b', spec('400m', '512Mi'));
  assert.deepEqual(it.used(), { 'requests.cpu': '1', 'limits.memory': '1Gi' });
});

test('where compute is limited, containers must say what they take', () => {
  const it = withQuota({ cpu: '1', 'limits.memory': '1Gi' });
  assert.equal(
    it.refused(() => it.pod('a')),
    'failed quota: q: must specify cpu for: c; limits.memory for: c',
  );
  const containers = [
    { name: 'b', image: 'i' },
    { name: 'a', image: 'i', resources: { requests: { cpu: '1m' } } },
  ];
  assert.equal(
    it.refused(() => it.pod('a', { containers })),
    'failed quota: q: must specify cpu for: b; limits.memory for: a,b',
  );
});

test('extended resources are limited by their requests', () => {
  const it = withQuota({ 'requests.nvidia.com/gpu': '1' });
  const gpu = sized('requests', { 'nvidia.com/gpu': '1' });
  it.pod('a', gpu);
  it.pod('none');
  assert.equal(
    it.refused(() => it.pod('b', gpu)),
    'exceeded quota: q, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1, limited: requests.nvidia.com/gpu=1',
  );
});

test('other kinds are counted by their name, and by count/', () => {
  const it = withQuota({ configmaps: '1', 'count/deployments.apps': '1' });
  it.make(CONFIG_MAPS, 'a');
  assert.equal(
    it.refused(() => it.make(CONFIG_MAPS, 'b')),
    'exceeded quota: q, requested: configmaps=1, used: configmaps=1, limited: configmaps=1',
  );
  it.make(DEPLOYMENTS, 'a', { spec: {} });
  assert.equal(
    it.refused(() => it.make(DEPLOYMENTS, 'b', { spec: {} })),
    'exceeded quota: q, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1',
  );
});

test('services are charged for node ports and load balancers, also by an update', () => {
  const it = withQuota({ 'services.nodeports': '3', 'services.loadbalancers': '1' });
  const ports = [{ port: 80 }, { port: 443 }];
  it.make(SERVICES, 'lb', { spec: { type: 'LoadBalancer', ports } });
  const plain = it.make(SERVICES, 'plain', { spec: { type: 'ClusterIP', ports } });
  const change = (type: string, more: object = {}) =>
    it.refused(() => it.run((c) => c.update(bareKind(SERVICES), { ...plain, spec: { type, ports, ...more } } as typeof plain)));
  assert.equal(
    change('NodePort'),
    'exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=2, limited: services.nodeports=3',
  );
  assert.equal(
    change('LoadBalancer', { allocateLoadBalancerNodePorts: false }),
    'exceeded quota: q, requested: services.loadbalancers=1, used: services.loadbalancers=1, limited: services.loadbalancers=1',
  );
});

test('claims are charged by size, by class and for what they grow', () => {
  const it = withQuota({
    'requests.storage': '10Gi',
    persistentvolumeclaims: '2',
    'fast.storageclass.storage.k8s.io/requests.storage': '5Gi',
    'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
  });
  const spec = (storage: string, storageClassName: string) => ({ spec: { storageClassName, resources: { requests: { storage } } } });
  it.seed((c) => c.create(bareKind(STORAGE_CLASSES), { metadata: { name: 'fast' }, allowVolumeExpansion: true }));
  const first = it.make(CLAIMS, 'a', { ...spec('4Gi', 'fast'), status: { phase: 'Bound' } });
  assert.equal(
    it.refused(() => it.make(CLAIMS, 'b', spec('1Gi', 'fast'))),
    'exceeded quota: q, requested: fast.storageclass.storage.k8s.io/persistentvolumeclaims=1, used: fast.storageclass.storage.k8s.io/persistentvolumeclaims=1, limited: fast.storageclass.storage.k8s.io/persistentvolumeclaims=1',
  );
  it.make(CLAIMS, 'b', spec('4Gi', 'slow'));
  assert.equal(
    it.refused(() => it.run((c) => c.update(bareKind(CLAIMS), { ...first, ...spec('7Gi', 'fast') } as typeof first))),
    'exceeded quota: q, requested: fast.storageclass.storage.k8s.io/requests.storage=3Gi,requests.storage=3Gi, used: fast.storageclass.storage.k8s.io/requests.storage=4Gi,requests.storage=8Gi, limited: fast.storageclass.storage.k8s.io/requests.storage=5Gi,requests.storage=10Gi',
  );
});

test('scopes say which pods a quota is about', () => {
  const burstable = sized('requests', { cpu: '1m' });
  const otherNamespaces = { podAffinityTerm: { topologyKey: 'k', namespaces: ['m'] }, weight: 1 };
  const cases: readonly [scope: object, inside: object, outside: object][] = [
    [{ scopes: ['BestEffort'] }, {}, burstable],
    [{ scopes: ['NotBestEffort'] }, burstable, {}],
    [{ scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, {}],
    [{ scopes: ['NotTerminating'] }, {}, { activeDeadlineSeconds: 5 }],
    [{ scopes: ['BestEffort', 'NotTerminating'] }, {}, { activeDeadlineSeconds: 5 }],
    [
      { scopes: ['CrossNamespacePodAffinity'] },
      { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [otherNamespaces] } } },
      {},
    ],
  ];
  for (const [scope, inside, outside] of cases) {
    const it = withQuota({ pods: '0' }, scope);
    it.pod('outside', outside);
    assert.equal(
      it.refused(() => it.pod('inside', inside)),
      'exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0',
      JSON.stringify(scope),
    );
  }
});

test('a quota of a priority class counts the pods of that class', () => {
  const term = (operator: string, values?: readonly string[]) => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values && { values }) }] },
  });
  const cases: readonly [scope: object, inside: boolean][] = [
    [term('In', ['high']), true],
    [term('In', ['low']), false],
    [term('NotIn', ['low']), true],
    [term('NotIn', ['high']), false],
    [term('Exists'), true],
    [term('DoesNotExist'), false],
  ];
  for (const [scope, inside] of cases) {
    const it = withQuota({ pods: '0' }, scope);
    it.seed((c) =>
      c.create(bareKind({ group: 'scheduling.k8s.io', resource: 'priorityclasses' }), { metadata: { name: 'high' }, value: 5 }),
    );
    const refused = it.refused(() => it.pod('p', { priorityClassName: 'high' }));
    assert.equal(refused !== undefined, inside, JSON.stringify(scope));
  }
});

test('scoped quotas are about nothing but pods', () => {
  const it = withQuota({ configmaps: '0' }, { scopes: ['BestEffort'] });
  it.make(CONFIG_MAPS, 'a');
});

test('a quota of another namespace does not count', () => {
  const it = withQuota({ configmaps: '0' });
  it.seed((c) => c.create(bareKind(NAMESPACES), { metadata: { name: 'm' } }));
  it.run((c) => c.create(bareKind(CONFIG_MAPS), { metadata: { name: 'a', namespace: 'm' } }));
});

test('names of limits lead to what is counted', () => {
  const of = (name: string) => Object.values(countedBy(name)).filter(Boolean).join('/');
  assert.equal(of('count/jobs.batch'), 'batch/jobs');
  assert.equal(of('count/widgets.example.com'), 'example.com/widgets');
  assert.equal(of('requests.storage'), 'persistentvolumeclaims');
  assert.equal(of('requests.ephemeral-storage'), 'pods');
  assert.equal(of('hugepages-2Mi'), 'pods');
  assert.equal(of('services.loadbalancers'), 'services');
  assert.equal(of('secrets'), 'secrets');
});

test('what is let through never exceeds the quota, and what is refused would have', () => {
  const request = fc.integer({ min: 1, max: 900 });
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 12 }), fc.integer({ min: 100, max: 3000 }), (asked, limit) => {
      const it = withQuota({ 'requests.cpu': `${limit}m` });
      let sum = 0;
      asked.forEach((milli, i) => {
        const refused = it.refused(() => it.pod(`p${i}`, sized('requests', { cpu: `${milli}m` })));
        assert.equal(refused === undefined, sum + milli <= limit);
        if (!refused) sum += milli;
      });
      assert.equal(parseQuantity(it.used()['requests.cpu'] ?? '').value?.nano, BigInt(sum) * 1_000_000n);
      assert.ok(it.run((c) => c.list<Pod>(bareKind(PODS), 'n')).length <= asked.length);
    }),
    { numRuns: 30 },
  );
});
