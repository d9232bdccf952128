import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseCronSchedule } from './cron-schedule.ts';

const minutes = (field: string): number[] => [...(parseCronSchedule(`${field} * * * *`).value?.minutes ?? assert.fail(field))];

test('fields are lists of values, ranges and steps', () => {
  assert.deepEqual(minutes('5'), [5]);
  assert.deepEqual(minutes('1-3,7'), [1, 2, 3, 7]);
  assert.deepEqual(minutes('*/20'), [0, 20, 40]);
  assert.deepEqual(minutes('50/5'), [50, 55]);
  assert.deepEqual(minutes('10-20/5'), [10, 15, 20]);
});

test('months and days have names, and schedules too', () => {
  const { value } = parseCronSchedule('0 0 * jan-mar MON');
  assert.deepEqual([[...(value?.months ?? [])], [...(value?.daysOfWeek ?? [])]], [[1, 2, 3], [1]]);
  assert.deepEqual([value?.anyDayOfMonth, value?.anyDayOfWeek], [true, false]);
  assert.deepEqual([...(parseCronSchedule('@daily').value?.hours ?? [])], [0]);
});

test('faults are told in the words of the parser that Kubernetes uses', () => {
  const faults: readonly (readonly [string, string])[] = [
    ['', 'empty spec string'],
    ['@never', 'unrecognized descriptor: @never'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ];
  for (const [text, error] of faults) assert.equal(parseCronSchedule(text).error, error);
});

test('every value of a range is in bounds', () => {
  fc.assert(
    fc.property(fc.nat(59), fc.nat(59), fc.integer({ min: 1, max: 30 }), (a, b, step) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const values = minutes(`${low}-${high}/${step}`);
      assert.equal(values.length, Math.floor((high - low) / step) + 1);
      assert.ok(values.every((value) => value >= low && value <= high && (value - low) % step === 0));
    }),
  );
});
