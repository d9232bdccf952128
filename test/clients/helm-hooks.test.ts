import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';

/** A Job that is a hook: helm makes it at the events, waits for its end, and deletes it by the policy. */
const hook = (name: string, events: string, policy: string, weight = 0) => `
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${name}
  annotations:
    helm.sh/hook: ${events}
    helm.sh/hook-weight: "${weight}"
    helm.sh/hook-delete-policy: ${policy}
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: busybox
          command: ["sh", "-c", "exit 0"]
`;

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: hooked\nversion: 0.1.0\n',
  'values.yaml': 'color: red\n',
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-config\ndata:\n  color: {{ .Values.color }}\n',
  'templates/before.yaml': hook('before', 'pre-install,pre-upgrade', 'before-hook-creation,hook-succeeded', -5),
  'templates/after.yaml': hook('after', 'post-install,post-upgrade', 'before-hook-creation'),
  'templates/leave.yaml': hook('leave', 'pre-delete', 'before-hook-creation'),
  'templates/test.yaml': `
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}-check
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  containers:
    - name: main
      image: busybox
      command: ["sh", "-c", "exit 0"]
`,
};

suite('helm hooks', { skip: missing('az', 'helm', 'kubectl') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
    for (const [name, text] of Object.entries(FILES)) {
      const file = join(service.folder, 'hooked', name);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
  });
  after(() => service?.stop());
  const helm = async (...args: string[]) => (await service.succeed(targets.helm, args)).stdout;
  const kubectl = async (...args: string[]) => (await service.succeed(targets.kubectl, args)).stdout;
  const jobs = async () => (await kubectl('get', 'jobs', '-o', 'name')).split('\n').filter(Boolean);
  const uid = (job: string) => kubectl('get', 'job', job, '-o', 'jsonpath={.metadata.uid}');

  let firstUid = '';
  test('install runs the hooks in order and keeps to their deletion policies', async () => {
    await helm('install', 'app', './hooked', '--timeout', '60s');
    assert.deepEqual(await jobs(), ['job.batch/app-after']);
    assert.equal(await kubectl('get', 'job', 'app-after', '-o', 'jsonpath={.status.succeeded}'), '1');
    const events = await kubectl('get', 'events', '-o', 'jsonpath={range .items[*]}{.involvedObject.name} {.reason}{"\\n"}{end}');
    assert.match(events, /^app-before Completed$/m);
    firstUid = await uid('app-after');
  });

  test('upgrade replaces the hook that was kept', async () => {
    await helm('upgrade', 'app', './hooked', '--set', 'color=blue', '--timeout', '60s');
    assert.deepEqual(await jobs(), ['job.batch/app-after']);
    assert.notEqual(await uid('app-after'), firstUid);
    assert.equal(await kubectl('get', 'configmap', 'app-config', '-o', 'jsonpath={.data.color}'), 'blue');
  });

  test('helm test runs the test pod', async () => {
    const output = await helm('test', 'app', '--timeout', '60s');
    assert.match(output, /TEST SUITE: +app-check/);
    assert.match(output, /Phase: +Succeeded/);
  });

  test('uninstall runs its hook and leaves no object of the release', async () => {
    await helm('uninstall', 'app', '--timeout', '60s');
    assert.deepEqual(await jobs(), ['job.batch/app-after', 'job.batch/app-leave']);
    assert.equal(await kubectl('get', 'configmap', '-o', 'name'), 'configmap/kube-root-ca.crt\n');
  });
});
