import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where secrets are kept under short relative names. Files: mode 0600, appearing whole or not at all. */
export interface Vault {
  read(name: string): string | undefined;
  /** Keeps `text` under a name that is still free, and returns what is kept there now: when two processes race, the first wins for both. */
  create(name: string, text: string): string;
  /** Writes a public file, replacing it whole, and returns its absolute path; undefined when nothing is kept on disk. */
  publish(name: string, text: string): string | undefined;
  delete(name: string): void;
}

/** Keeps everything in memory (`--ephemeral`). */
export function memoryVault(): Vault {
  const entries = new Map<string, string>();
  return {
    read: (name) => entries.get(name),
    create(name, text) {
      if (!entries.has(name)) entries.set(name, text);
      return entries.get(name) ?? text;
    },
    publish: () => undefined,
    delete: (name) => void entries.delete(name),
  };
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function writeWhole(path: string, text: string, mode: number): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = openSync(temporary, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

/** Keeps secrets under `directory`, which is made with mode 0700. */
export function fileVault(directory: string): Vault {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return {
    read: (name) => readIfPresent(join(directory, name)),
    create(name, text) {
      const path = join(directory, name);
      const temporary = writeWhole(path, text, 0o600);
      try {
        linkSync(temporary, path); // unlike a rename, a link never replaces what another process has just put there
        return text;
      } catch (error) {
        if (!isCode(error, 'EEXIST')) throw error;
        return readFileSync(path, 'utf8');
      } finally {
        unlinkSync(temporary);
      }
    },
    publish(name, text) {
      const path = join(directory, name);
      if (readIfPresent(path) === text) return path;
      const temporary = writeWhole(path, text, 0o644);
      chmodSync(temporary, 0o644);
      renameSync(temporary, path);
      return path;
    },
    delete(name) {
      try {
        unlinkSync(join(directory, name));
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error;
      }
    },
  };
}
