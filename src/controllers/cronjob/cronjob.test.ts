import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CronJob, Job } from '../../../gen/kubernetes-types.ts';
import { type CronSchedule, parseCronSchedule } from '../../kinds/batch/cron-schedule.ts';
import { cronJob } from '../../kinds/batch/cronjob.ts';
import { job } from '../../kinds/batch/job.ts';
import { container, Scenario } from '../testing.ts';
import { lastTime, nextTimeMs } from './next-time.ts';

type Fields = { readonly [field: string]: unknown };
function scheduled(schedule: string, script: string, spec: Fields = {}): Scenario {
  const s = new Scenario({ nodes: 1 });
  const template = { spec: { restartPolicy: 'Never', containers: [container({ image: 'busybox', command: ['sh', '-c', script] })] } };
  s.create(cronJob, { metadata: { name: 'cron' }, spec: { schedule, jobTemplate: { spec: { template, backoffLimit: 0 } }, ...spec } });
  return s;
}
const status = (s: Scenario) => s.get<CronJob>(cronJob, 'cron').status ?? {};
const jobs = (s: Scenario): string[] => s.list<Job>(job).map((each) => each.metadata.name);

test('a job starts at each scheduled time and is named after it', () => {
  const s = scheduled('*/5 * * * *', 'sleep 30');
  assert.deepEqual(jobs(s), []);
  s.after('5m');
  assert.deepEqual(jobs(s), [`cron-${Date.UTC(2026, 10, 21, 0, 5) / 60_000}`]);
  assert.equal(status(s).active?.[0]?.name, jobs(s)[0]);
  assert.equal(status(s).lastScheduleTime, '2026-11-21T00:05:00Z');
  s.after('30s');
  assert.deepEqual([status(s).active, status(s).lastSuccessfulTime], [undefined, '2026-11-21T00:05:30Z']);
  s.expectEvent('cron', `SuccessfulCreate: Created job ${jobs(s)[0]}`);
  s.expectEvent('cron', `SawCompletedJob: Saw completed job: ${jobs(s)[0]}, condition: Complete`);
});

test('history keeps three successes and one failure', () => {
  const good = scheduled('* * * * *', 'exit 0').after('10m');
  assert.equal(jobs(good).length, 3);
  const bad = scheduled('* * * * *', 'exit 1').after('10m');
  assert.equal(jobs(bad).length, 1);
});

test('concurrency: Allow lets them overlap, Forbid skips, Replace ends the earlier one', () => {
  const active = (concurrencyPolicy: string) =>
    status(scheduled('* * * * *', 'sleep 600', { concurrencyPolicy }).after('3m')).active?.map(({ name }) => Number(name?.slice(5))) ?? [];
  const at = (minute: number) => Date.UTC(2026, 10, 21, 0, minute) / 60_000;
  assert.deepEqual(active('Allow'), [at(1), at(2), at(3)]);
  assert.deepEqual(active('Forbid'), [at(1)]);
  assert.deepEqual(active('Replace'), [at(3)]);
});

test('suspended it starts nothing; resumed only the last missed time, if it is not too late', () => {
  const s = scheduled('*/10 * * * *', 'exit 0', { suspend: true }).after('35m');
  assert.deepEqual(jobs(s), []);
  s.patch(cronJob, 'cron', { suspend: false });
  assert.deepEqual(jobs(s), [`cron-${Date.UTC(2026, 10, 21, 0, 30) / 60_000}`]);
  const late = scheduled('*/10 * * * *', 'exit 0', { suspend: true, startingDeadlineSeconds: 60 }).after('35m');
  late.patch(cronJob, 'cron', { suspend: false });
  assert.deepEqual(jobs(late), []);
});

test('deleting it takes its jobs along', () => {
  const s = scheduled('* * * * *', 'sleep 600').after('2m');
  s.delete(cronJob, 'cron', { propagationPolicy: 'Background' });
  s.after('1m');
  assert.deepEqual([jobs(s).length, s.pods().length], [0, 0]);
});

const parse = (text: string): CronSchedule => {
  const { value, error } = parseCronSchedule(text);
  assert.ok(value, error);
  return value;
};
const times: [schedule: string, after: string, timeZone: string, next: string][] = [
  ['0 9 * * *', '2026-11-21T00:00:00Z', 'UTC', '2026-11-21T09:00:00Z'],
  ['0 9 * * *', '2026-11-21T09:00:00Z', 'UTC', '2026-11-22T09:00:00Z'],
  ['0 9 * * *', '2026-11-21T00:00:00Z', 'Europe/Berlin', '2026-11-21T08:00:00Z'],
  ['0 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin', '2026-07-01T07:00:00Z'],
  ['0 0 1 * *', '2026-11-21T00:00:00Z', 'America/New_York', '2026-12-01T05:00:00Z'],
  ['0 0 29 2 *', '2026-11-21T00:00:00Z', 'UTC', '2028-02-29T00:00:00Z'],
  ['0 0 13 * 5', '2026-11-21T00:00:00Z', 'UTC', '2026-11-27T00:00:00Z'],
  ['30 5 * * 1-5', '2026-11-21T00:00:00Z', 'Asia/Kolkata', '2026-11-23T00:00:00Z'],
  // The clock skips 02:30 on that day.
  ['30 2 * * *', '2026-03-28T12:00:00Z', 'Europe/Berlin', '2026-03-30T00:30:00Z'],
  // … and shows it twice on this one.
  ['30 2 * * *', '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-25T01:30:00Z'],
];
for (const [schedule, after, timeZone, next] of times)
  test(`"${schedule}" in ${timeZone} after ${after}`, () => {
    assert.equal(nextTimeMs(parse(schedule), Date.parse(after), timeZone), Date.parse(next));
  });

test('a day that never comes is not waited for', () => {
  assert.equal(nextTimeMs(parse('0 0 31 2 *'), 0), undefined);
});

test('the last time is found without walking over all before it', () => {
  const last = lastTime(parse('*/5 * * * *'), Date.UTC(2020, 0), Date.UTC(2026, 10, 21, 0, 7));
  assert.deepEqual(last, { atMs: Date.UTC(2026, 10, 21, 0, 5), missed: 101 });
  assert.equal(lastTime(parse('0 0 1 1 *'), Date.UTC(2026, 5), Date.UTC(2026, 10)), undefined);
  assert.equal(lastTime(parse('0 0 1 1 *'), Date.UTC(2020, 5), Date.UTC(2026, 10))?.atMs, Date.UTC(2026, 0));
});
