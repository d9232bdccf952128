import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Container, ContainerStatus, Pod, PodStatus } from '../../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../../kernel/field-error.ts';
import { deepFreeze, type JsonObject } from '../../../kernel/json.ts';
import type { KindContext } from '../../../kube/kind.ts';
import type { KubeObject } from '../../../kube/object.ts';
import { pod } from './pod.ts';
import { qosClass } from './qos.ts';
import { summarizePod } from './summary.ts';
import { podWarnings } from './warnings.ts';

const nowIso = '2026-01-01T01:00:00Z';
const context: KindContext = {
  scope: '',
  version: '1.36',
  nowIso,
  nowMs: Date.parse(nowIso),
  get reader(): never {
    throw new Error('rules of pods read nothing else');
  },
};

function create(spec: JsonObject): Pod & KubeObject {
  const metadata = { name: 'p', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
  const defaulted = pod.default?.(deepFreeze({ apiVersion: 'v1', kind: 'Pod', metadata, spec }), context);
  // What pods' rules return is a pod.
  return deepFreeze(pod.prepareForCreate?.(defaulted as KubeObject, context)) as unknown as Pod & KubeObject;
}

const nginx = { name: 'c', image: 'nginx' };
const texts = (faults: readonly FieldError[] = []): string[] => faults.map(({ path, kind, detail }) => `${path}: ${kind}: ${detail}`);
const faultsOf = (spec: JsonObject): string[] => texts(pod.validate?.(create(spec), context));
const update = (before: JsonObject, after: JsonObject): string[] =>
  texts(pod.validateUpdate?.(create(after), create(before), context)).map((text) => text.split('\n')[0] ?? '');

describe('what kubectl shows', () => {
  const containers: Container[] = [nginx, { name: 'd', image: 'busybox' }];
  const status = (name: string, state: ContainerStatus['state'], more: Partial<ContainerStatus> = {}): ContainerStatus => ({
    name,
    image: '',
    imageID: '',
    ready: false,
    restartCount: 0,
    ...(state && { state }),
    ...more,
  });
  const running = { running: {} };
  const shown = (podStatus: PodStatus, more: Partial<Pod> = {}, initContainers?: Container[]): string => {
    const metadata = { name: 'p', uid: 'u', creationTimestamp: nowIso, ...more.metadata };
    const spec = { containers, ...(initContainers && { initContainers }) };
    const { ready, total, status: text, restarts } = summarizePod({ apiVersion: 'v1', kind: 'Pod', metadata, spec, status: podStatus });
    return `${ready}/${total} ${text} ${restarts}`;
  };

  test('phases and container states', () => {
    assert.equal(shown({ phase: 'Pending' }), '0/2 Pending 0');
    assert.equal(
      shown({
        phase: 'Running',
        containerStatuses: [status('c', running, { ready: true }), status('d', running, { ready: true, restartCount: 2 })],
      }),
      '2/2 Running 2',
    );
    const crashed = status('d', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 5 });
    assert.equal(
      shown({ phase: 'Running', containerStatuses: [status('c', running, { ready: true }), crashed] }),
      '1/2 CrashLoopBackOff 5',
    );
    const failed = { terminated: { exitCode: 3 } };
    assert.equal(shown({ phase: 'Failed', containerStatuses: [status('c', failed), status('d', failed)] }), '0/2 ExitCode:3 0');
    const done = { terminated: { exitCode: 0, reason: 'Completed' } };
    assert.equal(shown({ phase: 'Succeeded', containerStatuses: [status('c', done), status('d', done)] }), '0/2 Completed 0');
    assert.equal(
      shown({ phase: 'Running', containerStatuses: [status('c', done), status('d', running, { ready: true })] }),
      '1/2 NotReady 0',
    );
  });

  test('initialization', () => {
    const init: Container[] = [nginx, nginx].map((container, i) => ({ ...container, name: `i${i}` }));
    const statuses = (first: ContainerStatus['state']) => [status('i0', first), status('i1', { waiting: { reason: 'PodInitializing' } })];
    assert.equal(shown({ phase: 'Pending', initContainerStatuses: statuses(running) }, {}, init), '0/2 Init:0/2 0');
    assert.equal(shown({ phase: 'Pending', initContainerStatuses: statuses({ terminated: { exitCode: 0 } }) }, {}, init), '0/2 Init:1/2 0');
    assert.equal(
      shown({ phase: 'Pending', initContainerStatuses: statuses({ terminated: { exitCode: 1, reason: 'Error' } }) }, {}, init),
      '0/2 Init:Error 0',
    );
    const sidecar: Container[] = [{ ...nginx, name: 'i0', restartPolicy: 'Always' }];
    assert.equal(
      shown({ phase: 'Running', initContainerStatuses: [status('i0', running, { started: true, ready: true })] }, {}, sidecar),
      '1/3 Running 0',
    );
  });

  test('deletion and scheduling gates', () => {
    const metadata = { name: 'p', uid: 'u', creationTimestamp: nowIso, deletionTimestamp: nowIso };
    assert.equal(shown({ phase: 'Running' }, { metadata }), '0/2 Terminating 0');
    assert.equal(shown({ phase: 'Running', reason: 'NodeLost' }, { metadata }), '0/2 Unknown 0');
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    assert.equal(shown({ phase: 'Pending', conditions }), '0/2 SchedulingGated 0');
  });

  test('restarts say when the last one was', () => {
    const lastState = { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:57:00Z' } };
    const one = create({ containers: [nginx] });
    const restarted = { ...one, status: { ...one.status, containerStatuses: [status('c', running, { restartCount: 2, lastState })] } };
    const cell = (name: string) =>
      pod.columns?.find((column) => column.name === name)?.cell(restarted as unknown as KubeObject, context.nowMs);
    assert.equal(cell('Restarts'), '2 (3m ago)');
    assert.equal(cell('Age'), '60m');
  });
});

test('a new pod is pending, with its quality of service, and gated while it has gates', () => {
  assert.deepEqual(create({ containers: [nginx] }).status, { phase: 'Pending', qosClass: 'BestEffort' });
  const [condition] = create({ containers: [nginx], schedulingGates: [{ name: 'a' }] }).status?.conditions ?? [];
  assert.deepEqual([condition?.reason, condition?.lastTransitionTime], ['SchedulingGated', nowIso]);
});

test('quality of service compares amounts, not texts', () => {
  const pods = (resources: JsonObject) => qosClass(create({ containers: [{ ...nginx, resources }] }));
  assert.equal(pods({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }), 'Guaranteed');
  assert.equal(pods({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }), 'Burstable');
  assert.equal(pods({ requests: { cpu: '0' } }), 'BestEffort');
});

test('only a pod that runs on a node goes gracefully', () => {
  const bound = create({ containers: [nginx], nodeName: 'n' });
  assert.equal(pod.gracePeriodSeconds?.(bound, undefined), 30);
  assert.equal(pod.gracePeriodSeconds?.(bound, 5), 5);
  assert.equal(pod.gracePeriodSeconds?.(bound, -1), 1);
  assert.equal(pod.gracePeriodSeconds?.(create({ containers: [nginx] }), undefined), 0);
  assert.equal(pod.gracePeriodSeconds?.({ ...bound, status: { phase: 'Succeeded' } }, undefined), 0);
});

describe('validation', () => {
  test('a pod has containers, with names and images', () => {
    assert.deepEqual(faultsOf({ containers: [] }), ['spec.containers: required: ']);
    assert.deepEqual(faultsOf({ containers: [{}, { name: 'c', image: ' x' }, nginx] }), [
      'spec.containers[0].name: required: ',
      'spec.containers[0].image: required: ',
      'spec.containers[2].name: duplicate: ',
      'spec.containers[1].image: invalid: must not have leading or trailing whitespace',
    ]);
  });

  test('ports, environment and probes', () => {
    const container = {
      ...nginx,
      ports: [{ containerPort: 70_000 }, { containerPort: 1, hostPort: 1 }, { containerPort: 2, hostPort: 1, protocol: 'X' }],
      env: [
        { name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'B', valueFrom: {} },
      ],
      livenessProbe: { successThreshold: 2 },
    };
    assert.deepEqual(faultsOf({ containers: [container] }), [
      'spec.containers[0].ports[0].containerPort: invalid: must be between 1 and 65535, inclusive',
      'spec.containers[0].ports[2].protocol: notSupported: supported values: "SCTP", "TCP", "UDP"',
      'spec.containers[0].env[0].valueFrom: invalid: may not be specified when `value` is not empty',
      'spec.containers[0].env[1].valueFrom: invalid: must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
      'spec.containers[0].livenessProbe: required: must specify a handler type',
      'spec.containers[0].livenessProbe.successThreshold: invalid: must be 1',
    ]);
  });

  test('requests fit limits', () => {
    const resources = { requests: { cpu: '2', memory: '-1', 'example.com/gpu': '1' }, limits: { cpu: '500m', 'example.com/gpu': '2' } };
    assert.deepEqual(faultsOf({ containers: [{ ...nginx, resources }] }), [
      'spec.containers[0].resources.requests: invalid: must be less than or equal to cpu limit of 500m',
      'spec.containers[0].resources.requests[memory]: invalid: must be greater than or equal to 0',
      'spec.containers[0].resources.requests: invalid: must be equal to example.com/gpu limit of 2',
    ]);
  });

  test('volumes have one source, and mounts have volumes', () => {
    const volumes = [{ name: 'a' }, { name: 'a', emptyDir: {}, secret: { secretName: 'x' } }, { name: 'b', hostPath: { path: '/a/../b' } }];
    const volumeMounts = [
      { name: 'a', mountPath: '/x' },
      { name: 'z', mountPath: '/x', subPath: '../y' },
      { name: 'b', mountPath: '/b' },
    ];
    assert.deepEqual(faultsOf({ containers: [{ ...nginx, volumeMounts }], volumes }), [
      'spec.volumes[1].secret: forbidden: may not specify more than 1 volume type',
      'spec.volumes[1].name: duplicate: ',
      "spec.volumes[2].hostPath.path: invalid: must not contain '..'",
      'spec.containers[0].volumeMounts[1].name: notFound: ',
      'spec.containers[0].volumeMounts[1].mountPath: invalid: must be unique',
      "spec.containers[0].volumeMounts.subPath: invalid: must not contain '..'",
      // A volume that is wrong itself cannot be mounted.
      'spec.containers[0].volumeMounts[2].name: notFound: ',
    ]);
  });

  test('init containers that end have no probes', () => {
    const initContainers = [
      { name: 'i', image: 'x', readinessProbe: { tcpSocket: { port: 1 } } },
      { ...nginx, restartPolicy: 'Always' },
    ];
    assert.deepEqual(faultsOf({ containers: [nginx], initContainers }), [
      'spec.initContainers[0].readinessProbe: forbidden: may not be set for init containers without restartPolicy=Always',
      'spec.initContainers[1].name: duplicate: ',
    ]);
  });

  test('where a pod may run is well-formed', () => {
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }] },
      },
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: {} }] },
    };
    const tolerations = [{ operator: 'Equal' }, { key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 1 }];
    const topologySpreadConstraints = [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'Sometimes' }];
    const at = 'spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0]';
    assert.deepEqual(faultsOf({ containers: [nginx], affinity, tolerations, topologySpreadConstraints }), [
      "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values: required: must be specified when `operator` is 'In' or 'NotIn'",
      `${at}.weight: invalid: must be in the range 1-100`,
      `${at}.podAffinityTerm.topologyKey: required: can not be empty`,
      `${at}.podAffinityTerm.topologyKey: invalid: name part must be non-empty`,
      `${at}.podAffinityTerm.topologyKey: invalid: name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      'spec.topologySpreadConstraints[0].maxSkew: invalid: must be greater than zero',
      'spec.topologySpreadConstraints[0].whenUnsatisfiable: notSupported: supported values: "DoNotSchedule", "ScheduleAnyway"',
      'spec.tolerations[0].operator: invalid: operator must be Exists when `key` is empty, which means "match all values and all keys"',
      "spec.tolerations[1].effect: invalid: effect must be 'NoExecute' when `tolerationSeconds` is set",
    ]);
  });

  test('sysctls', () => {
    const sysctls = ['kernel.shm_rmid_forced', 'net/ipv4.tcp-x', 'foo-', 'bar..', '', 'kernel.shm_rmid_forced'].map((name) => ({ name }));
    const rule = 'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
    assert.deepEqual(faultsOf({ containers: [nginx], securityContext: { sysctls } }), [
      `spec.securityContext.sysctls[2].name: invalid: ${rule}`,
      `spec.securityContext.sysctls[3].name: invalid: ${rule}`,
      'spec.securityContext.sysctls[4].name: required: ',
      'spec.securityContext.sysctls[5].name: duplicate: ',
    ]);
  });
});

describe('updates', () => {
  test('images, deadlines, and more tolerations are allowed', () => {
    assert.deepEqual(update({ containers: [nginx] }, { containers: [{ ...nginx, image: 'nginx:2', imagePullPolicy: 'Always' }] }), []);
    assert.deepEqual(update({ containers: [nginx] }, { containers: [nginx], activeDeadlineSeconds: 5 }), []);
    assert.deepEqual(update({ containers: [nginx] }, { containers: [nginx], tolerations: [{ operator: 'Exists' }] }), []);
    assert.deepEqual(
      update({ containers: [nginx], schedulingGates: [{ name: 'a' }] }, { containers: [nginx], nodeSelector: { a: 'b' } }),
      [],
    );
  });

  test('the rest is not', () => {
    const [fault] = update({ containers: [nginx] }, { containers: [{ ...nginx, command: ['x'] }] });
    assert.match(fault ?? '', /^spec: forbidden: pod updates may not change fields other than `spec.containers\[\*\].image`,/);
    assert.deepEqual(update({ containers: [nginx] }, { containers: [nginx, { name: 'd', image: 'x' }] }), [
      'spec.containers: forbidden: pod updates may not add or remove containers',
    ]);
    assert.match(update({ containers: [nginx] }, { containers: [nginx], nodeName: 'n' })[0] ?? '', /^spec: forbidden/);
    assert.match(update({ containers: [nginx], nodeName: 'n' }, { containers: [nginx], nodeName: 'm' })[0] ?? '', /^spec: forbidden/);
    assert.deepEqual(update({ containers: [nginx], tolerations: [{ operator: 'Exists' }] }, { containers: [nginx] }), [
      'spec.tolerations: forbidden: existing toleration can not be modified except its tolerationSeconds',
    ]);
    assert.deepEqual(update({ containers: [nginx], activeDeadlineSeconds: 5 }, { containers: [nginx], activeDeadlineSeconds: 6 }), [
      'spec.activeDeadlineSeconds: invalid: must be less than or equal to previous value',
    ]);
  });
});

test('what is accepted may still be worth a warning', () => {
  const container = {
    ...nginx,
    env: [
      { name: 'A', value: '1' },
      { name: 'A', value: '2' },
    ],
    ports: [{ containerPort: 80 }, { containerPort: 80 }],
    resources: { requests: { memory: '100m' } },
  };
  const spec = { containers: [container], nodeSelector: { 'beta.kubernetes.io/os': 'linux' }, terminationGracePeriodSeconds: -1 };
  assert.deepEqual(faultsOf(spec), []);
  assert.deepEqual(pod.warnings?.(create(spec), context), [
    'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    'spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer',
    'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
  ]);
  // A pod's negative period is 1 at once; a template's is left to its pods.
  assert.equal(create(spec).spec.terminationGracePeriodSeconds, 1);
  assert.deepEqual(podWarnings('spec.template.spec', { containers: [], terminationGracePeriodSeconds: -1 }, 'metadata', undefined), [
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
  ]);
});
