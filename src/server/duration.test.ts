import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseDuration } from './duration.ts';

test('durations as people write them', () => {
  const table: readonly (readonly [string, number])[] = [
    ['0s', 0],
    ['1ms', 1],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['30d', 2_592_000_000],
    ['2w', 1_209_600_000],
    ['1d12h30m15s500ms', 131_415_500],
    ['0.0004s', 0],
  ];
  for (const [text, ms] of table) assert.equal(parseDuration(text), ms, text);
});

test('what is no duration is refused, and never read in part', () => {
  for (const text of [
    '',
    ' ',
    '5',
    's',
    '-1h',
    '1 h',
    '1h ',
    '1y',
    '1H',
    '1,5h',
    '1h30',
    '.5h',
    '1.h',
    '1e3s',
    'ten days',
    '1h-30m',
    '\n1h',
    `${'9'.repeat(20)}d`,
    `${'9'.repeat(400)}d`,
  ])
    assert.equal(parseDuration(text), undefined, JSON.stringify(text));
});

test('parts add up, in whatever order and however often', () => {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
  const part = fc.tuple(fc.nat(10_000), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${amount}${unit}`).join('');
      const totalMs = parts.reduce((sum, [amount, unit]) => sum + amount * units[unit], 0);
      assert.equal(parseDuration(text), totalMs, text);
    }),
  );
});
