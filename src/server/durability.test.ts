import assert from 'node:assert/strict';
import { test } from 'node:test';
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
    append() {},
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
