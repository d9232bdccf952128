import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * The file of one world. `log` holds one row per commit that is not folded yet; `state` holds every entry as of the folded
 * revision. Each statement group below is one SQLite transaction, so the file is whole after a crash at any point.
 */
const FORMAT_VERSION = 1;
/** "Slip" as SQLite's application id: tells our file from any other database. */
const APPLICATION_ID = 0x536c6970;
/** Several objects of the usual 2–3 KB per page; SQLite's 4 KB would leave a third of each page empty. */
const PAGE_BYTES = 16_384;
/** Pages in the write-ahead log (32 MB) before a commit has to wait until SQLite has copied them into the file. */
const CHECKPOINT_PAGES = 2_000;

/** One commit as it travels to the worker and lies in `log`: `body` has two lines per change, see `codec.ts`. */
export type LogRow = readonly [revision: number, atMs: number, body: string];

/** The file is no world file of a version that this program can read. */
export class UnreadableWorld extends Error {}

export interface OpenOptions {
  /** Refuse to let the file grow beyond so many pages. Exists to prove what happens when the disk is full. */
  readonly maxPages?: number;
}

/** Opens a world's file for writing, creating it (mode 0600) when absent. Throws UnreadableWorld. */
export function openDatabase(file: string, options: OpenOptions = {}): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA busy_timeout = 200; PRAGMA locking_mode = EXCLUSIVE');
    checkFormat(database, file);
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}; PRAGMA cache_size = -16384`);
    if (options.maxPages) database.exec(`PRAGMA max_page_count = ${options.maxPages}`);
    if (pragma(database, 'user_version') === 0) createTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkFormat(database: DatabaseSync, file: string): void {
  let version: number;
  let application: number;
  try {
    version = pragma(database, 'user_version');
    application = pragma(database, 'application_id');
    if (version === 0 && pragma(database, 'page_count') > 0 && hasTables(database)) application = -1;
  } catch (error) {
    if (/locked|busy/.test(String(error))) throw new UnreadableWorld(`${file} is in use by another process`, { cause: error });
    throw new UnreadableWorld(`${file} is not a Slipway world file`, { cause: error });
  }
  if (version === 0 && application === 0) return;
  if (application !== APPLICATION_ID) throw new UnreadableWorld(`${file} is not a Slipway world file`);
  if (version !== FORMAT_VERSION)
    throw new UnreadableWorld(`${file} has format version ${version}; this program reads version ${FORMAT_VERSION}`);
}

function createTables(database: DatabaseSync): void {
  transaction(database, () =>
    database.exec(`
      CREATE TABLE log (revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL);
      CREATE TABLE state (collection TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, created INTEGER NOT NULL,
        value TEXT NOT NULL, PRIMARY KEY (collection, key));
      CREATE TABLE folded (revision INTEGER NOT NULL, at INTEGER NOT NULL);
      INSERT INTO folded VALUES (0, 0);
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${FORMAT_VERSION};
    `),
  );
}

/** Runs `work` as one SQLite transaction; taken back when it throws. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself after some errors (disk full, I/O).
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Newest revision in the file and its world time; revision 0 for a file without commits. */
export function position(database: DatabaseSync): { revision: number; atMs: number } {
  const row =
    database.prepare('SELECT revision, at FROM log ORDER BY revision DESC LIMIT 1').get() ??
    database.prepare('SELECT revision, at FROM folded').get();
  return { revision: Number(row?.revision ?? 0), atMs: Number(row?.at ?? 0) };
}

/**
 * Copies the file as it is now to `target` (mode 0600), whole or not at all. An existing target is replaced, or with `replace` false
 * an error (EEXIST).
 */
export function copyDatabase(database: DatabaseSync, target: string, replace: boolean): void {
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.draft`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  try {
    database.prepare('VACUUM INTO ?').run(draft);
    syncPath(draft);
    if (!replace) linkSync(draft, target);
    for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
    if (replace) renameSync(draft, target);
    syncPath(dirname(target));
  } finally {
    rmSync(draft, { force: true });
  }
}

function syncPath(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

const hasTables = (database: DatabaseSync): boolean => database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined;

function pragma(database: DatabaseSync, name: string): number {
  return Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);
}
