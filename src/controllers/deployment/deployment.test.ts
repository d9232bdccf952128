import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import { deployment } from '../../kinds/apps/deployment.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import { container, Scenario, template } from '../testing.ts';
import { revisionOf } from './replica-sets.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const slow = { containers: [container({ readinessProbe: { initialDelaySeconds: 10, httpGet: { path: '/', port: 80 } } })] };
const image = (name: string, more = {}) => template({ app: 'web' }, { ...more, containers: [container({ image: name })] });
const slowImage = (name: string) => template({ app: 'web' }, { containers: [{ ...slow.containers[0], image: name }] });

const sets = (s: Scenario): ReplicaSet[] => s.list<ReplicaSet>(replicaSet).sort((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1));
const sizes = (s: Scenario): number[] => sets(s).map((set) => set.spec.replicas ?? 0);
const condition = (s: Scenario, type: string) => s.deploymentStatus('web').conditions?.find((each) => each.type === type);

test('a deployment becomes available through one replica set', () => {
  const s = new Scenario({ nodes: 3 });
  s.deployment('web', { replicas: 3 });
  s.expectReady(3, 'app=web');
  const [set] = sets(s);
  assert.match(set?.metadata.name ?? '', /^web-[bcdfghjklmnpqrstvwxz2456789]+$/);
  assert.equal(set?.metadata.annotations?.[REVISION], '1');
  assert.equal(s.get<Deployment>(deployment, 'web').metadata.annotations?.[REVISION], '1');
  const { conditions, ...status } = s.deploymentStatus('web');
  assert.deepEqual(status, { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  assert.deepEqual(
    conditions?.map(({ type, status: state, reason, message }) => [type, state, reason, message]),
    [
      ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      ['Progressing', 'True', 'NewReplicaSetAvailable', `ReplicaSet "${set?.metadata.name}" has successfully progressed.`],
    ],
  );
  s.expectEvent('web', `ScalingReplicaSet: Scaled up replica set ${set?.metadata.name} from 0 to 3`);
});

test('a rolling update keeps to maxSurge and maxUnavailable at every instant', () => {
  const s = new Scenario({ nodes: 3 });
  s.deployment('web', { replicas: 10, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 1 } } }, slow);
  s.after('10s').expectReady(10);
  s.patch(deployment, 'web', { template: slowImage('nginx:2') });
  for (let i = 0; i < 100 && s.deploymentStatus('web').updatedReplicas !== 10; i++) {
    const living = s.pods().filter((pod) => !pod.metadata.deletionTimestamp);
    assert.ok(living.length <= 12, `${living.length} pods`);
    assert.ok((s.deploymentStatus('web').availableReplicas ?? 0) >= 9, `${s.deploymentStatus('web').availableReplicas} available`);
    s.after('5s');
  }
  s.after('1m').expectReady(10);
  assert.deepEqual(sizes(s), [0, 10]);
  assert.equal(condition(s, 'Progressing')?.reason, 'NewReplicaSetAvailable');
});

test('Recreate brings new pods only after the old ones are gone', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2, strategy: { type: 'Recreate' } });
  const old = s.pods().map((pod) => pod.metadata.uid);
  s.patch(deployment, 'web', { template: image('nginx:2') });
  s.after('1m').expectReady(2);
  assert.ok(s.pods().every((pod) => !old.includes(pod.metadata.uid)));
  assert.deepEqual(sizes(s), [0, 2]);
});

test('a paused deployment scales but does not roll out, and goes on when resumed', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2 });
  s.patch(deployment, 'web', { paused: true, template: image('nginx:2') });
  assert.equal(sets(s).length, 1);
  assert.deepEqual(condition(s, 'Progressing')?.reason, 'DeploymentPaused');
  s.patch(deployment, 'web', { replicas: 4 });
  assert.deepEqual(sizes(s), [4]);
  s.patch(deployment, 'web', { paused: false });
  s.after('1m').expectReady(4);
  assert.deepEqual(sizes(s), [0, 4]);
});

test('scaling in the middle of a rollout spreads in proportion', () => {
  const s = new Scenario({ nodes: 3 });
  s.deployment('web', { replicas: 10, strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
  s.patch(deployment, 'web', { template: image('does-not-exist') });
  assert.deepEqual(sizes(s), [8, 5]);
  s.patch(deployment, 'web', { replicas: 15 });
  assert.deepEqual(sizes(s), [11, 7]);
});

test('going back to an earlier template revives its replica set under a new revision', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2, template: image('nginx:1') });
  const first = sets(s)[0]?.metadata.name;
  s.patch(deployment, 'web', { template: image('nginx:2') });
  s.after('1m');
  s.patch(deployment, 'web', { template: image('nginx:1') });
  s.after('1m').expectReady(2);
  const newest = sets(s).at(-1);
  assert.equal(newest?.metadata.name, first);
  assert.equal(newest?.metadata.annotations?.[REVISION], '3');
  assert.equal(newest?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1');
  assert.equal(s.get<Deployment>(deployment, 'web').metadata.annotations?.[REVISION], '3');
});

test('a set that is adopted brings a revision of 64 bits, from which the next one counts', () => {
  const s = new Scenario({ nodes: 1 });
  const labels = { app: 'web' };
  s.create(replicaSet, {
    metadata: { name: 'old', labels, annotations: { [REVISION]: '3546343826724305832' } },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: template(labels, { containers: [container({ image: 'nginx:1' })] }) },
  });
  s.deployment('web', { replicas: 1 });
  s.after('2s').expectReady(1);
  assert.equal(s.get<Deployment>(deployment, 'web').metadata.annotations?.[REVISION], '3546343826724305833');
  assert.deepEqual(sizes(s), [0, 1]);
});

test('old replica sets beyond the history limit are forgotten, the oldest first', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 1, revisionHistoryLimit: 2, template: image('nginx:0') });
  for (let i = 1; i <= 4; i++) {
    s.patch(deployment, 'web', { template: image(`nginx:${i}`) });
    s.after('1m');
  }
  assert.deepEqual(sets(s).map(revisionOf), [3n, 4n, 5n]);
});

test('a rollout that makes no progress is told so after progressDeadlineSeconds, and recovers', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 1, progressDeadlineSeconds: 60 });
  s.patch(deployment, 'web', { template: image('does-not-exist') });
  s.after('59s');
  assert.deepEqual([condition(s, 'Progressing')?.status, condition(s, 'Progressing')?.reason], ['True', 'ReplicaSetUpdated']);
  s.after('2s');
  const late = condition(s, 'Progressing');
  assert.deepEqual([late?.status, late?.reason], ['False', 'ProgressDeadlineExceeded']);
  assert.match(late?.message ?? '', /^ReplicaSet "web-.*" has timed out progressing\.$/);
  assert.equal(condition(s, 'Available')?.status, 'True');
  s.patch(deployment, 'web', { template: image('nginx:2') });
  assert.equal(condition(s, 'Progressing')?.reason, 'NewReplicaSetAvailable');
});

test('pods count as available only after minReadySeconds', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2, minReadySeconds: 30 });
  assert.deepEqual([s.deploymentStatus('web').readyReplicas, s.deploymentStatus('web').availableReplicas], [2, undefined]);
  assert.equal(condition(s, 'Available')?.status, 'False');
  s.after('30s');
  assert.equal(s.deploymentStatus('web').availableReplicas, 2);
  assert.equal(condition(s, 'Available')?.status, 'True');
});

test('deleting a deployment takes its sets and pods along', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 2 });
  s.delete(deployment, 'web', { propagationPolicy: 'Background' });
  s.after('1m');
  assert.deepEqual([sets(s).length, s.pods().length], [0, 0]);
});

test('scaling down to zero and an idle day cost nothing more', () => {
  const s = new Scenario({ nodes: 1 });
  s.deployment('web', { replicas: 3 });
  s.patch(deployment, 'web', { replicas: 0 });
  s.after('1m');
  assert.equal(s.pods().length, 0);
  const before = s.world.reader.revision;
  s.after('1h');
  assert.equal(s.world.reader.revision, before);
});
