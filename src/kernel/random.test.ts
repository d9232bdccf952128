import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from './random.ts';

/** Pearson's χ² of counts that should be equal. */
function chiSquared(counts: readonly number[]): number {
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}
/** χ² with `degrees` stays below this with probability 0.99999 (Wilson–Hilferty). */
const limit = (degrees: number): number => degrees * (1 - 2 / (9 * degrees) + 4.265 * Math.sqrt(2 / (9 * degrees))) ** 3;

test('same seed and revision, same numbers', () => {
  const a = new Random('seed', 7);
  const b = new Random('seed', 7);
  for (let i = 0; i < 100; i++) assert.equal(a.uint32(), b.uint32());
});

test('numbers of one stream are uniform', () => {
  const random = new Random('seed');
  const counts = new Array<number>(64).fill(0);
  for (let i = 0; i < 64_000; i++) counts[random.below(64)]!++; // below(64) is an index of counts
  assert.ok(chiSquared(counts) < limit(63));
});

for (const seed of ['', 'a', 'a longer seed', 'x/fork@12'])
  test(`first numbers of consecutive revisions are uniform and differ: seed ${JSON.stringify(seed)}`, () => {
    const counts = new Array<number>(64).fill(0);
    const low = new Array<number>(64).fill(0);
    const seen = new Set<string>();
    for (let revision = 0; revision < 64_000; revision++) {
      const random = new Random(seed, revision);
      const first = random.uint32();
      counts[first >>> 26]!++; // 6 bits index 64 counts
      low[first & 63]!++;
      seen.add(`${first} ${random.uint32()}`);
    }
    assert.ok(chiSquared(counts) < limit(63), `high bits ${chiSquared(counts)}`);
    assert.ok(chiSquared(low) < limit(63), `low bits ${chiSquared(low)}`);
    assert.equal(seen.size, 64_000);
  });

test('revisions beyond 32 bits differ from those below', () => {
  assert.notEqual(new Random('s', 5).uuid(), new Random('s', 5 + 2 ** 32).uuid());
});

test('uuid has version 4 and an RFC 9562 variant', () => {
  const random = new Random('s');
  for (let i = 0; i < 200; i++) assert.match(random.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('text draws from the whole alphabet, below stays below', () => {
  const random = new Random('s');
  const text = random.text(1_000, 'abc');
  assert.deepEqual([...new Set(text)].sort(), ['a', 'b', 'c']);
  for (let i = 0; i < 1_000; i++) assert.ok(random.below(3) < 3 && random.unit() < 1);
});
