import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommitFeed } from './feed.ts';
import type { Commit } from './store.ts';

const commit = (revision: number): Commit => ({ revision, atMs: 0, changes: [] });

test('delivers in order up to the released revision, in any number', () => {
  const feed = new CommitFeed();
  const heard: number[] = [];
  feed.listen(({ revision }) => heard.push(revision));
  for (let i = 1; i <= 5_000; i++) feed.push(commit(i));
  feed.release(0);
  assert.equal(heard.length, 0);
  for (let i = 1; i <= 5_000; i += 7) feed.release(i);
  feed.release(4_000);
  feed.release(5_000);
  assert.deepEqual(
    heard,
    Array.from({ length: 5_000 }, (_, i) => i + 1),
  );
});

test('a listener that commits does not let the others hear out of order', () => {
  const feed = new CommitFeed();
  const heard: string[] = [];
  feed.listen(({ revision }) => {
    heard.push(`a${revision}`);
    if (revision === 1) {
      feed.push(commit(2));
      feed.release(2);
    }
  });
  feed.listen(({ revision }) => heard.push(`b${revision}`));
  feed.push(commit(1));
  feed.release(1);
  assert.deepEqual(heard, ['a1', 'b1', 'a2', 'b2']);
});

test('a listener that throws keeps no other from hearing, and its error surfaces', () => {
  const feed = new CommitFeed();
  const heard: number[] = [];
  feed.listen(() => {
    throw new Error('broken');
  });
  const stop = feed.listen(({ revision }) => heard.push(revision));
  feed.push(commit(1));
  assert.throws(() => feed.release(1), /broken/);
  feed.push(commit(2));
  assert.throws(() => feed.release(2), /broken/);
  assert.deepEqual(heard, [1, 2]);
  stop();
  feed.push(commit(3));
  assert.throws(() => feed.release(3), /broken/);
  assert.deepEqual(heard, [1, 2]);
});
