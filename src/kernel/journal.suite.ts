import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Journal, Recovered } from './journal.ts';
import type { Json } from './json.ts';
import { World } from './world.ts';

/** A journal under test; `reopen` ends it properly and starts again from what it kept (undefined: it keeps nothing, by design). */
export interface JournalUnderTest {
  readonly journal: Journal;
  readonly recovered: Recovered | undefined;
  readonly reopen?: () => Promise<JournalUnderTest>;
}

const newWorld = ({ journal, recovered }: JournalUnderTest): World =>
  new World({ name: 'w', seed: 's', indexes: [], controllers: [], journal, hostNowMs: 1_000, ...(recovered && { recovered }) });

const durable = (journal: Journal, revision: number): Promise<void> =>
  new Promise((resolve, reject) => {
    if (journal.durableRevision >= revision) resolve();
    journal.onDurable((now) => now >= revision && resolve());
    journal.onFailure(reject);
  });

const put = (world: World, key: string, value: Json): number => world.transact((tx) => tx.put('things@a', key, value).revision);

/** What every journal must do. `open` gives a fresh, empty one for each test. */
export function journalSuite(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(`journal ${name}`, () => {
    it('makes every commit durable, in order', async () => {
      const under = await open();
      const world = newWorld(under);
      const heard: number[] = [];
      world.onDurable((commit) => heard.push(commit.revision));
      const revisions = Array.from({ length: 200 }, (_, i) => put(world, `k${i % 7}`, { i }));
      await durable(under.journal, revisions.at(-1) as number);
      await under.journal.close();
      assert.deepEqual(heard.slice(-200), revisions);
    });

    it('never calls a commit durable before it was appended', async () => {
      const under = await open();
      const world = newWorld(under);
      for (let i = 0; i < 50; i++) {
        put(world, 'k', i);
        if (under.journal.durableRevision !== Number.POSITIVE_INFINITY) assert.ok(under.journal.durableRevision <= world.reader.revision);
        if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await under.journal.close();
    });

    it('takes back a transaction whose value cannot be written down', async (t) => {
      const under = await open();
      if (!under.reopen) return t.skip('keeps nothing, so encodes nothing');
      const world = newWorld(under);
      const before = world.reader.revision;
      assert.throws(() => put(world, 'bad', 1n as unknown as Json), TypeError);
      assert.equal(world.reader.revision, before);
      assert.equal(world.reader.get('things@a', 'bad'), undefined);
      put(world, 'good', 1);
      await durable(under.journal, world.reader.revision);
      await under.journal.close();
    });

    it('recovers state, deletions, revisions and time', async (t) => {
      const under = await open();
      if (!under.reopen) return t.skip('keeps nothing');
      const world = newWorld(under);
      const odd = 'line\nfeed\u2028 "quote" \ud800 € \u0000';
      put(world, odd, { [odd]: [odd, null, 1.5, -0, 1e21, true, {}] });
      put(world, 'gone', 1);
      world.transact((tx) => {
        tx.put('other', 'x', 'first');
        tx.put('other', 'x', 'second');
        tx.delete('things@a', 'gone');
      });
      world.advanceTo(5_000);
      put(world, 'null', null);
      const { revision } = world.reader;
      const digest = world.store.digest();
      const again = await under.reopen();
      assert.equal(again.recovered?.revision, revision);
      assert.equal(again.recovered?.atMs, 5_000);
      const second = newWorld(again);
      assert.equal(second.store.digest(), digest);
      assert.equal(second.reader.revision, revision);
      assert.equal(second.reader.get('other', 'x')?.createdRevision, world.reader.get('other', 'x')?.createdRevision);
      assert.equal(put(second, 'next', 1), revision + 1);
      await again.journal.close();
    });

    it('keeps the revision of a last deletion', async (t) => {
      const under = await open();
      if (!under.reopen) return t.skip('keeps nothing');
      const world = newWorld(under);
      put(world, 'k', 1);
      world.transact((tx) => tx.delete('things@a', 'k'));
      const again = await under.reopen();
      assert.equal(again.recovered?.revision, world.reader.revision);
      await again.journal.close();
    });
  });
}
