import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another live process holds the home directory. */
export class HomeLocked extends Error {
  readonly pid: number | undefined;
  constructor(dir: string, pid: number | undefined) {
    super(`${dir} is in use by process ${pid ?? '(unknown)'}`);
    this.pid = pid;
  }
}

export interface HomeLock {
  release(): void;
}

/**
 * Takes a home directory for this process. The lock is SQLite's own on an empty database: the operating system releases it when the
 * process ends in whatever way, so that a stale lock cannot exist. The pid beside it is only for the message. Throws HomeLocked.
 */
export function lockHome(dir: string): HomeLock {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const lockFile = join(dir, 'lock');
  const pidFile = join(dir, 'pid');
  closeSync(openSync(lockFile, 'a', 0o600));
  const database = new DatabaseSync(lockFile);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (/locked|busy/.test(String(error))) throw new HomeLocked(dir, lockedBy(dir));
    throw error;
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
  return {
    release() {
      if (!database.isOpen) return;
      rmSync(pidFile, { force: true });
      database.close();
    },
  };
}

/** Process id that the holder of a home directory wrote down; undefined when there is none. It may have ended since. */
export function lockedBy(dir: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(dir, 'pid'), 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}
