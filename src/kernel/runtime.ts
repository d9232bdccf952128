import type { Controller, Target, Watch } from './controller.ts';
import { type Commit, classOf, collectionName, type Reader, scopeOf } from './store.ts';
import { Timers } from './timers.ts';
import type { Transaction } from './transaction.ts';

/** Delay before a target that threw is tried again: doubles from 5 ms to 1,000 s, as client-go's default rate limiter. */
const BACKOFF_FIRST_MS = 5;
const BACKOFF_LAST_MS = 1_000_000;
/** Reconciles of one target at one instant of world time after which it counts as not converging and is put into backoff. */
const SPIN_LIMIT = 1_000;

/** What the runtime counts per controller, for metrics and tests. */
export interface ControllerStats {
  reconciles: number;
  failures: number;
  lastError: string | undefined;
}

interface Item {
  readonly controller: Controller;
  readonly target: Target;
}

/**
 * Queues targets as commits name them and reconciles them one by one. Deterministic: first in, first out, a queued target once.
 * Time is what the world says; a delay is a timer, never a sleep.
 */
export class Runtime {
  readonly #transact: <T>(work: (tx: Transaction) => T) => T;
  readonly #watchers = new Map<string, { controller: Controller; watch: Watch }[]>();
  readonly #items = new Map<string, Item>();
  readonly #queue = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #spins = new Map<string, number>();
  readonly timers = new Timers();
  readonly stats = new Map<string, ControllerStats>();
  /** Reconciles done so far by all controllers. */
  reconciles = 0;

  constructor(transact: <T>(work: (tx: Transaction) => T) => T) {
    this.#transact = transact;
  }

  get quiet(): boolean {
    return this.#queue.size === 0;
  }

  /** Adds a controller and queues all that exists for it, since what happened before it was there must count as well. */
  register(controller: Controller, reader: Reader): void {
    this.stats.set(controller.name, { reconciles: 0, failures: 0, lastError: undefined });
    for (const watch of controller.watches) {
      const list = this.#watchers.get(watch.class);
      if (list) list.push({ controller, watch });
      else this.#watchers.set(watch.class, [{ controller, watch }]);
      for (const collection of reader.collections(watch.class))
        for (const entry of reader.list(collection))
          this.#enqueueFor(controller, watch, { revision: entry.revision, collection, key: entry.key, entry }, reader);
    }
  }

  /** Queues what a commit's changes name. */
  observe(commit: Commit, reader: Reader): void {
    for (const change of commit.changes)
      for (const { controller, watch } of this.#watchers.get(classOf(change.collection)) ?? [])
        this.#enqueueFor(controller, watch, change, reader);
  }

  /** Queues every timer due at `nowMs`. */
  wake(nowMs: number): void {
    for (let id = this.timers.take(nowMs); id !== undefined; id = this.timers.take(nowMs)) this.#queue.add(id);
  }

  /** Forgets how often targets ran at the instant that has passed. */
  timeMoved(): void {
    this.#spins.clear();
  }

  /** Reconciles until the queue is empty or `budget` reconciles were done. True when it is empty. */
  settle(nowMs: number, budget: number): boolean {
    for (let i = 0; i < budget; i++) {
      const id = this.#queue.values().next().value;
      if (id === undefined) return true;
      this.#queue.delete(id);
      this.#reconcile(id, nowMs);
    }
    return this.quiet;
  }

  #enqueueFor(controller: Controller, watch: Watch, change: Parameters<NonNullable<Watch['targets']>>[0], reader: Reader): void {
    const scope = scopeOf(change.collection);
    if (!watch.targets) {
      this.#enqueue(controller, { scope, key: change.key });
      return;
    }
    for (const target of watch.targets(change, reader))
      this.#enqueue(controller, typeof target === 'string' ? { scope, key: target } : target);
  }

  #enqueue(controller: Controller, target: Target): void {
    const id = `${controller.name}\t${collectionName(target.key, target.scope)}`;
    if (!this.#items.has(id)) this.#items.set(id, { controller, target });
    this.#queue.add(id);
  }

  #reconcile(id: string, nowMs: number): void {
    const { controller, target } = this.#items.get(id) as Item;
    const stats = this.stats.get(controller.name) as ControllerStats;
    stats.reconciles++;
    this.reconciles++;
    const spins = (this.#spins.get(id) ?? 0) + 1;
    this.#spins.set(id, spins);
    try {
      if (spins > SPIN_LIMIT) throw new Error(`does not converge: ${SPIN_LIMIT} reconciles at one instant`);
      const outcome = this.#transact((tx) => controller.reconcile(tx, target));
      this.#failures.delete(id);
      if (outcome?.againMs !== undefined) this.timers.set(id, nowMs + Math.max(outcome.againMs, 1));
      else {
        this.timers.clear(id);
        if (!this.#queue.has(id)) this.#items.delete(id);
      }
    } catch (error) {
      stats.failures++;
      stats.lastError = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const failures = (this.#failures.get(id) ?? 0) + 1;
      this.#failures.set(id, failures);
      this.timers.set(id, nowMs + Math.min(BACKOFF_FIRST_MS * 2 ** (failures - 1), BACKOFF_LAST_MS));
    }
  }
}
