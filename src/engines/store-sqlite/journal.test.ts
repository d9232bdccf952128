import assert from 'node:assert/strict';
import { closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type JournalUnderTest, journalSuite } from '../../kernel/journal.suite.ts';
import { World } from '../../kernel/world.ts';
import { openDatabase, UnreadableWorld } from './database.ts';
import { fold } from './fold.ts';
import { openJournal, type SqliteJournal } from './journal.ts';
import { scratchDir } from './scratch.ts';

const dir = scratchDir();
let files = 0;
const newFile = (): string => join(dir, `${files++}.sqlite`);

async function open(file = newFile()): Promise<JournalUnderTest> {
  const opened = await openJournal(file);
  const reopen = async (): Promise<JournalUnderTest> => {
    await opened.journal.close();
    return open(file);
  };
  return { ...opened, reopen };
}

const newWorld = (journal: SqliteJournal): World =>
  new World({ name: 'w', seed: 's', indexes: [], controllers: [], journal, hostNowMs: 1_000 });
const put = (world: World, key: string, value: string | number): number => world.transact((tx) => tx.put('c', key, value).revision);
function rowsInLog(file: string): number {
  const database = openDatabase(file);
  const { n } = database.prepare('SELECT count(*) AS n FROM log').get() as { n: number };
  database.close();
  return n;
}
const durable = (journal: SqliteJournal, revision: number): Promise<void> =>
  new Promise((resolve) => {
    if (journal.durableRevision >= revision) resolve();
    else journal.onDurable((now) => now >= revision && resolve());
  });

journalSuite('in SQLite', () => open());
journalSuite('in SQLite, folded before every start', async () => {
  const file = newFile();
  const folded = async (): Promise<JournalUnderTest> => {
    const database = openDatabase(file);
    while (fold(database, 2) > 0);
    database.close();
    const opened = await openJournal(file);
    return { ...opened, reopen: () => opened.journal.close().then(folded) };
  };
  return folded();
});

test('the file is for its owner only', async () => {
  const file = newFile();
  const { journal } = await openJournal(file);
  const world = newWorld(journal);
  await durable(journal, put(world, 'k', 1));
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(`${file}-wal`).mode & 0o777, 0o600);
  await journal.close();
});

test('files of other versions and of other programs are refused and left alone', async () => {
  const newer = newFile();
  const { journal } = await openJournal(newer);
  await journal.close();
  const database = new DatabaseSync(newer);
  database.exec('PRAGMA user_version = 99');
  database.close();
  await assert.rejects(openJournal(newer), (error) => error instanceof UnreadableWorld && /version 99.*version 1/.test(error.message));

  const foreign = newFile();
  const other = new DatabaseSync(foreign);
  other.exec('CREATE TABLE notes (text)');
  other.close();
  await assert.rejects(openJournal(foreign), UnreadableWorld);

  const text = newFile();
  writeFileSync(text, 'this is no database, but long enough to be looked at as one'.repeat(20));
  await assert.rejects(openJournal(text), /not a Slipway world file/);
});

test('a damaged file is told as such', async () => {
  const { journal } = await openJournal(newFile());
  const world = newWorld(journal);
  for (let i = 0; i < 200; i++) put(world, `k${i}`, 'x'.repeat(1_000));
  await journal.close();
  const handle = openSync(journal.file, 'r+');
  for (let at = 16_384; at < statSync(journal.file).size; at += 16_384) writeSync(handle, Buffer.alloc(2_000, 0xff), 0, 2_000, at);
  closeSync(handle);
  await assert.rejects(
    openJournal(journal.file),
    (error) => error instanceof UnreadableWorld && /damaged|not a Slipway/.test(error.message),
  );
});

test('folding in the background keeps the state whole while commits go on', async () => {
  const file = newFile();
  const { journal } = await openJournal(file);
  const world = newWorld(journal);
  for (let round = 0; round < 6; round++) {
    for (let i = 0; i < 500; i++) put(world, `k${i % 90}`, round * 1_000 + i);
    await durable(journal, world.reader.revision);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await journal.close();
  // A thread that is given no time folds later: after the next opening then.
  while (rowsInLog(file) >= 3_000) {
    const { journal: reopened } = await openJournal(file);
    await new Promise((resolve) => setTimeout(resolve, 25));
    await reopened.close();
  }
  const again = await openJournal(file);
  const recovered = new World({
    ...{ name: 'w', seed: 's', indexes: [], controllers: [], journal: again.journal, hostNowMs: 1_000 },
    ...(again.recovered && { recovered: again.recovered }),
  });
  assert.equal(recovered.store.digest(), world.store.digest());
  await again.journal.close();
});

test('a full disk fails the journal once and acknowledges nothing afterwards', async () => {
  const { journal } = await openJournal(newFile(), { maxPages: 20 });
  const world = newWorld(journal);
  const failures: Error[] = [];
  const failed = new Promise<void>((resolve) =>
    journal.onFailure((error) => {
      failures.push(error);
      resolve();
    }),
  );
  let acknowledged = 0;
  journal.onDurable((revision) => {
    acknowledged = revision;
  });
  await durable(journal, put(world, 'first', 1));
  for (let i = 0; failures.length === 0 && i < 1_000; i++) {
    put(world, `k${i}`, 'x'.repeat(20_000));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await failed;
  const atFailure = acknowledged;
  put(world, 'later', 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(failures.length, 1);
  assert.match(String(failures[0]), /full/);
  assert.ok(atFailure > 0 && atFailure < world.reader.revision);
  assert.equal(journal.durableRevision, atFailure);
  await journal.close();
  const again = await openJournal(journal.file);
  assert.ok((again.recovered?.revision ?? 0) >= atFailure, 'what was acknowledged is there');
  await again.journal.close();
});

test('a second opener is told that the file is in use', async () => {
  const { journal } = await openJournal(newFile());
  await durable(journal, put(newWorld(journal), 'k', 1));
  await assert.rejects(openJournal(journal.file), /in use/);
  await journal.close();
});

test('close writes what is queued', async () => {
  const file = newFile();
  const { journal } = await openJournal(file);
  const world = newWorld(journal);
  for (let i = 0; i < 300; i++) put(world, `k${i}`, i);
  await journal.close();
  const again = await openJournal(file);
  assert.equal(again.recovered?.revision, world.reader.revision);
  await again.journal.close();
});
