import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Journal, memoryJournal } from '../kernel/journal.ts';
import { Durability } from './durability.ts';

/** A journal whose progress the test decides. */
function journal(): Journal & { reach(revision: number): void; fail(error: Error): void } {
  let durableRevision = 0;
  let tell: (revision: number) => void = () => {};
  let complain: (error: Error) => void = () => {};
  return {
    get durableRevision() {
      return durableRevision;
    },
    append: () => 0,
    onDurable(listener) {
      tell = listener;
    },
    onFailure(listener) {
      complain = listener;
    },
    close: () => Promise.resolve(),
    reach(revision) {
      durableRevision = revision;
      tell(revision);
    },
    fail: (error) => complain(error),
  };
}

const isPending = async (promise: Promise<void> | undefined): Promise<boolean> =>
  Promise.race([promise?.then(() => false) ?? false, new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);

test('an answer waits for its own revision of its own world', async () => {
  const durability = new Durability();
  const one = journal();
  const two = journal();
  durability.add('default', one);
  durability.add('two', two);
  const first = durability.whenDurable('', 5);
  const second = durability.whenDurable('', 7);
  two.reach(100);
  one.reach(6);
  await first;
  assert.ok(await isPending(second));
  assert.equal(durability.revision(''), 6);
  assert.equal(durability.revision('two'), 100);
  one.reach(7);
  await second;
  assert.equal(durability.whenDurable('', 7), undefined, 'what is on disk is not waited for');
});

test('a journal that fails, or a world that closes, lets nobody wait for ever', async () => {
  const durability = new Durability();
  const one = journal();
  durability.add('default', one);
  const waiting = durability.whenDurable('', 1);
  one.fail(new Error('no space left'));
  await assert.rejects(waiting ?? Promise.resolve(), /no space left/);
  await assert.rejects(durability.whenDurable('', 2) ?? Promise.resolve(), /no space left/);
  const two = journal();
  durability.add('two', two);
  const left = durability.whenDurable('two', 1);
  durability.remove('two');
  await assert.rejects(left ?? Promise.resolve(), /world two was closed/);
});

test('without a disk, and for a world that is not, nothing is waited for', () => {
  const durability = new Durability();
  durability.add('default', memoryJournal());
  assert.equal(durability.whenDurable('', 1_000), undefined);
  assert.equal(durability.whenDurable('none', 1_000), undefined);
});

test('property: whatever is asked for and written, answers wait for exactly the revisions that they show', async () => {
  const revision = fc.integer({ min: 0, max: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(revision, { maxLength: 8 }), fc.array(revision, { maxLength: 5 }), async (asked, written) => {
      const durability = new Durability();
      const disk = journal();
      durability.add('default', disk);
      const waiting = asked.map((each) => ({ each, promise: durability.whenDurable('', each) }));
      for (const { each, promise } of waiting) assert.equal(promise === undefined, each === 0);
      for (const at of written.toSorted((a, b) => a - b)) {
        disk.reach(at);
        assert.equal(durability.revision(''), at);
        for (const { each, promise } of waiting) if (promise) assert.equal(await isPending(promise), each > at);
      }
    }),
    { numRuns: 60 },
  );
});

test('a world in the place of one whose journal failed starts afresh', async () => {
  const durability = new Durability();
  const broken = journal();
  durability.add('blue', broken);
  broken.fail(new Error('no space left'));
  durability.remove('blue');
  const fresh = journal();
  durability.add('blue', fresh);
  const promise = durability.whenDurable('blue', 1);
  assert.ok(await isPending(promise));
  fresh.reach(1);
  await promise;
});
