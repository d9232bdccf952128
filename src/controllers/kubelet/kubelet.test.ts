import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerStatus, CoreEvent, Pod } from '../../../gen/kubernetes-types.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { event } from '../../kinds/core/event.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { secret } from '../../kinds/core/secret.ts';
import { conditionOf } from '../pod-control.ts';
import { container, Scenario } from '../testing.ts';
import { stepPod } from './pod-status.ts';

const shell = (script: string, more = {}) => container({ image: 'busybox', command: ['sh', '-c', script], ...more });
const start = (spec: object, metadata: object = {}): Scenario => {
  const s = new Scenario({ nodes: 1 });
  s.pod('p', { ...spec }, { ...metadata });
  return s;
};
const it = (s: Scenario): Pod => s.get<Pod>(pod, 'p');
const phase = (s: Scenario) => it(s).status?.phase;
const main = (s: Scenario): ContainerStatus => it(s).status?.containerStatuses?.[0] as ContainerStatus; // the pod has a container

test('a server runs, is ready at once and has an address of its node', () => {
  const s = start({});
  const status = it(s).status;
  assert.equal(status?.phase, 'Running');
  assert.deepEqual([status?.podIP, status?.hostIP, status?.startTime], ['10.244.0.2', '10.1.0.1', '2026-11-21T00:00:00Z']);
  assert.deepEqual(status?.conditions?.map(({ type, status: state }) => [type, state]).sort(), [
    ['ContainersReady', 'True'],
    ['Initialized', 'True'],
    ['PodReadyToStartContainers', 'True'],
    ['PodScheduled', 'True'],
    ['Ready', 'True'],
  ]);
  s.expectEvent('p', /^Pulled: Container image "nginx" already present on machine/);
  s.expectEvent('p', /^Started: /);
});

test('sleep counts in seconds, minutes, hours and days', () => {
  for (const [script, before, last] of [
    ['sleep 90', '89s', '1s'],
    ['sleep 2m', '119s', '1s'],
    ['grep x /proc/self/status && sleep 1d', '23h', '1h'],
  ] as const) {
    const s = start({ restartPolicy: 'Never', containers: [shell(script)] });
    s.after(before);
    assert.equal(phase(s), 'Running', script);
    s.after(last);
    assert.equal(phase(s), 'Succeeded', script);
  }
});

test('a pod that is to run once succeeds or fails by its exit code', () => {
  const done = start({ restartPolicy: 'Never', containers: [shell('sleep 20; exit 0')] });
  assert.equal(phase(done), 'Running');
  done.after('20s');
  assert.equal(phase(done), 'Succeeded');
  assert.equal(main(done).state?.terminated?.reason, 'Completed');
  assert.equal(conditionOf(it(done), 'Ready')?.reason, 'PodCompleted');
  const failed = start({ restartPolicy: 'Never', containers: [shell('exit 42')] });
  assert.equal(phase(failed), 'Failed');
  assert.deepEqual([main(failed).state?.terminated?.exitCode, main(failed).state?.terminated?.reason], [42, 'Error']);
});

test('a crashing container backs off 10 s, 20 s, 40 s …, at most 5 min', () => {
  const s = start({ containers: [shell('exit 1')] });
  const restarts: number[] = [];
  for (const wait of ['1s', '9s', '20s', '40s', '80s', '160s', '300s', '300s']) {
    s.after(wait);
    restarts.push(main(s).restartCount);
  }
  assert.deepEqual(restarts, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(main(s).state?.waiting?.reason, 'CrashLoopBackOff');
  assert.match(main(s).state?.waiting?.message ?? '', /^back-off 5m0s restarting failed container=main pod=p_default\(/);
  assert.equal(main(s).lastState?.terminated?.exitCode, 1);
  assert.equal(phase(s), 'Running');
  assert.equal(conditionOf(it(s), 'Ready')?.status, 'False');
  s.expectEvent('p', /^BackOff: Back-off restarting failed container main in pod p_default\(/);
});

test('OnFailure restarts until the container succeeds', () => {
  const s = start({ restartPolicy: 'OnFailure', containers: [shell('sleep 5')] });
  s.after('5s');
  assert.deepEqual([phase(s), main(s).restartCount], ['Succeeded', 0]);
});

test('init containers run one after the other before the others', () => {
  const inits = [shell('sleep 5', { name: 'first' }), shell('sleep 5', { name: 'second' })];
  const s = start({ initContainers: inits });
  const states = () => it(s).status?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {})[0]);
  assert.deepEqual([phase(s), ...(states() ?? [])], ['Pending', 'running', 'waiting']);
  assert.deepEqual(main(s).state?.waiting, { reason: 'PodInitializing' });
  const initialized = conditionOf(it(s), 'Initialized');
  assert.deepEqual(
    [initialized?.status, initialized?.reason, initialized?.message],
    ['False', 'ContainersNotInitialized', 'containers with incomplete status: [first second]'],
  );
  s.after('5s');
  assert.deepEqual(states(), ['terminated', 'running']);
  s.after('5s');
  assert.deepEqual([phase(s), ...(states() ?? [])], ['Running', 'terminated', 'terminated']);
});

test('a failed init container ends a pod that is not to be restarted', () => {
  const s = start({ restartPolicy: 'Never', initContainers: [shell('exit 3', { name: 'init' })] });
  assert.equal(phase(s), 'Failed');
  assert.equal(it(s).status?.initContainerStatuses?.[0]?.state?.terminated?.exitCode, 3);
});

test('a sidecar starts first, stays, and does not keep a job pod from ending', () => {
  const sidecar = container({ name: 'proxy', restartPolicy: 'Always' });
  const s = start({ restartPolicy: 'Never', initContainers: [sidecar], containers: [shell('sleep 10')] });
  assert.equal(phase(s), 'Running');
  assert.ok(it(s).status?.initContainerStatuses?.[0]?.state?.running);
  s.after('10s');
  assert.equal(phase(s), 'Succeeded');
  assert.ok(it(s).status?.initContainerStatuses?.[0]?.state?.terminated);
});

test('probes delay started and ready', () => {
  const startupProbe = { initialDelaySeconds: 10, httpGet: { path: '/', port: 80 } };
  const readinessProbe = { initialDelaySeconds: 5, successThreshold: 2, periodSeconds: 10, httpGet: { path: '/', port: 80 } };
  const s = start({ containers: [container({ startupProbe, readinessProbe })] });
  assert.deepEqual([main(s).started, main(s).ready], [false, false]);
  s.after('10s');
  assert.deepEqual([main(s).started, main(s).ready], [true, false]);
  const unready = conditionOf(it(s), 'Ready');
  assert.deepEqual([unready?.reason, unready?.message], ['ContainersNotReady', 'containers with unready status: [main]']);
  s.after('5s');
  assert.equal(main(s).ready, true);
});

test('a pod that runs longer than activeDeadlineSeconds fails', () => {
  const s = start({ restartPolicy: 'Never', activeDeadlineSeconds: 30, containers: [shell('sleep infinity')] });
  s.after('29s');
  assert.equal(phase(s), 'Running');
  s.after('1s');
  assert.deepEqual([phase(s), it(s).status?.reason], ['Failed', 'DeadlineExceeded']);
  assert.equal(it(s).status?.message, 'Pod was active on the node longer than the specified deadline');
});

test('an image that does not exist leaves the pod pending', () => {
  const s = start({ containers: [container({ image: 'does-not-exist:1' })] });
  assert.equal(phase(s), 'Pending');
  assert.equal(main(s).state?.waiting?.reason, 'ImagePullBackOff');
  assert.match(
    main(s).state?.waiting?.message ?? '',
    /^Back-off pulling image "does-not-exist:1": ErrImagePull: rpc error: code = NotFound/,
  );
  s.expectEvent('p', /^Failed: Failed to pull image "does-not-exist:1"/);
  s.expectEvent('p', 'Failed: Error: ErrImagePull');
  s.update<Pod>(pod, 'p', (object) => ({
    ...object,
    spec: { ...object.spec, containers: object.spec.containers.map((each) => ({ ...each, image: 'nginx' })) },
  }));
  s.after('5m');
  assert.equal(phase(s), 'Running');
});

test('a malformed image name is told at once', () => {
  const s = start({ containers: [container({ image: 'Not Valid' })] });
  assert.equal(main(s).state?.waiting?.reason, 'InvalidImageName');
});

test('graceful deletion: a server that heeds the signal is seen leaving, and gone within two seconds', () => {
  const s = start({});
  s.delete(pod, 'p');
  const { metadata, status } = it(s);
  assert.deepEqual([metadata.deletionGracePeriodSeconds, metadata.deletionTimestamp], [30, '2026-11-21T00:00:30Z']);
  // A deletion is a change of what is desired, to which the kubelet answers.
  assert.deepEqual([metadata.generation, status?.observedGeneration, status?.phase], [2, 2, 'Running']);
  assert.ok(main(s).state?.running);
  s.after('2s');
  assert.equal(s.find(pod, 'p'), undefined);
  assert.equal(s.events('p').filter((text) => text === 'Killing: Stopping container main').length, 1);
  assert.equal(s.list<CoreEvent>(event).find(({ reason }) => reason === 'Killing')?.count, 1);
});

test('graceful deletion: the end of containers is told before the pod goes', () => {
  const s = start({}, { finalizers: ['x.io/hold'] });
  s.delete(pod, 'p');
  s.after('1m');
  assert.equal(phase(s), 'Succeeded');
  const { exitCode, reason, finishedAt } = main(s).state?.terminated ?? {};
  assert.deepEqual([exitCode, reason, finishedAt], [0, 'Completed', '2026-11-21T00:00:01Z']);
  assert.equal(conditionOf(it(s), 'Ready')?.status, 'False');
});

test('graceful deletion: a pod whose containers have not begun, and one that is to go at once, do not wait', () => {
  const waiting = start({ containers: [container({ image: 'does-not-exist:1' })] });
  waiting.delete(pod, 'p');
  assert.equal(waiting.find(pod, 'p'), undefined);
  const forced = start({});
  forced.delete(pod, 'p', { gracePeriodSeconds: 0 });
  assert.equal(forced.find(pod, 'p'), undefined);
});

test('graceful deletion: preStop hooks run first, but nothing longer than the grace period', () => {
  const sleeping = { containers: [container({ lifecycle: { preStop: { sleep: { seconds: 20 } } } })] };
  const s = start(sleeping);
  s.delete(pod, 'p');
  s.after('20s').expectReady(0);
  assert.ok(main(s).state?.running);
  s.after('2s');
  assert.equal(s.find(pod, 'p'), undefined);
  const hook = { preStop: { exec: { command: ['sh', '-c', 'sleep 20'] } } };
  const short = start({ containers: [container({ lifecycle: hook })], terminationGracePeriodSeconds: 5 });
  short.delete(pod, 'p');
  short.after('4s');
  assert.ok(short.find(pod, 'p'));
  short.after('1s');
  assert.equal(short.find(pod, 'p'), undefined);
});

test('a pod on a silent node stays as it is until the node returns', () => {
  const s = start({});
  s.stopKubelet('node-0');
  s.delete(pod, 'p');
  s.after('1m');
  assert.ok(s.find(pod, 'p'));
  s.startKubelet('node-0');
  s.after('1m');
  assert.equal(s.find(pod, 'p'), undefined);
});

test('annotations tell what a container does', () => {
  const s = start({ restartPolicy: 'Never' }, { annotations: { 'slipway.dev/programs': 'main=30:7' } });
  s.after('30s');
  assert.deepEqual([phase(s), main(s).state?.terminated?.exitCode], ['Failed', 7]);
});

test('a node without addresses left says so and goes on when one is free', () => {
  const s = new Scenario();
  s.node('n', { spec: { podCIDR: '10.9.0.0/30' } });
  s.pod('a');
  s.pod('b');
  const waiting = s.pods().filter((each) => each.status?.phase === 'Pending');
  assert.equal(waiting.length, 1);
  s.expectEvent(waiting[0]?.metadata.name ?? '', /^FailedCreatePodSandBox: .*no IP addresses available/);
  const running = s.pods().find((each) => each.status?.phase === 'Running');
  s.delete(pod, running?.metadata.name ?? '');
  s.after('1m').expectReady(1);
});

test('host network pods have the address of their node', () => {
  const s = start({ hostNetwork: true });
  assert.equal(it(s).status?.podIP, '10.1.0.1');
});

test('readiness gates wait for their condition', () => {
  const s = start({ readinessGates: [{ conditionType: 'x.io/gate' }] });
  assert.equal(conditionOf(it(s), 'Ready')?.reason, 'ReadinessGatesNotReady');
  assert.equal(conditionOf(it(s), 'ContainersReady')?.status, 'True');
  s.updateStatus<Pod>(pod, 'p', (object) => ({
    ...object,
    status: { ...object.status, conditions: [...(object.status?.conditions ?? []), { type: 'x.io/gate', status: 'True' }] },
  }));
  s.expectReady(1);
});

test('an ephemeral container runs beside the others and counts for nothing', () => {
  const before = it(start({}));
  const debug = { name: 'debug', image: 'busybox', command: ['sh', '-c', 'sleep 30'] };
  const debugged: Pod = { ...before, spec: { ...before.spec, ephemeralContainers: [debug] } };
  const addresses = { hostIP: '10.1.0.1', podIP: '10.244.0.2' };
  const at = (status: Pod['status'], seconds: string) => {
    const nowIso = `2026-11-21T00:00:${seconds}Z`;
    return stepPod({ ...debugged, ...(status && { status }) }, addresses, { nowIso, nowMs: Date.parse(nowIso) });
  };
  const begun = at(before.status, '00');
  assert.deepEqual(begun.status.ephemeralContainerStatuses?.[0]?.state, { running: { startedAt: '2026-11-21T00:00:00Z' } });
  assert.equal(begun.againMs, 30_000);
  const { status } = at(begun.status, '30');
  assert.deepEqual([status.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode, status.phase], [0, 'Running']);
});

test('a kubelet rejects what somebody else than the scheduler bound to its node and does not fit there', () => {
  const s = new Scenario();
  s.node('n', { labels: { disk: 'ssd' } });
  const bound = { nodeName: 'n' };
  const port = (protocol: string, hostIP?: string) => ({
    ...bound,
    containers: [container({ ports: [{ containerPort: 80, hostPort: 80, protocol, ...(hostIP && { hostIP }) }] })],
  });
  const asking = (requests: { readonly [name: string]: string }) => ({ ...bound, containers: [container({ resources: { requests } })] });
  const table: readonly (readonly [
    name: string,
    spec: { readonly [field: string]: unknown },
    reason: string | undefined,
    message: string,
  ])[] = [
    ['first', port('TCP', '127.0.0.1'), undefined, ''],
    ['udp', port('UDP'), undefined, ''],
    ['other-address', port('TCP', '127.0.0.2'), undefined, ''],
    ['any-address', port('TCP'), 'NodePorts', "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"],
    [
      'elsewhere',
      { ...bound, nodeSelector: { disk: 'hdd' } },
      'NodeAffinity',
      "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    ],
    ['half', asking({ cpu: '2' }), undefined, ''],
    ['much', asking({ cpu: '3' }), 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000"],
    [
      'fat',
      asking({ memory: '17Gi' }),
      'OutOfmemory',
      "Node didn't have enough resource: memory, requested: 18253611008, used: 0, capacity: 17179869184",
    ],
  ];
  for (const [name, spec, reason, message] of table) {
    s.pod(name, spec);
    const { status } = s.get<Pod>(pod, name);
    if (reason === undefined)
      assert.deepEqual([status?.phase, conditionOf(s.get<Pod>(pod, name), 'PodScheduled')?.status], ['Running', 'True']);
    else {
      assert.deepEqual([status?.phase, status?.reason, status?.message], ['Failed', reason, `Pod was rejected: ${message}`], name);
      s.expectEvent(name, `${reason}: ${message}`);
    }
  }
});

test('a container waits for the config map that it refers to, and starts when it is there', () => {
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
  const s = start({ containers: [container({ env })] });
  assert.deepEqual(main(s).state?.waiting, { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' });
  assert.equal(phase(s), 'Pending');
  s.expectEvent('p', 'Failed: Error: configmap "settings" not found');
  s.create(configMap, { metadata: { name: 'settings' }, data: { b: '1' } });
  s.after('10s');
  assert.equal(main(s).state?.waiting?.message, "couldn't find key a in ConfigMap default/settings");
  s.update(configMap, 'settings', (object) => ({ ...object, data: { a: '1' } }));
  s.after('10s');
  assert.equal(phase(s), 'Running');
});

test('what is optional is not waited for', () => {
  const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'a', optional: true } } }];
  const envFrom = [{ configMapRef: { name: 'none', optional: true } }];
  const volumes = [{ name: 'v', secret: { secretName: 'none', optional: true } }];
  assert.equal(phase(start({ containers: [container({ env, envFrom })], volumes })), 'Running');
});

test('a volume whose secret is missing holds the whole pod', () => {
  const s = start({ volumes: [{ name: 'keys', secret: { secretName: 'keys' } }] });
  assert.deepEqual([phase(s), main(s).state?.waiting], ['Pending', { reason: 'ContainerCreating' }]);
  s.expectEvent('p', 'FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found');
  s.create(secret, { metadata: { name: 'keys' } });
  s.after('10s');
  assert.equal(phase(s), 'Running');
});

test('paths made of the environment stay inside their volume', () => {
  const table: readonly (readonly [value: string | undefined, fault: string | undefined])[] = [
    ['a/b', undefined],
    ['..', "unable to provision SubPath `..`: must not contain '..'"],
    ['/tmp', 'error SubPath `/tmp` must not be an absolute path'],
    [undefined, 'missing value for PLACE'],
  ];
  for (const [value, fault] of table) {
    const s = start({
      volumes: [{ name: 'v', emptyDir: {} }],
      containers: [
        container({
          env: value === undefined ? [] : [{ name: 'PLACE', value }],
          volumeMounts: [{ name: 'v', mountPath: '/v', subPathExpr: '$(PLACE)' }],
        }),
      ],
    });
    assert.equal(main(s).state?.waiting?.message, fault, value);
  }
});
