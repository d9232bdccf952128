import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { World } from '../../kernel/world.ts';
import { openJournal, type SqliteJournal } from './journal.ts';
import { scratchDir } from './scratch.ts';
import { deleteWorld, forkWorldFile, listSaves, listWorlds, loadWorld, saveFile, saveWorld, worldFile } from './worlds.ts';

const home = join(scratchDir(), 'home');
const durable = (journal: SqliteJournal, revision: number): Promise<void> =>
  new Promise((resolve) => {
    if (journal.durableRevision >= revision) resolve();
    else journal.onDurable((now) => now >= revision && resolve());
  });

async function openWorld(name: string): Promise<{ world: World; journal: SqliteJournal }> {
  const { journal, recovered } = await openJournal(worldFile(home, name));
  const own = { name, seed: 's', indexes: [], controllers: [], journal, hostNowMs: 1_000 };
  return { journal, world: new World({ ...own, ...(recovered && { recovered }) }) };
}
const put = (world: World, key: string, value: string): number => world.transact((tx) => tx.put('c', key, value).revision);

test('a fork shows exactly the parent at its revision, while both go on', async () => {
  const { world, journal } = await openWorld('parent');
  for (let i = 0; i < 500; i++) put(world, `k${i}`, `parent ${i}`);
  const digest = world.store.digest();
  const forkJournal = forkWorldFile(home, journal, 'child');
  assert.equal(forkJournal.durableRevision, 0, 'nothing of the fork is durable yet');
  const child = world.fork('child', forkJournal, 1_000);
  for (let i = 0; i < 500; i++) put(world, `k${i}`, `changed ${i}`);
  put(child, 'k1', 'child');
  await durable(forkJournal, child.reader.revision);
  const childDigest = child.store.digest();
  assert.notEqual(childDigest, digest);
  await forkJournal.close();
  await journal.close();

  const again = await openWorld('child');
  assert.equal(again.world.store.digest(), childDigest);
  assert.equal(again.world.reader.get('c', 'k1')?.value, 'child');
  assert.equal(again.world.reader.get('c', 'k2')?.value, 'parent 2');
  assert.equal(again.world.reader.get('c', 'k2')?.revision, world.store.listAt('c', 502, { prefix: 'k2' })[0]?.revision);
  await again.journal.close();
});

test('a name is taken once, also while the fork is still being written', async () => {
  const { world, journal } = await openWorld('twice');
  put(world, 'k', 'v');
  const first = forkWorldFile(home, journal, 'same');
  const second = forkWorldFile(home, journal, 'same');
  await assert.rejects(new Promise((_, reject) => second.onFailure(reject)), /EEXIST/);
  await durable(first, world.reader.revision);
  assert.throws(() => forkWorldFile(home, journal, 'same'), /exists/);
  await Promise.all([first.close(), second.close()]);
  await journal.close();
});

test('closing a fork at once still writes what it committed', async () => {
  const { world, journal } = await openWorld('hasty');
  put(world, 'k', 'v');
  const forkJournal = forkWorldFile(home, journal, 'hasty-fork');
  const child = world.fork('hasty-fork', forkJournal, 1_000);
  put(child, 'own', 'v');
  await forkJournal.close();
  const again = await openWorld('hasty-fork');
  assert.equal(again.world.store.digest(), child.store.digest());
  await again.journal.close();
  await journal.close();
});

test('save, change, load: the saved state is back and numbering goes on', async () => {
  const { world, journal } = await openWorld('game');
  put(world, 'k', 'saved');
  const saved = await saveWorld(home, journal, 'before');
  assert.equal(saved, world.reader.revision);
  assert.equal(statSync(saveFile(home, 'before')).mode & 0o777, 0o600);
  for (let i = 0; i < 10; i++) put(world, 'k', 'changed');
  const highest = world.reader.revision;
  await journal.close();
  loadWorld(home, 'before', 'game');
  const again = await openWorld('game');
  assert.equal(again.world.reader.get('c', 'k')?.value, 'saved');
  assert.equal(again.world.reader.revision, highest);
  assert.equal(put(again.world, 'k', 'new'), highest + 1);
  await again.journal.close();
  assert.deepEqual(
    listSaves(home).map(({ name }) => name),
    ['before'],
  );
  assert.throws(() => loadWorld(home, 'never', 'game'), /no saved world/);
});

test('worlds are listed and deleted, names checked', async () => {
  const { journal } = await openWorld('shortlived');
  await journal.close();
  assert.ok(listWorlds(home).some(({ name, sizeBytes }) => name === 'shortlived' && sizeBytes > 0));
  deleteWorld(home, 'shortlived');
  assert.ok(!existsSync(worldFile(home, 'shortlived')));
  assert.throws(() => deleteWorld(home, 'shortlived'), /no world/);
  for (const name of ['', '../x', 'A', 'a/b', '-a', 'a-', 'a.b', 'a'.repeat(41)])
    assert.throws(() => worldFile(home, name), /no world name/);
});

test('a fork that is saved and forked before its file is whole loses nothing', async () => {
  const { world, journal } = await openWorld('ancestor');
  for (let i = 0; i < 200; i++) put(world, `k${i}`, `ancestor ${i}`);
  const childJournal = forkWorldFile(home, journal, 'descendant');
  const child = world.fork('descendant', childJournal, 1_000);
  put(child, 'k1', 'child');
  const saved = saveWorld(home, childJournal, 'early');
  const grandchildJournal = forkWorldFile(home, childJournal, 'grandchild');
  const grandchild = child.fork('grandchild', grandchildJournal, 1_000);
  put(grandchild, 'k2', 'grandchild');
  put(child, 'k3', 'late');
  assert.ok((await saved) >= world.reader.revision);
  await Promise.all([childJournal.close(), grandchildJournal.close(), journal.close()]);
  loadWorld(home, 'early', 'early');
  const found = await Promise.all(['descendant', 'grandchild', 'early'].map(openWorld));
  const values = found.map((each) => ['k1', 'k2', 'k3'].map((key) => each.world.reader.get<string>('c', key)?.value));
  assert.deepEqual(values, [
    ['child', 'ancestor 2', 'late'],
    ['child', 'grandchild', 'ancestor 3'],
    ['child', 'ancestor 2', 'ancestor 3'],
  ]);
  await Promise.all(found.map((each) => each.journal.close()));
});
