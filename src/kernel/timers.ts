/** One thing to be woken at a world time. A key has at most one wake-up: setting it again replaces the earlier one. */
interface Wake {
  readonly key: string;
  readonly atMs: number;
  readonly order: number;
}

/** Replaced wake-ups beyond twice the live ones after which they are swept out. */
const STALE_SLACK = 64;

/**
 * Wake-ups in order of time, then of setting. A binary heap with lazy deletion: set and clear O(log n) amortized, next O(1).
 * Never persisted: controllers are level-triggered, so a start asks all of them anew.
 */
export class Timers {
  #heap: Wake[] = [];
  readonly #current = new Map<string, Wake>();
  #order = 0;

  get size(): number {
    return this.#current.size;
  }

  /** Throws for a time that is no number: it would never be due, nor let others be. */
  set(key: string, atMs: number): void {
    if (Number.isNaN(atMs)) throw new RangeError(`wake-up of ${key} at NaN`);
    const wake = { key, atMs, order: this.#order++ };
    this.#current.set(key, wake);
    this.#heap.push(wake);
    this.#up(this.#heap.length - 1);
    if (this.#heap.length > 2 * this.#current.size + STALE_SLACK) this.#rebuild();
  }

  clear(key: string): void {
    this.#current.delete(key);
  }

  /** When the next wake-up is due, in world ms; undefined when none is set. */
  nextAtMs(): number | undefined {
    this.#dropStale();
    return this.#heap[0]?.atMs;
  }

  /** Takes out the next wake-up that is due at `nowMs` and returns its key. */
  take(nowMs: number): string | undefined {
    this.#dropStale();
    const next = this.#heap[0];
    if (!next || next.atMs > nowMs) return undefined;
    this.#pop();
    this.#current.delete(next.key);
    return next.key;
  }

  /** The same wake-ups for another world: both go their own way from here. O(wake-ups). */
  fork(): Timers {
    const copy = new Timers();
    for (const [key, wake] of this.#current) copy.#current.set(key, wake);
    copy.#heap = this.#heap.slice();
    copy.#order = this.#order;
    return copy;
  }

  #rebuild(): void {
    // A sorted array is a heap.
    this.#heap = [...this.#current.values()].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  #dropStale(): void {
    for (let top = this.#heap[0]; top && this.#current.get(top.key) !== top; top = this.#heap[0]) this.#pop();
  }

  #before(a: number, b: number): boolean {
    const x = this.#heap[a] as Wake;
    const y = this.#heap[b] as Wake;
    return x.atMs < y.atMs || (x.atMs === y.atMs && x.order < y.order);
  }

  #swap(a: number, b: number): void {
    const x = this.#heap[a] as Wake;
    this.#heap[a] = this.#heap[b] as Wake;
    this.#heap[b] = x;
  }

  #up(start: number): void {
    for (let i = start; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!this.#before(i, parent)) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #pop(): void {
    const last = this.#heap.pop() as Wake;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let i = 0; ; ) {
      const left = 2 * i + 1;
      const right = left + 1;
      let least = i;
      if (left < this.#heap.length && this.#before(left, least)) least = left;
      if (right < this.#heap.length && this.#before(right, least)) least = right;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}
