import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Job, Pod } from '../../../gen/kubernetes-types.ts';
import { job } from '../../kinds/batch/job.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { container, Scenario } from '../testing.ts';
import { formatIndexes, parseIndexes } from './indexes.ts';

type Fields = { readonly [field: string]: unknown };
function run(script: string, spec: Fields = {}, restartPolicy = 'Never'): Scenario {
  const s = new Scenario({ nodes: 2 });
  const main = container({ image: 'busybox', command: ['sh', '-c', script] });
  s.create(job, { metadata: { name: 'j' }, spec: { template: { spec: { restartPolicy, containers: [main] } }, ...spec } });
  return s;
}
const status = (s: Scenario) => s.get<Job>(job, 'j').status ?? {};
const conditions = (s: Scenario) => (status(s).conditions ?? []).map(({ type, status: state, reason }) => [type, state, reason]);

test('a job completes once its pods succeeded', () => {
  const s = run('sleep 10', { completions: 3, parallelism: 2 });
  assert.deepEqual([status(s).active, status(s).ready, status(s).startTime], [2, 2, '2026-11-21T00:00:00Z']);
  assert.ok(s.pods().every((each) => each.metadata.finalizers?.includes('batch.kubernetes.io/job-tracking')));
  s.after('10s');
  assert.deepEqual([status(s).active, status(s).succeeded], [1, 2]);
  s.after('10s');
  const { conditions: found, ...rest } = status(s);
  assert.deepEqual(rest, {
    startTime: '2026-11-21T00:00:00Z',
    completionTime: '2026-11-21T00:00:20Z',
    succeeded: 3,
    terminating: 0,
    uncountedTerminatedPods: {},
    ready: 0,
  });
  assert.deepEqual(
    found?.map(({ type, reason, message }) => [type, reason, message]),
    [
      ['SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods'],
      ['Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'],
    ],
  );
  assert.ok(s.pods().every((each) => !each.metadata.finalizers?.length));
  s.expectEvent('j', 'Completed: Job completed');
});

test('failed pods are replaced after 10 s, 20 s …, until the limit ends the job', () => {
  const s = run('exit 1', { backoffLimit: 2 });
  const failed: (number | undefined)[] = [];
  for (const wait of ['1s', '9s', '19s', '1s', '1m']) {
    s.after(wait);
    failed.push(status(s).failed);
  }
  assert.deepEqual(failed, [1, 2, 2, 3, 3]);
  assert.deepEqual(conditions(s), [
    ['FailureTarget', 'True', 'BackoffLimitExceeded'],
    ['Failed', 'True', 'BackoffLimitExceeded'],
  ]);
  assert.equal(status(s).completionTime, undefined);
  s.expectEvent('j', 'BackoffLimitExceeded: Job has reached the specified backoff limit');
  assert.equal(s.pods().length, 3);
});

test('restarts in place count against the limit, and the running pod goes', () => {
  const s = run('sleep 1; exit 1', { backoffLimit: 2 }, 'OnFailure');
  s.after('5m');
  assert.deepEqual(conditions(s).at(-1), ['Failed', 'True', 'BackoffLimitExceeded']);
  assert.equal(s.pods().length, 0);
});

test('activeDeadlineSeconds ends the job and its pods', () => {
  const s = run('sleep infinity', { activeDeadlineSeconds: 60 });
  s.after('59s');
  assert.equal(status(s).active, 1);
  s.after('1s');
  assert.deepEqual(conditions(s).at(-1), ['FailureTarget', 'True', 'DeadlineExceeded']);
  s.after('2s');
  assert.deepEqual(conditions(s).at(-1), ['Failed', 'True', 'DeadlineExceeded']);
  assert.deepEqual([status(s).failed, s.pods().length], [1, 0]);
});

test('indexed jobs give each pod its index and remember which are done', () => {
  const s = run('sleep 10', { completionMode: 'Indexed', completions: 4, parallelism: 3 });
  const first = s.pods().find((each) => each.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] === '1') as Pod;
  assert.match(first.metadata.name, /^j-1-/);
  assert.equal(first.spec.hostname, 'j-1');
  assert.equal(first.spec.containers[0]?.env?.[0]?.name, 'JOB_COMPLETION_INDEX');
  s.after('10s');
  assert.equal(status(s).completedIndexes, '0-2');
  s.after('10s');
  assert.deepEqual([status(s).completedIndexes, status(s).succeeded], ['0-3', 4]);
  assert.deepEqual(conditions(s).at(-1), ['Complete', 'True', 'CompletionsReached']);
});

test('each index has its own limit where that is asked for', () => {
  const s = new Scenario({ nodes: 1 });
  const failing = { 'slipway.dev/programs': 'main=1:1' };
  s.create(job, {
    metadata: { name: 'j' },
    spec: {
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimitPerIndex: 1,
      template: { metadata: { annotations: failing }, spec: { restartPolicy: 'Never', containers: [container()] } },
    },
  });
  s.after('5m');
  assert.deepEqual([status(s).failedIndexes, status(s).failed], ['0,1', 4]);
  assert.deepEqual(conditions(s).at(-1), ['Failed', 'True', 'FailedIndexes']);
});

test('a success policy ends the job early and stops the rest', () => {
  const s = run('sleep 10', {
    completionMode: 'Indexed',
    completions: 3,
    parallelism: 1,
    successPolicy: { rules: [{ succeededCount: 1 }] },
  });
  s.after('10s');
  assert.deepEqual(conditions(s), [
    ['SuccessCriteriaMet', 'True', 'SuccessPolicy'],
    ['Complete', 'True', 'SuccessPolicy'],
  ]);
  assert.equal(status(s).succeeded, 1);
});

test('a failure policy fails the job or ignores the failure', () => {
  const rule = (action: string) => ({
    podFailurePolicy: { rules: [{ action, onExitCodes: { containerName: 'main', operator: 'In', values: [42] } }] },
  });
  const fails = run('exit 42', rule('FailJob'));
  assert.deepEqual(conditions(fails).at(-1), ['Failed', 'True', 'PodFailurePolicy']);
  assert.match(
    status(fails).conditions?.[0]?.message ?? '',
    /^Container main for pod default\/j-\w+ failed with exit code 42 matching FailJob rule at index 0$/,
  );
  const ignores = run('exit 42', { backoffLimit: 0, ...rule('Ignore') });
  ignores.after('15s');
  assert.deepEqual([status(ignores).failed, conditions(ignores).length], [undefined, 0]);
  assert.ok(ignores.pods().length > 1);
});

test('a suspended job has no pods; resumed it starts anew', () => {
  const s = run('sleep 10', { suspend: true });
  assert.deepEqual([s.pods().length, status(s).startTime], [0, undefined]);
  assert.deepEqual(conditions(s), [['Suspended', 'True', 'JobSuspended']]);
  s.after('1m');
  s.patch(job, 'j', { suspend: false });
  assert.deepEqual([status(s).active, status(s).startTime], [1, '2026-11-21T00:01:00Z']);
  s.patch(job, 'j', { suspend: true });
  s.after('2s');
  assert.deepEqual([s.pods().length, status(s).startTime], [0, undefined]);
  s.patch(job, 'j', { suspend: false });
  s.after('1m');
  assert.deepEqual(conditions(s), [
    ['Suspended', 'False', 'JobResumed'],
    ['SuccessCriteriaMet', 'True', 'CompletionsReached'],
    ['Complete', 'True', 'CompletionsReached'],
  ]);
  s.expectEvent('j', 'Resumed: Job resumed');
});

test('a work queue is done when one pod succeeded and all have ended', () => {
  const s = run('sleep 10', { parallelism: 3 });
  assert.equal(status(s).active, 3);
  s.after('10s');
  assert.deepEqual([status(s).succeeded, conditions(s).at(-1)?.[0]], [3, 'Complete']);
});

test('a pod that somebody deletes counts as failed and is replaced', () => {
  const s = run('sleep 100');
  s.delete(pod, s.pods()[0]?.metadata.name ?? '');
  s.after('30s');
  assert.deepEqual([status(s).failed, status(s).active], [1, 1]);
});

test('deleting a job leaves no pod behind that waits to be counted', () => {
  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    const s = run('sleep 100', { parallelism: 2 });
    s.delete(job, 'j', { propagationPolicy });
    s.after('1m');
    assert.deepEqual([s.find(job, 'j'), s.pods().length], [undefined, 0]);
  }
});

test('indexes survive writing and reading', () => {
  assert.equal(formatIndexes(new Set([0, 2, 3, 4, 7, 8])), '0,2-4,7,8');
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), (indexes) => {
      assert.deepEqual(
        [...parseIndexes(formatIndexes(new Set(indexes)))].sort((a, b) => a - b),
        indexes.sort((a, b) => a - b),
      );
    }),
  );
});

test('a pod that no longer matches is let go, finalizer and all; an orphan that matches is taken in', () => {
  const s = run('sleep 1000');
  const name = s.pods()[0]?.metadata.name ?? '';
  const { labels } = s.get<Pod>(pod, name).metadata;
  s.update<Pod>(pod, name, ({ metadata: { labels: _, ...metadata }, ...rest }) => ({ ...rest, metadata }));
  const released = s.get<Pod>(pod, name).metadata;
  assert.deepEqual([released.ownerReferences ?? [], released.finalizers ?? []], [[], []]);
  assert.equal(status(s).active, 1);
  s.update<Pod>(pod, name, (object) => ({ ...object, metadata: { ...object.metadata, labels } }));
  const adopted = s.get<Pod>(pod, name).metadata;
  assert.deepEqual(
    adopted.ownerReferences?.map(({ kind, controller }) => [kind, controller]),
    [['Job', true]],
  );
  assert.deepEqual(adopted.finalizers, ['batch.kubernetes.io/job-tracking']);
});
