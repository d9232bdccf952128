import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Timers } from './timers.ts';

type Step = readonly ['set', string, number] | readonly ['clear', string] | readonly ['take', number] | readonly ['fork'];

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constant('set' as const), key, fc.nat(20)) },
  fc.tuple(fc.constant('clear' as const), key),
  { weight: 2, arbitrary: fc.tuple(fc.constant('take' as const), fc.nat(20)) },
  fc.tuple(fc.constant('fork' as const)),
);

test('timers behave like a sorted array', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      let timers = new Timers();
      let model: { key: string; atMs: number; order: number }[] = [];
      let order = 0;
      for (const [kind, ...args] of steps) {
        if (kind === 'set') {
          const [name, atMs] = args as [string, number];
          timers.set(name, atMs);
          model = [...model.filter((wake) => wake.key !== name), { key: name, atMs, order: order++ }];
          model.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
        } else if (kind === 'clear') {
          timers.clear(args[0] as string);
          model = model.filter((wake) => wake.key !== args[0]);
        } else if (kind === 'take') {
          const due = model[0] && model[0].atMs <= (args[0] as number) ? model.shift() : undefined;
          assert.equal(timers.take(args[0] as number), due?.key);
        } else {
          const before = timers;
          timers = timers.fork();
          before.set('only there', -1);
        }
        assert.equal(timers.size, model.length);
        assert.equal(timers.nextAtMs(), model[0]?.atMs);
      }
    }),
  );
});

test('of a timer that is set again and again, only the last time counts', () => {
  const timers = new Timers();
  for (let i = 0; i < 300_000; i++) timers.set(`k${i % 10}`, 1_000_000 + i);
  for (let i = 0; i < 10; i++) {
    assert.equal(timers.nextAtMs(), 1_299_990 + i);
    assert.equal(timers.take(2_000_000), `k${i}`);
  }
  assert.equal(timers.nextAtMs(), undefined);
});

test('a time that is no number is refused', () => {
  assert.throws(() => new Timers().set('k', Number.NaN), RangeError);
});
