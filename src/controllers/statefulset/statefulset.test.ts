import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../gen/kubernetes-types.ts';
import { controllerRevision } from '../../kinds/apps/controllerrevision.ts';
import { statefulSet } from '../../kinds/apps/statefulset.ts';
import { persistentVolumeClaim } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { container, Scenario, template } from '../testing.ts';

type Fields = { readonly [field: string]: unknown };
const probed = (image = 'nginx') => container({ image, readinessProbe: { initialDelaySeconds: 10, httpGet: { path: '/', port: 80 } } });
const body = (image?: string) => template({ app: 'db' }, { containers: [probed(image)] });
function start(spec: Fields = {}): Scenario {
  const s = new Scenario({ nodes: 3 });
  s.create(statefulSet, {
    metadata: { name: 'db' },
    spec: { replicas: 3, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: body(), ...spec },
  });
  return s;
}
const names = (s: Scenario): string[] =>
  s
    .pods()
    .map((each) => each.metadata.name)
    .sort();
const images = (s: Scenario) => s.pods().map((each) => each.spec.containers[0]?.image);
const status = (s: Scenario) => s.get<StatefulSet>(statefulSet, 'db').status;

test('pods come one after the other, each once the one before is ready', () => {
  const s = start();
  assert.deepEqual(names(s), ['db-0']);
  s.after('10s');
  assert.deepEqual(names(s), ['db-0', 'db-1']);
  s.after('20s');
  s.expectReady(3);
  const second = s.get<Pod>(pod, 'db-1');
  assert.deepEqual([second.spec.hostname, second.spec.subdomain], ['db-1', 'db']);
  assert.equal(second.metadata.labels?.['apps.kubernetes.io/pod-index'], '1');
  assert.equal(second.metadata.labels?.['controller-revision-hash'], status(s)?.currentRevision);
  const { currentRevision, updateRevision, ...rest } = status(s) ?? {};
  assert.equal(currentRevision, updateRevision);
  assert.deepEqual(rest, {
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    collisionCount: 0,
    availableReplicas: 3,
  });
  s.expectEvent('db', 'SuccessfulCreate: create Pod db-0 in StatefulSet db successful');
});

test('Parallel brings and takes all at once', () => {
  const s = start({ podManagementPolicy: 'Parallel' });
  assert.deepEqual(names(s), ['db-0', 'db-1', 'db-2']);
  s.patch(statefulSet, 'db', { replicas: 0 });
  assert.equal(s.pods().filter((each) => each.metadata.deletionTimestamp).length, 3);
  s.after('2s');
  assert.deepEqual(names(s), []);
});

test('scaling down takes the highest first; a pod that is deleted comes back under its name', () => {
  const s = start();
  s.after('30s');
  s.patch(statefulSet, 'db', { replicas: 2 });
  s.after('2s');
  assert.deepEqual(names(s), ['db-0', 'db-1']);
  const { uid } = s.get<Pod>(pod, 'db-0').metadata;
  s.delete(pod, 'db-0');
  s.after('12s').expectReady(2);
  assert.notEqual(s.get<Pod>(pod, 'db-0').metadata.uid, uid);
  s.expectEvent('db', 'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful');
});

test('a rolling update goes from the highest down and ends with a new current revision', () => {
  const s = start();
  s.after('30s');
  const before = status(s)?.currentRevision;
  s.patch(statefulSet, 'db', { template: body('nginx:2') });
  s.after('2s');
  assert.equal(s.get<Pod>(pod, 'db-2').spec.containers[0]?.image, 'nginx:2');
  assert.equal(s.get<Pod>(pod, 'db-1').spec.containers[0]?.image, 'nginx');
  assert.equal(status(s)?.currentRevision, before);
  s.after('36s').expectReady(3);
  assert.deepEqual(images(s), ['nginx:2', 'nginx:2', 'nginx:2']);
  assert.notEqual(status(s)?.currentRevision, before);
  assert.equal(status(s)?.currentRevision, status(s)?.updateRevision);
  assert.equal(s.list(controllerRevision).length, 2);
});

test('a partition holds the lower ordinals back, also when they are recreated', () => {
  const s = start({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } } });
  s.after('30s');
  s.patch(statefulSet, 'db', { template: body('nginx:2') });
  s.after('30s');
  assert.deepEqual(images(s), ['nginx', 'nginx', 'nginx:2']);
  s.delete(pod, 'db-0');
  s.after('30s');
  assert.deepEqual(images(s), ['nginx', 'nginx', 'nginx:2']);
  assert.deepEqual([status(s)?.currentReplicas, status(s)?.updatedReplicas], [2, 1]);
});

test('OnDelete rolls only what somebody deletes', () => {
  const s = start({ updateStrategy: { type: 'OnDelete' } });
  s.after('30s');
  s.patch(statefulSet, 'db', { template: body('nginx:2') });
  s.after('30s');
  assert.deepEqual(images(s), ['nginx', 'nginx', 'nginx']);
  s.delete(pod, 'db-1');
  s.after('30s');
  assert.deepEqual(images(s), ['nginx', 'nginx:2', 'nginx']);
});

test('a rollout that does not become ready stops at its first pod', () => {
  const s = start();
  s.after('30s');
  s.patch(statefulSet, 'db', { template: body('does-not-exist') });
  s.after('5m');
  assert.deepEqual(images(s), ['nginx', 'nginx', 'does-not-exist']);
});

const claims = {
  volumeClaimTemplates: [
    { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  ],
};
const claimNames = (s: Scenario): string[] =>
  s
    .list<PersistentVolumeClaim>(persistentVolumeClaim)
    .map((each) => each.metadata.name)
    .sort();

test('every pod has a claim of its own, which outlives it', () => {
  const s = start({ ...claims, podManagementPolicy: 'Parallel', replicas: 2 });
  assert.deepEqual(claimNames(s), ['data-db-0', 'data-db-1']);
  assert.equal(s.get<Pod>(pod, 'db-0').spec.volumes?.[0]?.persistentVolumeClaim?.claimName, 'data-db-0');
  s.patch(statefulSet, 'db', { replicas: 0 });
  s.after('1m');
  assert.deepEqual(claimNames(s), ['data-db-0', 'data-db-1']);
  s.delete(statefulSet, 'db');
  assert.deepEqual(claimNames(s), ['data-db-0', 'data-db-1']);
});

test('claims go with scaling or with the set where the policy says so', () => {
  const policy = { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Delete' } };
  const s = start({ ...claims, ...policy, podManagementPolicy: 'Parallel', replicas: 2 });
  s.patch(statefulSet, 'db', { replicas: 1 });
  s.after('1m');
  assert.deepEqual(claimNames(s), ['data-db-0']);
  s.delete(statefulSet, 'db');
  s.after('1m');
  assert.deepEqual(claimNames(s), []);
});

test('ordinals may start elsewhere; going back revives the old revision', () => {
  const s = start({ replicas: 1, ordinals: { start: 5 } });
  s.after('10s');
  assert.deepEqual(names(s), ['db-5']);
  const first = status(s)?.currentRevision;
  s.patch(statefulSet, 'db', { template: body('nginx:2') });
  s.after('1m');
  s.patch(statefulSet, 'db', { template: body() });
  s.after('1m');
  assert.equal(status(s)?.currentRevision, first);
});
