import assert from 'node:assert/strict';
import { test } from 'node:test';
import { job } from '../../kinds/batch/job.ts';
import { container, Scenario } from '../testing.ts';

test('a finished job goes with its pods when its time is over', () => {
  for (const [command, backoffLimit] of [
    [['true'], 6],
    [['false'], 0],
  ]) {
    const s = new Scenario({ nodes: 1 });
    const template = { spec: { restartPolicy: 'Never', containers: [container({ image: 'busybox', command })] } };
    s.create(job, { metadata: { name: 'j' }, spec: { template, backoffLimit, ttlSecondsAfterFinished: 100 } });
    s.after('99s');
    assert.ok(s.find(job, 'j'));
    s.after('2s');
    assert.deepEqual([s.find(job, 'j'), s.pods().length], [undefined, 0]);
  }
});
