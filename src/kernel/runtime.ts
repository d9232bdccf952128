import type { Change } from './collection.ts';
import type { Controller, Target, Watch } from './controller.ts';
import { type Commit, classOf, type Reader, scopeOf } from './store.ts';
import { Timers } from './timers.ts';
import type { Transaction } from './transaction.ts';

/** Delay before a target that threw, or asks for it, is tried again: doubles from 5 ms to 1,000 s, as client-go's default rate limiter. */
const BACKOFF_FIRST_MS = 5;
const BACKOFF_LAST_MS = 1_000_000;
/** Reconciles of one target before the queue was once empty after which it counts as not converging and is put into backoff. */
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
  /** What an id stands for, while it is queued or has a timer. */
  readonly #items = new Map<string, Item>();
  readonly #queue = new Set<string>();
  /** Walks along the queue: a fresh iterator would step over all deleted places again, which makes emptying it quadratic. */
  #front = this.#queue.values();
  readonly #failures = new Map<string, number>();
  /** How often each target ran since the queue was last empty, and how often in a row each ran into the limit. */
  readonly #spins = new Map<string, number>();
  readonly #divergences = new Map<string, number>();
  readonly timers: Timers;
  readonly stats = new Map<string, ControllerStats>();
  /** Reconciles done so far by all controllers. */
  reconciles = 0;

  constructor(transact: <T>(work: (tx: Transaction) => T) => T, timers = new Timers()) {
    this.#transact = transact;
    this.timers = timers;
  }

  get quiet(): boolean {
    return this.#queue.size === 0;
  }

  /** Adds a controller and queues all that exists for it, since what happened before it was there must count as well. */
  register(controller: Controller, reader: Reader): void {
    if (this.stats.has(controller.name)) throw new Error(`two controllers are called ${controller.name}`);
    this.stats.set(controller.name, { reconciles: 0, failures: 0, lastError: undefined });
    for (const watch of controller.watches) {
      const list = this.#watchers.get(watch.class);
      if (list) list.push({ controller, watch });
      else this.#watchers.set(watch.class, [{ controller, watch }]);
      for (const collection of reader.collections(watch.class))
        for (const entry of reader.list(collection))
          this.#enqueueFor(controller, watch, { revision: entry.revision, collection, key: entry.key, entry }, scopeOf(collection), reader);
    }
  }

  /** Queues what a commit's changes name. */
  observe(commit: Commit, reader: Reader): void {
    for (const change of commit.changes) {
      const watchers = this.#watchers.get(classOf(change.collection));
      if (!watchers) continue;
      const scope = scopeOf(change.collection);
      for (const { controller, watch } of watchers) this.#enqueueFor(controller, watch, change, scope, reader);
    }
  }

  /** Queues every timer due at `nowMs`. */
  wake(nowMs: number): void {
    for (let id = this.timers.take(nowMs); id !== undefined; id = this.timers.take(nowMs)) this.#queue.add(id);
  }

  /**
   * The same controllers over a copy of the world: what is queued, delayed and failing here is so there. Spares asking every
   * controller about every entry anew. O(queued and delayed targets).
   */
  fork(transact: <T>(work: (tx: Transaction) => T) => T): Runtime {
    const copy = new Runtime(transact, this.timers.fork());
    for (const [className, list] of this.#watchers) copy.#watchers.set(className, list.slice());
    for (const [id, item] of this.#items) copy.#items.set(id, item);
    for (const id of this.#queue) copy.#queue.add(id);
    for (const [id, count] of this.#failures) copy.#failures.set(id, count);
    for (const [id, count] of this.#divergences) copy.#divergences.set(id, count);
    for (const name of this.stats.keys()) copy.stats.set(name, { reconciles: 0, failures: 0, lastError: undefined });
    return copy;
  }

  /** Reconciles until the queue is empty or `budget` reconciles were done. True when it is empty. */
  settle(nowMs: number, budget: number): boolean {
    if (this.#queue.size === 0 && this.#spins.size === 0) return true;
    for (let i = 0; i < budget; i++) {
      const id = this.#take();
      if (id === undefined) break;
      this.#reconcile(id, nowMs);
    }
    if (this.quiet) this.#converged();
    return this.quiet;
  }

  #take(): string | undefined {
    if (this.#queue.size === 0) return undefined;
    let next = this.#front.next();
    if (next.done) {
      this.#front = this.#queue.values();
      next = this.#front.next();
    }
    this.#queue.delete(next.value as string);
    return next.value;
  }

  #converged(): void {
    for (const id of this.#divergences.keys()) {
      const spins = this.#spins.get(id);
      if (spins !== undefined && spins <= SPIN_LIMIT) this.#divergences.delete(id);
    }
    this.#spins.clear();
  }

  #enqueueFor(controller: Controller, watch: Watch, change: Change, scope: string, reader: Reader): void {
    if (!watch.targets) {
      this.#enqueue(controller, { scope, key: change.key });
      return;
    }
    try {
      for (const target of watch.targets(change, reader))
        this.#enqueue(controller, typeof target === 'string' ? { scope, key: target } : target);
    } catch (error) {
      // The change is committed: a controller that cannot say what it means to it must not stop the others from hearing of it.
      this.#count(controller, error);
    }
  }

  #enqueue(controller: Controller, target: Target): void {
    const id = `${controller.name}\t${target.scope}\t${target.key}`;
    if (!this.#items.has(id)) this.#items.set(id, { controller, target });
    this.#queue.add(id);
  }

  #reconcile(id: string, nowMs: number): void {
    const { controller, target } = this.#items.get(id) as Item; // there for every id that is queued
    const spins = (this.#spins.get(id) ?? 0) + 1;
    this.#spins.set(id, spins);
    // Its timer is set already.
    if (spins > SPIN_LIMIT + 1) return;
    this.reconciles++;
    (this.stats.get(controller.name) as ControllerStats).reconciles++;
    try {
      if (spins > SPIN_LIMIT) throw new Error(`${target.key} does not converge: ${SPIN_LIMIT} reconciles without a rest`);
      const outcome = this.#transact((tx) => controller.reconcile(tx, target));
      if (outcome?.retry) this.#backOff(id, nowMs, this.#failures, outcome.againMs);
      else {
        this.#failures.delete(id);
        this.#plan(id, nowMs, outcome?.againMs);
      }
    } catch (error) {
      this.#count(controller, error);
      this.#backOff(id, nowMs, spins > SPIN_LIMIT ? this.#divergences : this.#failures);
    }
  }

  #backOff(id: string, nowMs: number, counts: Map<string, number>, againMs = BACKOFF_LAST_MS): void {
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    this.timers.set(id, nowMs + Math.min(BACKOFF_FIRST_MS * 2 ** (count - 1), againMs, BACKOFF_LAST_MS));
  }

  #plan(id: string, nowMs: number, againMs = Number.POSITIVE_INFINITY): void {
    if (againMs !== Number.POSITIVE_INFINITY) this.timers.set(id, nowMs + Math.max(Math.ceil(againMs), 1));
    else {
      this.timers.clear(id);
      if (!this.#queue.has(id)) this.#items.delete(id);
    }
  }

  #count(controller: Controller, error: unknown): void {
    const stats = this.stats.get(controller.name) as ControllerStats; // set by `register`
    stats.failures++;
    stats.lastError = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
