import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../kernel/json.ts';
import { assertFaults, context, kindOf, objectOf } from './testing.ts';

const at = '2025-12-31T00:00:00Z';
const terminated = (exitCode: number): JsonObject => ({ containerStatuses: [{ name: 'c', state: { terminated: { exitCode } } }] });
const running: JsonObject = { containerStatuses: [{ name: 'c', state: { running: { startedAt: at } } }] };
const ofPod = (restartPolicy: string): JsonObject => ({ restartPolicy, containers: [{ name: 'c', image: 'i' }] });
const RESTARTED = ['status.containerStatuses[0].state: forbidden: may not be transitioned to non-terminated state'];

/** Of each kind: the spec, the status before and after, and the faults of the change. */
const cases: readonly (readonly [string, JsonObject, JsonObject, JsonObject, readonly string[]])[] = [
  [
    'Deployment',
    {},
    { collisionCount: 2 },
    { replicas: 1, updatedReplicas: -1, readyReplicas: 2, availableReplicas: 3, collisionCount: 1 },
    [
      'status.updatedReplicas: invalid: must be greater than or equal to 0',
      'status.readyReplicas: invalid: cannot be greater than status.replicas',
      'status.availableReplicas: invalid: cannot be greater than status.replicas',
      'status.availableReplicas: invalid: cannot be greater than readyReplicas',
      'status.collisionCount: invalid: cannot be decremented',
    ],
  ],
  [
    'ReplicaSet',
    {},
    {},
    { replicas: 1, fullyLabeledReplicas: 2 },
    ['status.fullyLabeledReplicas: invalid: cannot be greater than status.replicas'],
  ],
  [
    'ReplicationController',
    {},
    {},
    { readyReplicas: -1, availableReplicas: -1 },
    ['status.readyReplicas: invalid: ', 'status.availableReplicas: invalid: '],
  ],
  [
    'StatefulSet',
    {},
    {},
    { replicas: 1, availableReplicas: 1 },
    ['status.availableReplicas: invalid: cannot be greater than status.readyReplicas'],
  ],
  ['DaemonSet', {}, {}, { numberReady: -1 }, ['status.numberReady: invalid: ']],
  ['HorizontalPodAutoscaler', {}, {}, { desiredReplicas: -1 }, ['status.desiredReplicas: invalid: ']],
  [
    'PodDisruptionBudget',
    {},
    {},
    {
      conditions: [
        { type: 'a', status: 'Maybe', reason: '9' },
        { type: 'a', status: 'True', reason: 'R', lastTransitionTime: at },
      ],
    },
    [
      'status.conditions[0].status: notSupported: supported values: "False", "True", "Unknown"',
      'status.conditions[0].lastTransitionTime: required: ',
      'status.conditions[0].reason: invalid: a condition reason must start with alphabetic character',
      'status.conditions[1].type: duplicate: ',
    ],
  ],
  ['Service', { type: 'ClusterIP' }, {}, { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } }, ['status.loadBalancer.ingress: forbidden: ']],
  [
    'Service',
    { type: 'LoadBalancer' },
    {},
    {
      loadBalancer: {
        ingress: [
          { ip: 'x', ipMode: 'No' },
          { hostname: '1.2.3.4', ipMode: 'VIP' },
        ],
      },
    },
    [
      'status.loadBalancer.ingress[0].ip: invalid: must be a valid IP address',
      'status.loadBalancer.ingress[0].ipMode: notSupported: supported values: "Proxy", "VIP"',
      'status.loadBalancer.ingress[1].ipMode: forbidden: may not be specified when `ip` is not set',
      'status.loadBalancer.ingress[1].hostname: invalid: must be a DNS name, not an IP address',
    ],
  ],
  ['Ingress', {}, {}, { loadBalancer: { ingress: [{ ip: 'x' }] } }, ['status.loadBalancer.ingress[0].ip: invalid: ']],
  ['Namespace', {}, {}, { phase: 'Terminating' }, ["status.Phase: invalid: may only be 'Active' if `deletionTimestamp` is empty"]],
  [
    'Node',
    {},
    {},
    {
      capacity: { cpu: '-1' },
      addresses: [
        { type: 'InternalIP', address: 'a' },
        { type: 'InternalIP', address: 'a' },
      ],
    },
    ['status.capacity.cpu: invalid: ', 'status.allocatable.cpu: invalid: ', 'status.addresses[1]: duplicate: '],
  ],
  ['ResourceQuota', {}, {}, { used: { pods: '-1' } }, ['status.used[pods]: invalid: ']],
  [
    'PersistentVolumeClaim',
    {},
    {},
    { capacity: { storage: '-1' }, allocatedResourceStatuses: { storage: 'x' } },
    ['status.capacity[storage]: invalid: must be a valid resource quantity', 'status.allocatedResourceStatuses: notSupported: '],
  ],
  [
    'Job',
    { completionMode: 'Indexed', completions: 3, parallelism: 1 },
    { succeeded: 2, conditions: [{ type: 'Complete', status: 'True' }] },
    { succeeded: 1, active: 1, ready: 2, completedIndexes: '5', failedIndexes: '0', uncountedTerminatedPods: { failed: ['', 'a', 'a'] } },
    [
      'status.uncountedTerminatedPods.failed[0]: invalid: must not be empty',
      'status.uncountedTerminatedPods.failed[2]: duplicate: ',
      'status.completedIndexes: invalid: error parsing completedIndexes: too large index: "5"',
      'status.failedIndexes: invalid: cannot set non-null failedIndexes when backoffLimitPerIndex is null',
      'status.ready: invalid: cannot set more ready pods than active',
      'status.conditions: invalid: cannot disable the terminal Complete=True condition',
      'status.succeeded: invalid: cannot decrease the succeeded counter',
    ],
  ],
  [
    'Pod',
    { ...ofPod('Always'), nodeName: 'n' },
    { qosClass: 'BestEffort' },
    {
      qosClass: 'Burstable',
      nominatedNodeName: 'm',
      conditions: [{ type: 'a b', status: 'True' }],
      podIPs: [{ ip: '1.2.3.4' }, { ip: '1.2.3.5' }],
      hostIP: '1.2.3.6',
      hostIPs: [{ ip: 'x' }],
    },
    [
      'status.conditions[0].Type: invalid: ',
      'status.nominatedNodeName: forbidden: may not be set on pods that are already bound to a node',
      'status.qosClass: invalid: field is immutable',
      'status.podIPs: invalid: may specify no more than one IP for each IP family',
      'status.hostIPs[0].ip: invalid: must be equal to `hostIP`',
      'status.hostIPs[0]: invalid: must be a valid IP address',
    ],
  ],
  ['Pod', ofPod('Always'), terminated(0), running, []],
  ['Pod', ofPod('OnFailure'), terminated(1), running, []],
  ['Pod', ofPod('OnFailure'), terminated(0), running, RESTARTED],
  ['Pod', ofPod('Never'), terminated(1), running, RESTARTED],
  ['Pod', { ...ofPod('Never'), containers: [{ name: 'c', image: 'i', restartPolicy: 'Always' }] }, terminated(1), running, []],
];

describe('faults of statuses', () => {
  for (const [name, spec, before, after, expected] of cases)
    test(`${name} ${JSON.stringify(after).slice(0, 80)}`, () => {
      const kind = kindOf(name);
      const [changed, old] = [after, before].map((status) => objectOf(kind, { spec, status }));
      assert.ok(changed && old);
      assertFaults(kind.validateStatusUpdate?.(changed, old, context), expected);
    });
});

test('a pod keeps its quality of service and its owners, whoever says what about it', () => {
  const kind = kindOf('Pod');
  const owner = { apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' };
  const plain = objectOf(kind, { spec: ofPod('Always'), status: { qosClass: 'BestEffort' } });
  const owned = { ...plain, metadata: { ...plain.metadata, ownerReferences: [owner] } };
  const prepared = kind.prepareForStatusUpdate?.({ ...plain, status: { phase: 'Running' } }, owned, context);
  assert.deepEqual([prepared?.status, prepared?.metadata.ownerReferences], [{ phase: 'Running', qosClass: 'BestEffort' }, [owner]]);
});

test('a volume says since when it has been in its phase', () => {
  const kind = kindOf('PersistentVolume');
  const volume = (status: JsonObject) => objectOf(kind, { spec: {}, status });
  const timeOf = (after: JsonObject): unknown => {
    const before = volume({ phase: 'Available', lastPhaseTransitionTime: at });
    const prepared = kind.prepareForStatusUpdate?.(volume(after), before, context);
    const status = prepared?.status ?? assert.fail();
    return (status as JsonObject)['lastPhaseTransitionTime'];
  };
  assert.equal(timeOf({ phase: 'Available' }), at);
  assert.equal(timeOf({ phase: 'Bound' }), context.nowIso);
  assert.equal(timeOf({ phase: 'Bound', lastPhaseTransitionTime: at }), context.nowIso);
  assert.equal(timeOf({ phase: 'Bound', lastPhaseTransitionTime: 'then' }), 'then');
});

test('the first of a pod’s addresses is the one that older clients know', () => {
  const kind = kindOf('Pod');
  const addresses = (status: JsonObject): unknown => objectOf(kind, { spec: ofPod('Always'), status }).status;
  assert.deepEqual(addresses({ podIP: 'a' }), { podIP: 'a', podIPs: [{ ip: 'a' }] });
  assert.deepEqual(addresses({ podIPs: [{ ip: 'a' }] }), { podIP: 'a', podIPs: [{ ip: 'a' }] });
  assert.deepEqual(addresses({ podIP: 'b', podIPs: [{ ip: 'a' }, { ip: 'c' }] }), { podIP: 'b', podIPs: [{ ip: 'b' }] });
});
