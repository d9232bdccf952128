import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Controller } from '../kernel/controller.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { LAST_INSTANT_MS, World } from '../kernel/world.ts';
import { Driver } from './driver.ts';

const HOUR_MS = 3_600_000;

/** Counts up to what a key asks for, one a time; "hourly" works once an hour. */
const counter: Controller = {
  name: 'counter',
  watches: [{ class: 'counts' }],
  reconcile(tx, { key }) {
    const count = tx.get<{ readonly now: number; readonly wanted: number }>('counts', key)?.value;
    if (!count) return undefined;
    if (key === 'hourly') {
      tx.put('ticks', String(tx.nowMs), true);
      return { againMs: HOUR_MS };
    }
    if (count.now < count.wanted) tx.put('counts', key, { ...count, now: count.now + 1 });
    return undefined;
  },
};

function drive(t: TestContext): { world: World; driver: Driver } {
  const world = new World({ name: 'w', seed: 's', indexes: [], controllers: [counter], journal: memoryJournal(), hostNowMs: Date.now() });
  const driver = new Driver(world);
  t.after(() => driver.stop());
  return { world, driver };
}

const countOf = (world: World, key: string) => world.reader.get<{ readonly now: number }>('counts', key)?.value.now;

test('what a commit asks for is done without anybody calling, in slices between which others get their turn', async (t) => {
  const { world, driver } = drive(t);
  world.transact((tx) => tx.put('counts', 'a', { now: 0, wanted: 900 }));
  assert.equal(countOf(world, 'a'), 0, 'nothing happens inside the commit');
  let turns = 0;
  const turn = (): void => {
    turns++;
    if (!world.settled) setImmediate(turn);
  };
  setImmediate(turn);
  await driver.settled();
  assert.equal(countOf(world, 'a'), 900);
  assert.ok(turns > 5, `only ${turns} turns of the event loop`);
});

test('a jump stops at every event on its way', async (t) => {
  const { world, driver } = drive(t);
  world.transact((tx) => tx.put('counts', 'hourly', { now: 0, wanted: 0 }));
  await driver.settled();
  const startMs = world.nowMs;
  await driver.jumpTo(startMs + 24 * HOUR_MS);
  assert.equal(world.nowMs, startMs + 24 * HOUR_MS);
  assert.ok(world.reader.count('ticks') >= 24, `${world.reader.count('ticks')} ticks`);
});

test('a paused world stays at its time, and still does what it is asked', async (t) => {
  const { world, driver } = drive(t);
  world.setRate(0, Date.now());
  const nowMs = world.nowMs;
  world.transact((tx) => tx.put('counts', 'a', { now: 0, wanted: 3 }));
  await driver.settled();
  driver.tick();
  assert.equal(countOf(world, 'a'), 3);
  assert.equal(world.nowMs, nowMs);
});

test('a driver that was stopped does nothing more', async (t) => {
  const { world, driver } = drive(t);
  driver.stop();
  world.transact((tx) => tx.put('counts', 'a', { now: 0, wanted: 3 }));
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(countOf(world, 'a'), 0);
  await driver.settled();
});

const START_MS = Date.UTC(2026, 10, 21);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** Lets so much of the host's time pass; what its timers started is done. */
async function pass(t: TestContext, ms: number): Promise<void> {
  await turn();
  t.mock.timers.tick(ms);
  await turn();
  await turn();
}
const ticksOf = (world: World): number => world.reader.list('ticks').length;

test('the world wakes when host time has come to its next event: sooner on a fast clock, never on a paused one', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: START_MS });
  const { world, driver } = drive(t);
  world.setRate(1, Date.now());
  world.transact((tx) => void tx.put('counts', 'hourly', { now: 0, wanted: 0 }));
  await pass(t, HOUR_MS - 1_000);
  assert.equal(ticksOf(world), 1);
  await pass(t, 2_000);
  assert.equal(ticksOf(world), 2);

  world.setRate(3_600, Date.now());
  driver.wake();
  await pass(t, 1_100);
  assert.equal(ticksOf(world), 3);

  world.setRate(0, Date.now());
  driver.wake();
  const pausedMs = world.nowMs;
  await pass(t, 48 * HOUR_MS);
  driver.tick();
  assert.deepEqual([ticksOf(world), world.nowMs], [3, pausedMs]);
});

test('a request sees the world at the host’s time, as fast as its clock runs', (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: START_MS });
  const { world, driver } = drive(t);
  world.setRate(1, Date.now());
  t.mock.timers.tick(5_000);
  driver.tick();
  assert.equal(world.nowMs, START_MS + 5_000);
  world.setRate(60, Date.now());
  t.mock.timers.tick(1_000);
  driver.tick();
  assert.equal(world.nowMs, START_MS + 65_000);
});

test('a fast clock stops at the last instant that dates are written for', async (t) => {
  t.mock.timers.enable({ apis: ['Date', 'setTimeout'], now: START_MS });
  const { world, driver } = drive(t);
  world.setRate(1_000_000, Date.now());
  t.mock.timers.tick(30 * 24 * HOUR_MS);
  driver.tick();
  assert.equal(world.nowMs, LAST_INSTANT_MS);
  t.mock.timers.tick(HOUR_MS);
  driver.wake();
  await turn();
  assert.equal(world.nowMs, LAST_INSTANT_MS);
  assert.equal(new Date(world.nowMs).toISOString().slice(0, 4), '9998');
});
