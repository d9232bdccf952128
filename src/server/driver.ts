import { LAST_INSTANT_MS, type World } from '../kernel/world.ts';

/** Reconciles per turn of the event loop: a storm of them never keeps HTTP waiting for more than a few ms. */
const BUDGET = 100;
/** setTimeout's longest delay. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Lets a world live: settles its controllers and moves its time along with the host's. */
export class Driver {
  readonly #world: World;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(world: World) {
    this.#world = world;
    world.onWork(() => this.wake());
    this.wake();
  }

  /** Works in the next turn of the event loop. */
  wake(): void {
    if (this.#stopped) return;
    this.#immediate ??= setImmediate(() => this.#work());
  }

  /** Brings world time up to the host's before a request is served. */
  tick(): void {
    if (this.#world.settled) this.#world.advanceTo(this.#targetMs(), BUDGET);
  }

  /** Resolves when no controller has anything to do at the present instant. */
  async settled(): Promise<void> {
    while (!this.#stopped && !this.#world.settled) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Jumps to a world time, letting everything on the way happen, without holding up the event loop. */
  async jumpTo(worldMs: number): Promise<void> {
    const untilMs = Math.min(worldMs, LAST_INSTANT_MS);
    while (!this.#stopped && !this.#world.advanceTo(untilMs, BUDGET)) await new Promise((resolve) => setImmediate(resolve));
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#immediate) clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
  }

  #targetMs(): number {
    return this.#world.targetMs(Date.now());
  }

  #work(): void {
    this.#immediate = undefined;
    if (this.#stopped) return;
    const done = this.#world.advanceTo(this.#targetMs(), BUDGET);
    if (!done) {
      this.wake();
      return;
    }
    clearTimeout(this.#timer);
    const { rate } = this.#world.clock;
    const next = this.#world.nextEventMs;
    if (next === undefined || rate === 0) return;
    const delayMs = Math.min(Math.max((next - this.#world.nowMs) / rate, 1), LONGEST_DELAY_MS);
    this.#timer = setTimeout(() => this.wake(), delayMs);
    this.#timer.unref();
  }
}
