import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Controller, Target } from './controller.ts';
import { memoryJournal } from './journal.ts';
import { World } from './world.ts';

type Reconcile = Controller['reconcile'];

function controller(name: string, reconcile: Reconcile, classes: readonly string[] = ['things']): Controller {
  return { name, watches: classes.map((className) => ({ class: className })), reconcile };
}
const newWorld = (...controllers: Controller[]): World =>
  new World({ name: 'w', seed: 's', indexes: [], controllers, journal: memoryJournal(), hostNowMs: 0 });
const put = (world: World, key: string, value: number, collection = 'things'): void => {
  world.transact((tx) => tx.put(collection, key, value));
};

test('a target that is named several times is reconciled once, first in first out', () => {
  const seen: string[] = [];
  const world = newWorld(controller('c', (_, { scope, key }) => void seen.push(`${scope}/${key}`)));
  for (const key of ['b', 'a', 'b', 'a', 'b']) put(world, key, 1);
  put(world, 'a', 1, 'things@x');
  assert.equal(world.settle(), true);
  assert.deepEqual(seen, ['/b', '/a', 'x/a']);
});

test('keys and scopes that look alike stay apart', () => {
  const seen: string[] = [];
  const world = newWorld(controller('c', (_, { scope, key }) => void seen.push(`${scope}|${key}`)));
  put(world, 'b', 1, 'things@a');
  put(world, 'b@a', 1);
  world.settle();
  assert.deepEqual(seen, ['a|b', '|b@a']);
});

test('a change that names targets elsewhere wakes those', () => {
  const seen: Target[] = [];
  const world = newWorld({
    name: 'c',
    watches: [{ class: 'things', targets: ({ key }) => [`${key}-here`, { scope: 'there', key }] }],
    reconcile: (_, target) => void seen.push(target),
  });
  put(world, 'k', 1, 'things@here');
  world.settle();
  assert.deepEqual(seen, [
    { scope: 'here', key: 'k-here' },
    { scope: 'there', key: 'k' },
  ]);
});

test('a reconcile that throws is taken back, counted, isolated, and tried again with doubling delays in world time', () => {
  const tries: number[] = [];
  const world = newWorld(
    controller('broken', (tx) => {
      tries.push(tx.nowMs);
      tx.put('half', 'done', 1);
      throw new Error('no');
    }),
    controller('sound', (tx, { key }) => void tx.put('seen', key, 1)),
  );
  put(world, 'k', 1);
  assert.equal(world.settle(), true);
  assert.equal(world.reader.get('half', 'done'), undefined);
  assert.ok(world.reader.get('seen', 'k'));
  world.advanceTo(200);
  assert.deepEqual(tries, [0, 5, 15, 35, 75, 155]);
  const stats = world.stats.get('broken');
  assert.deepEqual([stats?.reconciles, stats?.failures], [6, 6]);
  assert.match(String(stats?.lastError), /Error: no/);
  assert.equal(world.stats.get('sound')?.failures, 0);
  world.advanceTo(10_000_000);
  const [before, last] = tries.slice(-2) as [number, number];
  assert.equal(last - before, 1_000_000, 'never more than 1,000 s apart');
});

test('success forgets earlier failures', () => {
  let fail = true;
  const tries: number[] = [];
  const world = newWorld(
    controller('c', (tx) => {
      tries.push(tx.nowMs);
      if (fail) throw new Error('no');
    }),
  );
  put(world, 'k', 1);
  world.settle();
  world.advanceTo(20);
  fail = false;
  world.advanceTo(100);
  fail = true;
  put(world, 'k', 2);
  world.settle();
  assert.equal(world.nextEventMs, 105, 'first delay again');
  assert.deepEqual(tries, [0, 5, 15, 35, 100]);
});

test('a reconcile that asks for a retry keeps what it wrote, and is tried again as one that threw, but no later than it says', () => {
  const tries: number[] = [];
  let isBlocked = true;
  const world = newWorld(
    controller('c', (tx) => {
      tries.push(tx.nowMs);
      tx.put('written', 'k', tries.length);
      return isBlocked ? { retry: true, againMs: 50 } : undefined;
    }),
  );
  put(world, 'k', 1);
  world.advanceTo(150);
  assert.deepEqual(tries, [0, 5, 15, 35, 75, 125]);
  assert.equal(world.reader.get('written', 'k')?.value, 6);
  assert.equal(world.stats.get('c')?.failures, 0);
  isBlocked = false;
  world.advanceTo(1_000);
  assert.deepEqual(tries.slice(6), [175]);
});

test('a watch that cannot name its targets is counted and stops nobody else', () => {
  const seen: string[] = [];
  const world = newWorld(
    {
      name: 'broken',
      watches: [
        {
          class: 'things',
          targets: () => {
            throw new Error('cannot say');
          },
        },
      ],
      reconcile() {},
    },
    controller('sound', (_, { key }) => void seen.push(key)),
  );
  put(world, 'k', 1);
  world.settle();
  assert.deepEqual(seen, ['k']);
  assert.equal(world.stats.get('broken')?.failures, 1);
});

test('againMs wakes once at its time; a later answer replaces it, none clears it', () => {
  const seen: number[] = [];
  let againMs: number | undefined = 100;
  const world = newWorld(
    controller('c', (tx) => {
      seen.push(tx.nowMs);
      return againMs === undefined ? undefined : { againMs };
    }),
  );
  put(world, 'k', 1);
  world.settle();
  assert.equal(world.nextEventMs, 100);
  againMs = 500;
  world.advanceTo(50);
  put(world, 'k', 2);
  world.settle();
  assert.equal(world.nextEventMs, 550);
  againMs = undefined;
  world.advanceTo(1_000);
  assert.deepEqual(seen, [0, 50, 550]);
  assert.equal(world.nextEventMs, undefined);
});

test('againMs of 0 or a fraction moves on by whole milliseconds; of NaN is a failure', () => {
  const seen: number[] = [];
  const answers = [0, 0.2, 1.5, Number.NaN];
  const world = newWorld(
    controller('c', (tx) => {
      seen.push(tx.nowMs);
      const againMs = answers.shift();
      return againMs === undefined ? undefined : { againMs };
    }),
  );
  put(world, 'k', 1);
  world.advanceTo(100);
  assert.deepEqual(seen, [0, 1, 2, 4, 9]);
  assert.equal(world.stats.get('c')?.failures, 1);
});

test('two controllers that undo each other are stopped, backed off more and more, and counted', () => {
  const fighter = (name: string, value: number): Controller =>
    controller(name, (tx, { key }) => {
      if (tx.get<number>('things', key)?.value !== value) tx.put('things', key, value);
    });
  const world = newWorld(fighter('one', 1), fighter('two', 2));
  put(world, 'k', 0);
  assert.equal(world.settle(), true, 'it ends');
  const first = world.reader.revision;
  assert.ok(first < 4_000);
  assert.match(String([...world.stats.values()].map(({ lastError }) => lastError)), /does not converge/);
  world.advanceTo(60_000);
  assert.ok(world.reader.revision < first * 20, `a minute of it costs ${world.reader.revision} writes`);
});

test('a target that is changed often from outside while the clock stands still is not taken for one that does not converge', () => {
  const world = newWorld(controller('c', () => {}));
  for (let i = 0; i < 3_000; i++) {
    put(world, 'k', i);
    world.settle();
  }
  assert.equal(world.stats.get('c')?.failures, 0);
  assert.equal(world.stats.get('c')?.reconciles, 3_000);
});

test('what exists is reconciled when controllers come to it, as after a recovery', () => {
  const world = newWorld();
  for (const key of ['a', 'b']) put(world, key, 1);
  put(world, 'c', 1, 'things@x');
  const seen: string[] = [];
  const recovered = { revision: world.reader.revision, atMs: 0, entries: world.store.entries() };
  const again = new World({
    ...{ name: 'w', seed: 'other', indexes: [], journal: memoryJournal(), hostNowMs: 0, recovered },
    controllers: [controller('c', (_, { scope, key }) => void seen.push(`${scope}/${key}`))],
  });
  assert.equal(again.settled, false);
  again.settle();
  assert.deepEqual(seen, ['/a', '/b', 'x/c']);
  assert.equal(again.seed, 's', "the seed is the world's, not the caller's");
});

test('two controllers of one name are refused', () => {
  assert.throws(
    () =>
      newWorld(
        controller('c', () => {}),
        controller('c', () => {}),
      ),
    /two controllers/,
  );
});

test('a long queue is emptied in one go, each key once', () => {
  const asked = new Set<string>();
  const world = newWorld(controller('c', (_, { key }) => void asked.add(key)));
  world.transact((tx) => {
    for (let i = 0; i < 50_000; i++) tx.put('things', `k${i}`, i);
  });
  assert.equal(world.settle(), true);
  assert.equal(asked.size, 50_000);
});
