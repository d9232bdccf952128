import type { Change, Entry, Range, Totals } from './collection.ts';
import type { Json } from './json.ts';
import { Random } from './random.ts';
import type { Expected, Reader, Store } from './store.ts';

let lastSecond = Number.NaN;
let lastIso = '';

/** Transactions of the same second show the same text: formatting a date costs as much as several look-ups in the store. */
function isoSeconds(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastIso = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  }
  return lastIso;
}

/**
 * The only way to write. Reads see the transaction's own writes. Writes get their revisions at once, and become visible to
 * watchers together when the transaction ends; when it throws, all are taken back.
 */
export class Transaction implements Reader {
  /** World time in ms since the epoch. */
  readonly nowMs: number;
  readonly #store: Store;
  readonly #seed: string;
  #nowIso: string | undefined;
  readonly changes: Change[] = [];
  #random: Random | undefined;
  #ended = false;

  constructor(store: Store, nowMs: number, seed: string) {
    this.#store = store;
    this.#seed = seed;
    this.nowMs = nowMs;
  }

  /** World time as RFC 3339 with seconds, as Kubernetes stores it. */
  get nowIso(): string {
    this.#nowIso ??= isoSeconds(this.nowMs);
    return this.#nowIso;
  }

  /** Randomness of this transaction: seeded by the world and the revision that it began at. */
  get random(): Random {
    this.#random ??= new Random(this.#seed, this.#store.revision - this.changes.length);
    return this.#random;
  }

  get revision(): number {
    return this.#store.revision;
  }

  /** The revision that the next write gets. */
  get nextRevision(): number {
    return this.#store.revision + 1;
  }

  get<V extends Json>(collection: string, key: string): Entry<V> | undefined {
    return this.#store.get<V>(collection, key);
  }

  list<V extends Json>(collection: string, range?: Range): Entry<V>[] {
    return this.#store.list<V>(collection, range);
  }

  indexed<V extends Json>(collection: string, index: string, indexKey: string): Entry<V>[] {
    return this.#store.indexed<V>(collection, index, indexKey);
  }

  totals(collection: string, index: string, indexKey: string): Totals {
    return this.#store.totals(collection, index, indexKey);
  }

  count(collection: string): number {
    return this.#store.count(collection);
  }

  collections(className: string): string[] {
    return this.#store.collections(className);
  }

  /** Runs a part of the transaction: when it throws, its own writes are taken back and those before it stay. */
  attempt<T>(work: (tx: Transaction) => T): T {
    const mark = this.changes.length;
    try {
      const result = work(this);
      if (result instanceof Promise) throw new TypeError('a transaction is synchronous: await before it or after it');
      return result;
    } catch (error) {
      this.#store.undo(this.changes.splice(mark));
      throw error;
    }
  }

  /** Called by the world; who writes afterwards has kept the transaction too long. */
  end(): void {
    this.#ended = true;
  }

  /** Throws RevisionConflict when `expected` does not hold. The value must not be written to afterwards. */
  put<V extends Json>(collection: string, key: string, value: V, expected?: Expected): Entry<V> {
    return this.#write(collection, key, value, expected).entry as Entry<V>; // a put always leaves an entry
  }

  /** Returns the deletion, with the last state in `previous` and the revision of the deletion; undefined when there was nothing. */
  delete(collection: string, key: string, expected?: number): Change | undefined {
    if (expected === undefined && !this.#store.get(collection, key)) return undefined;
    return this.#write(collection, key, undefined, expected);
  }

  #write(collection: string, key: string, value: Json | undefined, expected: Expected | undefined): Change {
    if (this.#ended) throw new Error('the transaction has ended');
    const change = this.#store.write(collection, key, value, expected);
    this.changes.push(change);
    return change;
  }
}
