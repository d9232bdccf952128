import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Controller } from './controller.ts';
import type { Journal } from './journal.ts';
import { memoryJournal } from './journal.ts';
import { type Commit, Compacted, RevisionConflict } from './store.ts';
import type { Transaction } from './transaction.ts';
import { LAST_INSTANT_MS, World, type WorldOptions } from './world.ts';

const newWorld = (options: Partial<WorldOptions> = {}): World =>
  new World({ name: 'w', seed: 's', indexes: [], controllers: [], journal: memoryJournal(), hostNowMs: 0, ...options });

/** A journal whose disk is as slow as the test says. */
function slowJournal(): Journal & { sync(revision: number): void; readonly appended: Commit[] } {
  let durable = 0;
  const listeners: ((revision: number) => void)[] = [];
  const appended: Commit[] = [];
  return {
    get durableRevision() {
      return durable;
    },
    append: (commit) => appended.push(commit),
    onDurable: (listener) => void listeners.push(listener),
    onFailure() {},
    close: () => Promise.resolve(),
    appended,
    sync(revision) {
      durable = revision;
      for (const listener of listeners) listener(revision);
    },
  };
}

test('a transaction that throws leaves nothing: no write, no revision, no commit', () => {
  const journal = slowJournal();
  const world = newWorld({ journal });
  world.transact((tx) => tx.put('c', 'kept', 1));
  const before = world.store.digest();
  const { revision } = world.reader;
  const commits: Commit[] = [];
  world.onCommit((commit) => void commits.push(commit));
  assert.throws(
    () =>
      world.transact((tx) => {
        tx.put('c', 'kept', 2);
        tx.put('c', 'new', 1);
        tx.delete('c', 'kept');
        throw new Error('no');
      }),
    /no/,
  );
  assert.equal(world.store.digest(), before);
  assert.equal(world.reader.revision, revision);
  assert.equal(commits.length, 0);
  assert.equal(journal.appended.at(-1)?.revision, revision);
});

test('a nested transaction is part of the outer one; caught, it alone is taken back', () => {
  const world = newWorld();
  const commits: Commit[] = [];
  world.onCommit((commit) => void commits.push(commit));
  world.transact((outer) => {
    outer.put('c', 'a', 1);
    assert.throws(() =>
      world.transact((inner) => {
        inner.put('c', 'a', 2);
        inner.put('c', 'b', 1);
        throw new Error('no');
      }),
    );
    assert.equal(outer.get('c', 'a')?.value, 1);
    world.transact((inner) => inner.put('c', 'c', 1));
  });
  assert.equal(commits.length, 1);
  assert.deepEqual(
    commits[0]?.changes.map(({ key }) => key),
    ['a', 'c'],
  );
  assert.equal(world.reader.get('c', 'b'), undefined);
});

test('revisions are expected, or the write is refused', () => {
  const world = newWorld();
  const first = world.transact((tx) => tx.put('c', 'k', 1, 'absent'));
  assert.throws(() => world.transact((tx) => tx.put('c', 'k', 2, 'absent')), RevisionConflict);
  assert.throws(() => world.transact((tx) => tx.put('c', 'k', 2, first.revision + 1)), RevisionConflict);
  assert.throws(() => world.transact((tx) => tx.put('c', 'none', 2, 1)), RevisionConflict);
  assert.throws(() => world.transact((tx) => tx.delete('c', 'k', 99)), RevisionConflict);
  assert.equal(world.transact((tx) => tx.put('c', 'k', 2, first.revision)).createdRevision, first.revision);
  assert.equal(
    world.transact((tx) => tx.delete('c', 'none')),
    undefined,
  );
});

test('a transaction cannot be kept, nor awaited in', () => {
  const world = newWorld();
  let kept: Transaction | undefined;
  world.transact((tx) => {
    kept = tx;
  });
  assert.throws(() => kept?.put('c', 'late', 1), /has ended/);
  assert.throws(() => world.transact(async (tx) => tx.put('c', 'k', 1)), /synchronous/);
  assert.equal(world.reader.get('c', 'k'), undefined);
});

test('a journal that refuses a commit leaves the world as it was', () => {
  const journal = slowJournal();
  const world = newWorld({ journal });
  const before = world.store.digest();
  journal.append = () => {
    throw new TypeError('cannot be written down');
  };
  assert.throws(() => world.transact((tx) => tx.put('c', 'k', 1)), /written down/);
  assert.equal(world.store.digest(), before);
});

test('durable listeners hear commits once, in order, as the disk confirms', () => {
  const journal = slowJournal();
  const world = newWorld({ journal });
  const heard: number[] = [];
  world.onDurable(({ revision }) => void heard.push(revision));
  const revisions = Array.from({ length: 5 }, (_, i) => world.transact((tx) => tx.put('c', `k${i}`, i).revision));
  assert.deepEqual(heard, []);
  journal.sync(revisions[2] as number);
  journal.sync(revisions[2] as number);
  assert.deepEqual(heard.slice(-3), revisions.slice(0, 3));
  journal.sync(revisions[4] as number);
  assert.deepEqual(heard.slice(-5), revisions);
});

test('listeners that commit hear themselves later, and nobody hears anything twice', () => {
  const world = newWorld();
  const heard: string[] = [];
  world.onDurable(({ changes }) => {
    const [change] = changes;
    heard.push(`first ${change?.key}`);
    if (change?.key === 'a') world.transact((tx) => tx.put('c', 'b', 1));
  });
  world.onDurable(({ changes }) => void heard.push(`second ${changes[0]?.key}`));
  world.transact((tx) => tx.put('c', 'a', 1));
  assert.deepEqual(heard, ['first a', 'second a', 'first b', 'second b']);
});

/** Gives every order a name from the world's randomness, ships it after a while and counts what it shipped. */
const shop: Controller = {
  name: 'shop',
  watches: [{ class: 'orders' }],
  reconcile(tx, { key }) {
    const order = tx.get<{ at: number; name?: string }>('orders', key)?.value;
    if (!order) return;
    if (order.name === undefined) tx.put('orders', key, { ...order, name: tx.random.uuid() });
    const leftMs = order.at + 60_000 - tx.nowMs;
    if (leftMs > 0) return { againMs: leftMs };
    tx.delete('orders', key);
    tx.put('shipped', key, order);
  },
};
const order = (world: World, key: string): void => {
  world.transact((tx) => tx.put('orders', key, { at: tx.nowMs }));
};

function runShop(seed: string): World {
  const world = newWorld({ seed, controllers: [shop] });
  for (let i = 0; i < 30; i++) {
    order(world, `o${i}`);
    world.advanceTo(world.nowMs + 7_000);
  }
  return world;
}

test('the same seed and inputs give the same world, another seed another one', () => {
  assert.equal(runShop('x').store.digest(), runShop('x').store.digest());
  assert.notEqual(runShop('x').store.digest(), runShop('y').store.digest());
});

test('a fork starts equal, goes its own way with other randomness, and keeps its timers', () => {
  const parent = newWorld({ controllers: [shop] });
  order(parent, 'early');
  parent.advanceTo(10_000);
  order(parent, 'unseen');
  const digest = parent.store.digest();
  const fork = parent.fork('f', memoryJournal(), 10_000);
  assert.equal(parent.store.digest(), digest, 'forking changes nothing in the parent');
  assert.deepEqual(fork.reader.list('orders'), parent.reader.list('orders'));
  assert.equal(fork.nowMs, 10_000);
  assert.equal(fork.settled, false, 'what was queued is queued in the fork');
  for (const world of [parent, fork]) order(world, 'same');
  fork.settle();
  parent.settle();
  const nameIn = (world: World): string | undefined => world.reader.get<{ name: string }>('orders', 'same')?.value.name;
  assert.ok(nameIn(parent) && nameIn(fork));
  assert.notEqual(nameIn(parent), nameIn(fork));
  assert.equal(fork.nextEventMs, 60_000);
  fork.advanceTo(100_000);
  assert.equal(fork.reader.count('shipped'), 3);
  assert.equal(parent.reader.count('shipped'), 0);
  parent.advanceTo(65_000);
  assert.equal(parent.reader.count('shipped'), 1);
  assert.equal(parent.stats.get('shop')?.failures, 0);
  assert.throws(() => parent.transact(() => parent.fork('g', memoryJournal(), 0)), /inside a transaction/);
});

test('a fork of 10,000 settled entries asks no controller', () => {
  let asked = 0;
  const counting: Controller = { name: 'counting', watches: [{ class: 'pods' }], reconcile: () => void asked++ };
  const world = newWorld({ controllers: [counting] });
  world.transact((tx) => {
    for (let i = 0; i < 10_000; i++) tx.put('pods@c', `pod-${i}`, { i });
  });
  world.settle();
  asked = 0;
  world.fork('f', memoryJournal(), 0).settle();
  assert.equal(asked, 0);
});

test('world time follows host time by the rate, without jumps at a change, and never goes back', () => {
  const world = newWorld({ hostNowMs: 1_000 });
  assert.equal(world.targetMs(2_000), 2_000);
  world.advanceTo(2_000);
  world.setRate(10, 2_000);
  assert.equal(world.targetMs(2_000), 2_000);
  assert.equal(world.targetMs(2_100), 3_000);
  world.advanceTo(world.targetMs(2_100));
  world.setRate(0, 2_100);
  assert.equal(world.targetMs(9_999_999), 3_000);
  world.setRate(1, 5_000);
  assert.equal(world.targetMs(6_000), 4_000);
  assert.equal(world.targetMs(0), 3_000, 'a host clock that goes back changes nothing');
  world.advanceTo(1);
  assert.equal(world.nowMs, 3_000);
  world.setRate(1.5, 6_000);
  assert.equal(world.targetMs(6_001), 3_001, 'whole milliseconds');
});

test('a jump lasts when the rate is set anew', () => {
  const world = newWorld();
  world.advanceTo(1_000_000);
  world.setRate(world.clock.rate, 500);
  assert.equal(world.targetMs(600), 1_000_100);
});

test('clock and seed come back from recovery; a recovered world is not behind its last commit', () => {
  const world = newWorld({ seed: 'mine' });
  world.advanceTo(5_000);
  world.setRate(0, 5_000);
  world.advanceTo(9_000);
  world.transact((tx) => tx.put('c', 'k', 1));
  const recovered = { revision: world.reader.revision, atMs: 9_000, entries: world.store.entries() };
  const again = newWorld({ seed: 'other', hostNowMs: 6_000, recovered });
  assert.deepEqual([again.nowMs, again.clock.rate, again.seed], [9_000, 0, 'mine']);
  assert.equal(again.store.digest(), world.store.digest());
});

test('advanceTo stops at every timer, in order, and can be cut into budgets', () => {
  const times: number[] = [];
  const ticking: Controller = {
    name: 'ticking',
    watches: [{ class: 'things' }],
    reconcile(tx, { key }) {
      times.push(tx.nowMs);
      return { againMs: Number(key) };
    },
  };
  const world = newWorld({ controllers: [ticking] });
  world.transact((tx) => {
    for (const everyMs of [700, 1_000, 1_100]) tx.put('things', String(everyMs), 0);
  });
  let calls = 0;
  while (!world.advanceTo(1_000_000, 50)) calls++;
  assert.equal(world.nowMs, 1_000_000);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const expected = [700, 1_000, 1_100].reduce((sum, everyMs) => sum + Math.floor(1_000_000 / everyMs) + 1, 0);
  assert.equal(times.length, expected);
  assert.ok(calls >= Math.floor(expected / 50) - 1, `${calls} calls`);
});

test('the driver is told of work that nobody is doing, and only of that', () => {
  let told = 0;
  const chain: Controller = {
    name: 'chain',
    watches: [{ class: 'things' }],
    reconcile(tx, { key }) {
      const n = tx.get<number>('things', key)?.value ?? 0;
      if (n > 0) tx.put('things', key, n - 1);
    },
  };
  const world = newWorld({ controllers: [chain] });
  world.onWork(() => told++);
  world.transact((tx) => tx.put('things', 'k', 10));
  assert.equal(told, 1);
  assert.equal(world.settle(3), false);
  assert.equal(told, 2, 'the budget ran out');
  assert.equal(world.settle(), true);
  assert.equal(told, 2);
});

test('history is forgotten after five minutes, also where nothing is written', () => {
  const world = newWorld();
  world.transact((tx) => tx.put('c', 'a', 1));
  const { revision } = world.reader;
  world.transact((tx) => tx.put('c', 'a', 2));
  world.advanceTo(300_000);
  assert.equal(world.store.changesSince('c', revision).length, 1);
  world.advanceTo(300_001);
  assert.throws(() => world.store.changesSince('c', revision), Compacted);
});

test('a world whose clock ran far ahead while nobody ran it stops where dates end', () => {
  const hostNowMs = Date.UTC(2026, 0, 1);
  const options = { name: 'w', seed: 's', indexes: [], controllers: [], journal: memoryJournal() };
  const world = new World({ ...options, hostNowMs });
  world.setRate(1_000_000, hostNowMs);
  const recovered = { revision: world.store.revision, atMs: world.nowMs, entries: [...world.store.entries()] };
  const later = new World({ ...options, recovered, hostNowMs: hostNowMs + 365 * 86_400_000 });
  assert.equal(later.nowMs, LAST_INSTANT_MS);
  assert.equal(later.targetMs(Number.MAX_SAFE_INTEGER), LAST_INSTANT_MS);
});
