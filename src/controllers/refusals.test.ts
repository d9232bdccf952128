import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ReplicaSet } from '../../gen/kubernetes-types.ts';
import { daemonSet } from '../kinds/apps/daemonset.ts';
import { deployment } from '../kinds/apps/deployment.ts';
import { replicaSet } from '../kinds/apps/replicaset.ts';
import { statefulSet } from '../kinds/apps/statefulset.ts';
import { cronJob } from '../kinds/batch/cronjob.ts';
import { job } from '../kinds/batch/job.ts';
import { replicationController } from '../kinds/core/replicationcontroller.ts';
import { resourceQuota } from '../kinds/core/resourcequota.ts';
import { serviceAccount } from '../kinds/core/serviceaccount.ts';
import type { Kind } from '../kube/kind.ts';
import { Scenario, template } from './testing.ts';

const selector = { matchLabels: { app: 'a' } };
const forever = template({ app: 'a' }, { serviceAccountName: 'late' });
const once = template({ app: 'a' }, { serviceAccountName: 'late', restartPolicy: 'Never' });

const workloads: readonly (readonly [Kind, object])[] = [
  [deployment, { selector, template: forever }],
  [replicaSet, { selector, template: forever }],
  [replicationController, { selector: selector.matchLabels, template: forever }],
  [daemonSet, { selector, template: forever }],
  [statefulSet, { selector, template: forever }],
  [job, { template: once }],
  [job, { template: once, completionMode: 'Indexed', completions: 1 }],
];
for (const [kind, spec] of workloads)
  test(`a ${kind.kind} that came before its service account gets its pods after it`, () => {
    const s = new Scenario({ nodes: 1 });
    s.create(kind, { metadata: { name: 'early' }, spec });
    s.after('1m');
    assert.equal(s.pods().length, 0);
    s.create(serviceAccount, { metadata: { name: 'late' } });
    s.after('2m');
    assert.equal(s.pods().length, 1);
  });

test('what a quota refuses is made once there is room; until then status and an event tell why', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(resourceQuota, { metadata: { name: 'few' }, spec: { hard: { pods: '1' } } });
  s.create(replicaSet, { metadata: { name: 'rs' }, spec: { replicas: 3, selector, template: template({ app: 'a' }) } });
  const failure = () => s.get<ReplicaSet>(replicaSet, 'rs').status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  assert.match(failure()?.message ?? '', /exceeded quota: few/);
  s.expectEvent('rs', /^FailedCreate: Error creating: .*exceeded quota: few/);
  s.patch(resourceQuota, 'few', { hard: { pods: '5' } });
  s.after('1m').expectReady(3, 'app=a');
  assert.equal(failure(), undefined);
});

test('a cron job starts its job late rather than never', () => {
  const s = new Scenario({ nodes: 1 });
  s.create(resourceQuota, { metadata: { name: 'none' }, spec: { hard: { 'count/jobs.batch': '0' } } });
  s.create(cronJob, {
    metadata: { name: 'cj' },
    spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template: template({}, { restartPolicy: 'Never' }) } } },
  });
  s.after('24h');
  assert.equal(s.list(job).length, 0);
  s.patch(resourceQuota, 'none', { hard: { 'count/jobs.batch': '1' } });
  s.after('1h');
  assert.equal(s.list(job).length, 1);
});
