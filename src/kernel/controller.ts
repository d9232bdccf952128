import type { Change } from './collection.ts';
import type { Reader } from './store.ts';
import type { Transaction } from './transaction.ts';

/** What a controller is asked to reconcile: a key of its own choosing within a scope (a cluster's id, or "" for ARM). */
export interface Target {
  readonly scope: string;
  readonly key: string;
}

/** When to reconcile: each change in a class of collections names the targets that it may concern. */
export interface Watch {
  /** Class of the collections, the part of their name before "@". */
  readonly class: string;
  /** Targets in the changed collection's scope as strings, others as Target. Absent: the changed key itself. */
  targets?(change: Change, reader: Reader): readonly (string | Target)[];
}

/** What to do after a reconcile: nothing more until something changes, or look again. */
export interface Outcome {
  /** After so many ms of world time. */
  readonly againMs?: number;
  /** After a delay that doubles each time, as after a throw, but what was written stays: something is in the way that may go. */
  readonly retry?: boolean;
}

/**
 * Moves the world towards what is desired, one target at a time. Synchronous and level-triggered: it reads the present state,
 * never the event, and its writes are one transaction that is taken back as a whole when it throws.
 * Decide a name, write it, then use it: the process may end after any transaction.
 */
export interface Controller {
  readonly name: string;
  readonly watches: readonly Watch[];
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconcile with nothing to add just ends
  reconcile(tx: Transaction, target: Target): Outcome | void;
}
