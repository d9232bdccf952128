import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Pod } from '../../../gen/kubernetes-types.ts';
import { namespace } from '../../kinds/core/namespace.ts';
import { node } from '../../kinds/core/node.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { podDisruptionBudget } from '../../kinds/policy/poddisruptionbudget.ts';
import { priorityClass } from '../../kinds/scheduling.k8s.io/priorityclass.ts';
import { conditionOf } from '../pod-control.ts';
import { container, Scenario } from '../testing.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const requesting = (cpu: string, memory = '0') => ({ containers: [container({ resources: { requests: { cpu, memory } } })] });
const nodeOf = (s: Scenario, name: string): string | undefined => s.get<Pod>(pod, name).spec.nodeName;
const message = (s: Scenario, name: string): string => conditionOf(s.get<Pod>(pod, name), 'PodScheduled')?.message ?? '';
const zones = (s: Scenario, ...names: string[]) => names.forEach((zone, i) => void s.node(`n${i}`, { labels: { [ZONE]: zone } }, i));
const antiAffinity = (labels: object, topologyKey = HOST) => ({
  podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: labels }, topologyKey }] },
});
const affinity = (labels: object, topologyKey = ZONE) => ({
  podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: labels }, topologyKey }] },
});

/** Each: how the only node is made, the pod that it refuses, and upstream's words for it. */
const refusals: [reason: string, node: Parameters<Scenario['node']>[1], spec: { readonly [field: string]: unknown }][] = [
  ['Insufficient cpu', {}, requesting('5')],
  ['Insufficient cpu, 1 Insufficient memory', {}, requesting('5', '20Gi')],
  ['Too many pods', { allocatable: { pods: '0' } }, {}],
  [
    'Insufficient nvidia.com/gpu',
    {},
    { containers: [container({ resources: { limits: { 'nvidia.com/gpu': '1' }, requests: { 'nvidia.com/gpu': '1' } } })] },
  ],
  ['node(s) were unschedulable', { spec: { unschedulable: true } }, {}],
  ['node(s) had untolerated taint(s)', { spec: { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] } }, {}],
  ["node(s) didn't match Pod's node affinity/selector", {}, { nodeSelector: { disk: 'ssd' } }],
  [
    "node(s) didn't match pod topology spread constraints (missing required label)",
    {},
    {
      topologySpreadConstraints: [
        { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { a: 'b' } } },
      ],
    },
  ],
  ["node(s) didn't match pod affinity rules", { labels: { [ZONE]: 'z' } }, { affinity: affinity({ app: 'absent' }) }],
];
for (const [reason, how, spec] of refusals)
  test(`refuses: ${reason}`, () => {
    const s = new Scenario();
    s.node('n', how);
    s.pod('p', spec);
    assert.equal(nodeOf(s, 'p'), undefined);
    assert.ok(message(s, 'p').startsWith(`0/1 nodes are available: 1 ${reason}. `), message(s, 'p'));
    assert.equal(conditionOf(s.get<Pod>(pod, 'p'), 'PodScheduled')?.reason, 'Unschedulable');
    s.expectEvent('p', `FailedScheduling: ${message(s, 'p')}`);
  });

test('reasons of several nodes are counted, and preemption is said not to help', () => {
  const s = new Scenario({ nodes: 2 });
  s.node('c', { spec: { taints: [{ key: 'gpu', effect: 'NoSchedule' }] } }, 2);
  s.pod('filler-0', requesting('3'));
  s.pod('filler-1', requesting('3'));
  s.pod('p', requesting('2'));
  assert.match(
    message(s, 'p'),
    /^0\/3 nodes are available: 1 node\(s\) had untolerated taint\(s\), 2 Insufficient cpu\. no new claims to deallocate, preemption: 0\/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod\.$/,
  );
});

test('without nodes the pod waits, and goes as soon as one comes', () => {
  const s = new Scenario();
  s.pod('p');
  assert.equal(message(s, 'p'), 'no nodes available to schedule pods');
  s.node('n');
  assert.equal(nodeOf(s, 'p'), 'n');
  s.expectEvent('p', 'Scheduled: Successfully assigned default/p to n');
});

test('room that becomes free is used: by a deletion, by an end, by a node that is uncordoned', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('first', requesting('3'));
  s.pod('second', requesting('3'));
  s.delete(pod, 'first');
  s.after('1m');
  assert.equal(nodeOf(s, 'second'), 'node-0');
  s.pod('job', {
    ...requesting('1'),
    restartPolicy: 'Never',
    containers: [container({ command: ['sleep', '10'], resources: { requests: { cpu: '1' } } })],
  });
  s.pod('third', requesting('1'));
  assert.equal(nodeOf(s, 'third'), undefined);
  s.after('10s');
  assert.equal(nodeOf(s, 'third'), 'node-0');
  s.patch(node, 'node-0', { unschedulable: true });
  s.pod('fourth');
  assert.equal(nodeOf(s, 'fourth'), undefined);
  s.patch(node, 'node-0', { unschedulable: false });
  assert.equal(nodeOf(s, 'fourth'), 'node-0');
});

test('host ports are given out once per node and protocol', () => {
  const s = new Scenario({ nodes: 2 });
  const port = (protocol: string) => ({ containers: [container({ ports: [{ containerPort: 80, hostPort: 80, protocol }] })] });
  for (const name of ['a', 'b', 'c']) s.pod(name, port('TCP'));
  s.pod('udp', port('UDP'));
  assert.equal(new Set(['a', 'b'].map((name) => nodeOf(s, name))).size, 2);
  assert.match(message(s, 'c'), /2 node\(s\) didn't have free ports for the requested pod ports\./);
  assert.ok(nodeOf(s, 'udp'));
});

test('required anti-affinity keeps pods apart, also against those that come later without any', () => {
  const s = new Scenario({ nodes: 2 });
  for (const name of ['a', 'b', 'c']) s.pod(name, { affinity: antiAffinity({ app: 'db' }) }, { labels: { app: 'db' } });
  assert.equal(new Set(['a', 'b'].map((name) => nodeOf(s, name))).size, 2);
  assert.match(message(s, 'c'), /2 node\(s\) didn't match pod anti-affinity rules\./);
  s.pod('plain', {}, { labels: { app: 'db' } });
  assert.match(message(s, 'plain'), /2 node\(s\) didn't satisfy existing pods anti-affinity rules\./);
});

test('required affinity follows its pods, and the first of a group may go anywhere', () => {
  const s = new Scenario();
  zones(s, 'a', 'b', 'b');
  for (const name of ['p', 'q', 'r', 't']) s.pod(name, { affinity: affinity({ app: 'web' }) }, { labels: { app: 'web' } });
  const used = new Set(['p', 'q', 'r', 't'].map((name) => (nodeOf(s, name) === 'n0' ? 'a' : 'b')));
  assert.equal(used.size, 1);
});

test('preferred affinity of pods of equal place goes to their zone', () => {
  const s = new Scenario();
  zones(s, 'a', 'b');
  s.pod('cache', { nodeSelector: { [HOST]: 'n1' } }, { labels: { app: 'cache' } });
  const term = { labelSelector: { matchLabels: { app: 'cache' } }, topologyKey: ZONE };
  const preferred = { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } };
  s.pod('p', { affinity: preferred });
  assert.equal(nodeOf(s, 'p'), 'n1');
});

test('spread constraints hold over zones, and say so when they cannot', () => {
  const s = new Scenario();
  zones(s, 'a', 'b', 'c');
  const spread = [{ maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'web' } } }];
  s.deployment('web', { replicas: 6 }, { topologySpreadConstraints: spread });
  const perNode = Map.groupBy(s.pods('app=web'), (each) => each.spec.nodeName);
  assert.deepEqual(
    [...perNode.values()].map((pods) => pods.length),
    [2, 2, 2],
  );
  s.patch(node, 'n0', { unschedulable: true });
  s.patch(node, 'n1', { unschedulable: true });
  s.pod('a', { topologySpreadConstraints: spread }, { labels: { app: 'web' } });
  assert.equal(nodeOf(s, 'a'), 'n2');
  s.pod('b', { topologySpreadConstraints: spread }, { labels: { app: 'web' } });
  assert.match(message(s, 'b'), /1 node\(s\) didn't match pod topology spread constraints, 2 node\(s\) were unschedulable\./);
});

test('replicas spread over hosts without being told', () => {
  const s = new Scenario({ nodes: 4 });
  s.deployment('web', { replicas: 8 });
  const perNode = Map.groupBy(s.pods('app=web'), (each) => each.spec.nodeName);
  assert.deepEqual(
    [...perNode.values()].map((pods) => pods.length),
    [2, 2, 2, 2],
  );
});

test('PreferNoSchedule and preferred node affinity only weigh', () => {
  const s = new Scenario();
  s.node('tainted', { spec: { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] } });
  s.node('plain', {}, 1);
  s.node('ssd', { labels: { disk: 'ssd' } }, 2);
  const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
  s.pod('p', { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference }] } } });
  assert.equal(nodeOf(s, 'p'), 'ssd');
  for (let i = 0; i < 4; i++) s.pod(`q${i}`);
  assert.ok([0, 1, 2, 3].every((i) => nodeOf(s, `q${i}`) !== 'tainted'));
});

test('gated pods wait for their gates, other schedulers for themselves', () => {
  const s = new Scenario({ nodes: 1 });
  s.pod('gated', { schedulingGates: [{ name: 'x.io/quota' }] });
  s.pod('foreign', { schedulerName: 'other' });
  assert.deepEqual([nodeOf(s, 'gated'), nodeOf(s, 'foreign')], [undefined, undefined]);
  assert.equal(conditionOf(s.get<Pod>(pod, 'gated'), 'PodScheduled')?.reason, 'SchedulingGated');
  s.update<Pod>(pod, 'gated', ({ spec: { schedulingGates: _, ...spec }, ...rest }) => ({ ...rest, spec }));
  assert.equal(nodeOf(s, 'gated'), 'node-0');
});

test('a term with a namespace selector sees the pods of those namespaces', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(namespace, { metadata: { name: 'other', labels: { team: 'x' } } });
  s.pod('a', {}, { namespace: 'other', labels: { app: 'db' } });
  const term = { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: HOST, namespaceSelector: { matchLabels: { team: 'x' } } };
  s.pod('p', { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } });
  assert.equal(nodeOf(s, 'p'), undefined);
});

const withPriorities = (s: Scenario): void => {
  for (const [name, value] of [
    ['low', -10],
    ['high', 1000],
  ] as const)
    s.create(priorityClass, { metadata: { name }, value });
  s.create(priorityClass, { metadata: { name: 'polite' }, value: 1000, preemptionPolicy: 'Never' });
};

test('a pod of higher priority takes the room of as few and as unimportant pods as will do', () => {
  const s = new Scenario({ nodes: 2 });
  withPriorities(s);
  s.pod('filler', { ...requesting('4'), nodeSelector: { [HOST]: 'node-0' } });
  s.pod('low-a', { ...requesting('2'), priorityClassName: 'low', nodeSelector: { [HOST]: 'node-1' } });
  s.pod('low-b', { ...requesting('1'), priorityClassName: 'low', nodeSelector: { [HOST]: 'node-1' } });
  s.pod('plain', { ...requesting('1'), nodeSelector: { [HOST]: 'node-1' } });
  const victim = s.get<Pod>(pod, 'low-a');
  s.pod('vip', { ...requesting('2'), priorityClassName: 'high' });
  assert.equal(s.get<Pod>(pod, 'vip').status?.nominatedNodeName, 'node-1');
  s.after('2s');
  assert.equal(nodeOf(s, 'vip'), 'node-1');
  assert.deepEqual(
    s.pods().map(({ metadata }) => metadata.name),
    ['filler', 'low-b', 'plain', 'vip'],
  );
  const vip = s.get<Pod>(pod, 'vip');
  assert.equal(vip.status?.nominatedNodeName, undefined);
  s.expectEvent(victim.metadata.name, `Preempted: Preempted by pod ${vip.metadata.uid} on node node-1`);
  s.pod('second', requesting('1'));
  s.after('2s');
  assert.equal(nodeOf(s, 'second'), 'node-1');
  assert.equal(s.find(pod, 'low-b'), undefined);
});

test('nobody goes for a pod that does not preempt, or that would not fit all the same', () => {
  const s = new Scenario({ nodes: 1 });
  withPriorities(s);
  s.pod('low', { ...requesting('4'), priorityClassName: 'low' });
  s.pod('polite', { ...requesting('4'), priorityClassName: 'polite' });
  assert.match(message(s, 'polite'), /preemption: not eligible due to preemptionPolicy=Never\.$/);
  s.pod('huge', { ...requesting('40'), priorityClassName: 'high' });
  assert.match(message(s, 'huge'), /preemption: 0\/1 nodes are available: 1 Preemption is not helpful for scheduling\.$/);
  assert.ok(s.find(pod, 'low'));
});

test('a victim that takes its time is waited for, and no other goes meanwhile', () => {
  const s = new Scenario({ nodes: 2 });
  withPriorities(s);
  const sleeping = { lifecycle: { preStop: { sleep: { seconds: 20 } } }, resources: { requests: { cpu: '4' } } };
  for (const name of ['a', 'b']) s.pod(name, { containers: [container(sleeping)], priorityClassName: 'low' });
  s.pod('vip', { ...requesting('4'), priorityClassName: 'high' });
  assert.ok(s.get<Pod>(pod, 'vip').status?.nominatedNodeName);
  s.after('10s');
  s.pod('noise');
  s.patch(node, 'node-0', { podCIDRs: ['10.244.0.0/24'] });
  assert.equal(s.pods().filter(({ metadata }) => metadata.deletionTimestamp).length, 1);
  s.after('12s');
  assert.ok(nodeOf(s, 'vip'));
});

test('room that was made for a pod is not given to those that had to go', () => {
  const s = new Scenario({ nodes: 1 });
  withPriorities(s);
  s.deployment('low', { replicas: 4 }, requesting('1'));
  s.pod('vip', { ...requesting('2'), priorityClassName: 'high' });
  s.after('2s');
  assert.equal(nodeOf(s, 'vip'), 'node-0');
  const others = s.pods().filter(({ metadata }) => metadata.name !== 'vip');
  assert.equal(others.length, 4);
  assert.equal(others.filter(({ spec }) => spec.nodeName).length, 2);
});

test('of two nodes that one is chosen whose pods no budget guards', () => {
  const s = new Scenario({ nodes: 2 });
  withPriorities(s);
  s.create(podDisruptionBudget, { metadata: { name: 'pdb' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'guarded' } } } });
  s.pod('guarded', { ...requesting('4'), nodeSelector: { [HOST]: 'node-0' } }, { labels: { app: 'guarded' } });
  s.pod('other', { ...requesting('4'), nodeSelector: { [HOST]: 'node-1' } });
  s.pod('vip', { ...requesting('4'), priorityClassName: 'high' });
  s.after('2s');
  assert.equal(nodeOf(s, 'vip'), 'node-1');
});

test('property: nothing is over-committed and no hard constraint broken', () => {
  const podArbitrary = fc.record({
    cpu: fc.integer({ min: 0, max: 3000 }),
    memory: fc.integer({ min: 0, max: 12 }),
    selector: fc.boolean(),
    tolerates: fc.boolean(),
    apart: fc.boolean(),
    port: fc.boolean(),
  });
  const nodeArbitrary = fc.record({ tainted: fc.boolean(), ssd: fc.boolean(), pods: fc.integer({ min: 0, max: 4 }) });
  const estate = fc.tuple(fc.array(nodeArbitrary, { minLength: 1, maxLength: 4 }), fc.array(podArbitrary, { minLength: 1, maxLength: 14 }));
  const check = ([nodes, pods]: [
    { tainted: boolean; ssd: boolean; pods: number }[],
    (typeof podArbitrary extends fc.Arbitrary<infer T> ? T : never)[],
  ]): void => {
    const s = new Scenario();
    const named = new Map(nodes.map((each, i) => [`n${i}`, each]));
    let i = 0;
    for (const [name, each] of named)
      s.node(
        name,
        {
          labels: each.ssd ? { disk: 'ssd' } : {},
          spec: each.tainted ? { taints: [{ key: 'k', effect: 'NoSchedule' }] } : {},
          allocatable: { pods: String(each.pods) },
        },
        i++,
      );
    pods.forEach((each, at) => {
      const resources = { requests: { cpu: `${each.cpu}m`, memory: `${each.memory}Gi` } };
      const ports = each.port ? { ports: [{ containerPort: 80, hostPort: 80 }] } : {};
      s.pod(
        `p${at}`,
        {
          containers: [container({ resources, ...ports })],
          ...(each.selector && { nodeSelector: { disk: 'ssd' } }),
          ...(each.tolerates && { tolerations: [{ key: 'k', operator: 'Exists' }] }),
          ...(each.apart && { affinity: antiAffinity({ apart: 'yes' }) }),
        },
        { labels: { apart: each.apart ? 'yes' : 'no' } },
      );
    });
    const wanted = (assigned: Pod) => pods[Number(assigned.metadata.name.slice(1))] as (typeof pods)[number]; // pods are named by their place
    for (const [nodeName, assigned] of Map.groupBy(s.pods(), (each) => each.spec.nodeName)) {
      if (nodeName === undefined) continue;
      const here = named.get(nodeName);
      const all = assigned.map(wanted);
      assert.ok(all.length <= (here?.pods ?? 0));
      assert.ok(all.reduce((sum, each) => sum + each.cpu, 0) <= 4000);
      assert.ok(all.reduce((sum, each) => sum + each.memory, 0) <= 16);
      assert.ok(all.filter((each) => each.port).length <= 1);
      assert.ok(all.filter((each) => each.apart).length <= 1);
      assert.ok(all.every((each) => (!each.selector || here?.ssd) && (each.tolerates || !here?.tainted)));
    }
  };
  fc.assert(fc.property(estate, check), { numRuns: 40 });
});
