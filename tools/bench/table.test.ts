import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, meetsGoal } from './measure.ts';
import { formatTable } from './table.ts';

test('the table aligns figures and says which goals are met', () => {
  const text = formatTable([
    {
      name: 'fork',
      method: 'one fork',
      figures: [
        { name: 'time', value: 4.2345, unit: 'ms', goal: { atMost: 5 } },
        { name: 'rate', value: 12_345.6, unit: '1/s', goal: { atLeast: 20_000 }, beside: 'etcd 6,700' },
      ],
    },
    { name: 'start', method: 'process', failure: 'no bundle\nmore' },
  ]);
  assert.deepEqual(text.split('\n').slice(0, 4), [
    'measure  figure        value       goal          ' + '        beside',
    'fork     time          4.23 ms     ≤ 5 ms        met',
    '         rate          12,346 1/s  ≥ 20,000 1/s  MISSED  etcd 6,700',
    'start    not measured  no bundle                 FAILED',
  ]);
  assert.match(text, /^ {2}fork: one fork$/m);
});

test('median is a value that occurred', () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2);
  assert.ok(Number.isNaN(median([])));
});

test('goals are inclusive', () => {
  assert.equal(meetsGoal({ name: '', value: 5, unit: '', goal: { atMost: 5 } }), true);
  assert.equal(meetsGoal({ name: '', value: 5, unit: '', goal: { atLeast: 5.1 } }), false);
  assert.equal(meetsGoal({ name: '', value: 5, unit: '' }), undefined);
});
