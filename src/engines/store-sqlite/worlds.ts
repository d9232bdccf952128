import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { copyDatabase, openDatabase, position, transaction, UnreadableWorld } from './database.ts';
import { SqliteJournal } from './journal.ts';

/** A home holds living worlds in `worlds/` and saved ones in `saves/`, one file each. */
export interface WorldFile {
  readonly name: string;
  readonly file: string;
  readonly sizeBytes: number;
  /** Last change of the file by the host's clock, ms since the epoch. */
  readonly modifiedMs: number;
}

/** Names become file names, proxy user names and parts of host names. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

export class InvalidWorldName extends Error {
  constructor(name: string) {
    super(`${JSON.stringify(name)} is no world name: 1 to 40 lower-case letters, digits and inner hyphens`);
  }
}
export class WorldExists extends Error {}
export class NoSuchWorld extends Error {}

/** Path of a living world's file. Throws InvalidWorldName. */
export const worldFile = (home: string, name: string): string => join(home, 'worlds', `${worldName(name)}.sqlite`);
/** Path of a saved world's file. Throws InvalidWorldName. */
export const saveFile = (home: string, name: string): string => join(home, 'saves', `${worldName(name)}.sqlite`);

export const listWorlds = (home: string): WorldFile[] => filesIn(join(home, 'worlds'));
export const listSaves = (home: string): WorldFile[] => filesIn(join(home, 'saves'));

/**
 * Saves a running world as of everything committed so far, replacing an older save of that name.
 * Resolves with the revision that the save holds, once it is on disk.
 */
export async function saveWorld(home: string, journal: SqliteJournal, name: string): Promise<number> {
  return journal.copyTo(saveFile(home, name), true);
}

/**
 * Makes a saved world the living world `name`, which must not be open. Numbering goes on above the world that it replaces,
 * so that no client sees a revision twice with different content. Throws NoSuchWorld, UnreadableWorld.
 */
export function loadWorld(home: string, save: string, name: string): void {
  const source = saveFile(home, save);
  const target = worldFile(home, name);
  if (!existsSync(source)) throw new NoSuchWorld(`no saved world ${save}`);
  const replaced = existsSync(target) ? revisionOf(target) : 0;
  const from = openDatabase(source);
  try {
    copyDatabase(from, target, true);
  } finally {
    from.close();
  }
  if (replaced > 0) raise(target, replaced);
}

/**
 * A journal for a fork of the world behind `parent`, as of everything appended there so far: call it in the same step as
 * `World.fork`. The fork may commit at once; nothing of it becomes durable before its file is whole. Throws WorldExists.
 */
export function forkWorldFile(home: string, parent: SqliteJournal, name: string): SqliteJournal {
  const file = worldFile(home, name);
  if (existsSync(file)) throw new WorldExists(`world ${name} exists`);
  return new SqliteJournal(file, parent.appendedRevision, 0, {}, parent.copyTo(file, false));
}

/** Deletes a living world's file, which must be closed. Throws NoSuchWorld. */
export function deleteWorld(home: string, name: string): void {
  const file = worldFile(home, name);
  if (!existsSync(file)) throw new NoSuchWorld(`no world ${name}`);
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/** The name itself, when a world may have it. Throws InvalidWorldName. */
export function worldName(name: string): string {
  if (!NAME.test(name)) throw new InvalidWorldName(name);
  return name;
}

function filesIn(dir: string): WorldFile[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith('.sqlite') && NAME.test(file.slice(0, -7)))
    .sort()
    .map((file) => {
      const { size, mtimeMs } = statSync(join(dir, file));
      return { name: file.slice(0, -7), file: join(dir, file), sizeBytes: size, modifiedMs: Math.trunc(mtimeMs) };
    });
}

function revisionOf(file: string): number {
  try {
    const database = openDatabase(file);
    try {
      return position(database).revision;
    } finally {
      database.close();
    }
  } catch (error) {
    // What cannot be read cannot be gone on from either; replacing it is what the caller asked for.
    if (error instanceof UnreadableWorld) return 0;
    throw error;
  }
}

/** Uses up the revisions up to `revision` in a closed file, by an empty commit. */
function raise(file: string, revision: number): void {
  const database = openDatabase(file);
  try {
    const { revision: own, atMs } = position(database);
    if (own >= revision) return;
    transaction(database, () => database.prepare("INSERT INTO log (revision, at, body) VALUES (?, ?, '')").run(revision, atMs));
  } finally {
    database.close();
  }
}
