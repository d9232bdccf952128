import type { Entry } from './collection.ts';
import { jsonText } from './json-text.ts';
import type { Commit } from './store.ts';

/** What a start finds on disk: everything up to `revision`, with nothing half-written. */
export interface Recovered {
  readonly revision: number;
  /** World time of the last commit, ms since the epoch. */
  readonly atMs: number;
  readonly entries: Iterable<{ readonly collection: string; readonly entry: Entry }>;
}

/**
 * Where commits become durable. The core never waits for it: `append` returns at once, and whoever must not show a commit before
 * it is safe (the outbox) asks `durableRevision` or listens.
 */
export interface Journal {
  /** Newest revision known to be on disk, with all before it. */
  readonly durableRevision: number;
  /** Returns the characters of the commit's text, by which the store bounds its history. */
  append(commit: Commit): number;
  /** Called after each group of commits became durable, with the newest revision of the group. */
  onDurable(listener: (revision: number) => void): void;
  /** Called once when the journal can no longer write; nothing becomes durable from then on. */
  onFailure(listener: (error: Error) => void): void;
  /** Writes what is queued, then releases the file. */
  close(): Promise<void>;
}

/** A journal that keeps nothing (`--ephemeral`): every commit counts as durable at once. */
export const memoryJournal = (): Journal => ({
  durableRevision: Number.POSITIVE_INFINITY,
  append: ({ changes }) => changes.reduce((sum, { entry }) => sum + (entry ? jsonText(entry.value).length : 0), 0),
  onDurable() {},
  onFailure() {},
  close: () => Promise.resolve(),
});
