import type { IndexDefinition } from './collection.ts';
import type { Controller } from './controller.ts';
import { CommitFeed, type CommitListener } from './feed.ts';
import type { Journal, Recovered } from './journal.ts';
import { type ControllerStats, Runtime } from './runtime.ts';
import { type Commit, type Reader, Store } from './store.ts';
import { Transaction } from './transaction.ts';

/** How world time follows host time. `rate` 0 is paused. Stored in the world, so that it forks and recovers with it. */
export type ClockSetting = {
  readonly rate: number;
  /** World time at `hostMs`. */
  readonly worldMs: number;
  /** Host time at which the setting was made, ms since the epoch. */
  readonly hostMs: number;
};

export interface WorldOptions {
  readonly name: string;
  readonly seed: string;
  readonly indexes: readonly IndexDefinition[];
  readonly controllers: readonly Controller[];
  readonly journal: Journal;
  /** Host time at the start, ms since the epoch: a new world starts there, a recovered one not before it. */
  readonly hostNowMs: number;
  readonly recovered?: Recovered;
  /** World time to start at when that is later than what host and recovery say. */
  readonly startMs?: number;
}

/** Collection and keys of what the world stores about itself. */
const SELF = 'world';
const CLOCK_KEY = 'clock';
const SEED_KEY = 'seed';

/** What a fork takes over from its parent. */
interface Inherited {
  readonly store: Store;
  readonly runtime: Runtime;
}

/** Clock, randomness, store, controllers and log: all that one estate is. */
export class World {
  readonly name: string;
  readonly journal: Journal;
  readonly #store: Store;
  readonly #runtime: Runtime;
  readonly #controllers: readonly Controller[];
  readonly #commits = new CommitFeed();
  readonly #durableCommits = new CommitFeed();
  #settling = false;
  #transaction: Transaction | undefined;
  #seed: string;
  #nowMs: number;
  #work: () => void = () => {};

  constructor(options: WorldOptions, parent?: Inherited) {
    const store = parent?.store ?? new Store(options.indexes);
    this.name = options.name;
    this.journal = options.journal;
    this.#store = store;
    this.#controllers = options.controllers;
    if (options.recovered) {
      for (const { collection, entry } of options.recovered.entries) store.restore(collection, entry);
      store.skipTo(options.recovered.revision);
    }
    const storedSeed = store.get<string>(SELF, SEED_KEY)?.value;
    this.#seed = options.recovered && storedSeed !== undefined ? storedSeed : options.seed;
    this.#nowMs = Math.max(
      worldTime(store.get<ClockSetting>(SELF, CLOCK_KEY)?.value, options.hostNowMs),
      options.recovered?.atMs ?? 0,
      options.startMs ?? 0,
    );
    const transact = <T>(work: (tx: Transaction) => T): T => this.transact(work);
    this.#runtime = parent ? parent.runtime.fork(transact) : new Runtime(transact);
    options.journal.onDurable((revision) => this.#durableCommits.release(revision));
    if (storedSeed !== this.#seed) this.transact((tx) => tx.put(SELF, SEED_KEY, this.#seed));
    if (!parent) for (const controller of options.controllers) this.#runtime.register(controller, store);
  }

  get reader(): Reader {
    return this.#store;
  }

  /** The store itself, for history, snapshots and digests. Writing goes through `transact` alone. */
  get store(): Omit<Store, 'write' | 'undo' | 'publish' | 'restore' | 'restoreDeleted' | 'skipTo'> {
    return this.#store;
  }

  get seed(): string {
    return this.#seed;
  }

  /** World time in ms since the epoch. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get clock(): ClockSetting {
    return this.#store.get<ClockSetting>(SELF, CLOCK_KEY)?.value ?? { rate: 1, worldMs: this.#nowMs, hostMs: this.#nowMs };
  }

  get stats(): ReadonlyMap<string, ControllerStats> {
    return this.#runtime.stats;
  }

  /** No controller has anything to do at this instant. */
  get settled(): boolean {
    return this.#runtime.quiet;
  }

  /** When the next timer is due, in world ms. */
  get nextEventMs(): number | undefined {
    return this.#runtime.timers.nextAtMs();
  }

  /**
   * Runs `work` with the right to write; all of its writes are committed together when it returns, none when it throws.
   * Inside another transaction it becomes part of that one.
   */
  transact<T>(work: (tx: Transaction) => T): T {
    if (this.#transaction) return this.#transaction.attempt(work);
    const tx = new Transaction(this.#store, this.#nowMs, this.#seed);
    let commit: Commit | undefined;
    let length = 0;
    let result: T;
    this.#transaction = tx;
    try {
      // A value that cannot be written down is taken back like any other mistake of the transaction.
      result = tx.attempt(() => {
        const value = tx.attempt(work);
        if (tx.changes.length > 0) {
          commit = { revision: this.#store.revision, atMs: this.#nowMs, changes: tx.changes };
          length = this.journal.append(commit);
        }
        return value;
      });
    } finally {
      tx.end();
      this.#transaction = undefined;
    }
    if (commit) this.#publish(commit, length);
    return result;
  }

  /**
   * Hears of every commit at once, before it is durable. For what stays inside the process. Returns how to stop.
   * An error that a listener throws surfaces from `transact`, which has committed all the same.
   */
  onCommit(listener: CommitListener): () => void {
    return this.#commits.listen(listener);
  }

  /** Hears of every commit once it is durable, in order. For what leaves the process (watches). Returns how to stop. */
  onDurable(listener: CommitListener): () => void {
    return this.#durableCommits.listen(listener);
  }

  /**
   * Called whenever controllers have something to do that no running `settle` or `advanceTo` will do, so that the host's driver
   * calls `settle` soon. One driver at a time.
   */
  onWork(work: () => void): void {
    this.#work = work;
    if (!this.#runtime.quiet) work();
  }

  /** Lets controllers work at the present instant, `budget` reconciles at most. True when nothing is left to do. */
  settle(budget = Number.POSITIVE_INFINITY): boolean {
    if (this.#settling) return false;
    this.#settling = true;
    try {
      return this.#runtime.settle(this.#nowMs, budget);
    } finally {
      this.#settling = false;
      if (!this.#runtime.quiet) this.#work();
    }
  }

  /**
   * Moves world time to `toMs`, stopping at every event on the way to let controllers settle. Time never goes back.
   * A jump ahead of `targetMs` lasts only with a `setRate` after it: else world time stands still until the host catches up.
   * Returns true when `toMs` is reached and all is settled; false when the budget of reconciles ran out first: call again.
   */
  advanceTo(toMs: number, budget = Number.POSITIVE_INFINITY): boolean {
    for (let left = budget; left > 0; ) {
      const before = this.#runtime.reconciles;
      if (!this.settle(left)) return false;
      left -= Math.max(this.#runtime.reconciles - before, 1);
      const next = this.#runtime.timers.nextAtMs();
      if (next === undefined || next > toMs) {
        this.#moveTo(toMs);
        return true;
      }
      this.#moveTo(next);
      this.#runtime.wake(this.#nowMs);
    }
    return false;
  }

  /** Changes how world time follows host time from now on; world time itself does not jump. */
  setRate(rate: number, hostNowMs: number): void {
    const setting: ClockSetting = { rate, worldMs: this.#nowMs, hostMs: hostNowMs };
    this.transact((tx) => tx.put(SELF, CLOCK_KEY, setting));
  }

  /** Where world time should be at this host time. Never behind the present world time. */
  targetMs(hostNowMs: number): number {
    return Math.max(worldTime(this.#store.get<ClockSetting>(SELF, CLOCK_KEY)?.value, hostNowMs), this.#nowMs);
  }

  /**
   * Another world that starts as a copy of this one and then goes its own way, sharing all that neither changes.
   * Its randomness differs from its parent's, so that what both create later has different names.
   */
  fork(name: string, journal: Journal, hostNowMs: number): World {
    if (this.#transaction) throw new Error('a world cannot fork inside a transaction');
    const seed = `${this.#seed}/${name}@${this.#store.revision}`;
    return new World(
      { name, seed, indexes: [], controllers: this.#controllers, journal, hostNowMs, startMs: this.#nowMs },
      { store: this.#store.fork(), runtime: this.#runtime },
    );
  }

  #moveTo(ms: number): void {
    if (ms <= this.#nowMs) return;
    this.#nowMs = ms;
    // History ages also where nothing is written.
    this.#store.compact(ms);
  }

  #publish(commit: Commit, length: number): void {
    const wasQuiet = this.#runtime.quiet;
    this.#store.publish(commit, length);
    this.#runtime.observe(commit, this.#store);
    this.#commits.push(commit);
    this.#durableCommits.push(commit);
    try {
      this.#commits.release(commit.revision);
      this.#durableCommits.release(this.journal.durableRevision);
    } finally {
      if (wasQuiet && !this.#runtime.quiet && !this.#settling) this.#work();
    }
  }
}

/** Where a world's time ends: a year before the last that RFC 3339 can write, so that what falls due within it can be written too. */
export const LAST_INSTANT_MS = Date.UTC(9999, 0, 1) - 1;

function worldTime(setting: ClockSetting | undefined, hostNowMs: number): number {
  if (!setting) return hostNowMs;
  const passedMs = Math.max(Math.floor((hostNowMs - setting.hostMs) * setting.rate), 0);
  return Math.min(setting.worldMs + passedMs, LAST_INSTANT_MS);
}
