import type { Change } from '../../kernel/collection.ts';
import type { World } from '../../kernel/world.ts';

/** Gets every change of one collection, in order, once it is durable. Returns false when it wants no more. */
export type Observer = (change: Change) => boolean;

/** Fans commits out to the watchers of each collection. One listener on the world, however many watchers there are. */
export class WatchHub {
  readonly #observers = new Map<string, Set<Observer>>();

  constructor(world: World) {
    world.onDurable(({ changes }) => {
      for (const change of changes) this.#dispatch(change);
    });
  }

  /** Watchers that are open now. */
  get size(): number {
    let sum = 0;
    for (const { size } of this.#observers.values()) sum += size;
    return sum;
  }

  subscribe(collection: string, observer: Observer): () => void {
    const observers = this.#observers.get(collection) ?? new Set<Observer>();
    this.#observers.set(collection, observers);
    observers.add(observer);
    return () => {
      observers.delete(observer);
      if (observers.size === 0 && this.#observers.get(collection) === observers) this.#observers.delete(collection);
    };
  }

  #dispatch(change: Change): void {
    const observers = this.#observers.get(change.collection);
    if (!observers) return;
    for (const observer of observers) if (!observer(change)) observers.delete(observer);
  }
}

const hubs = new WeakMap<World, WatchHub>();

/** The hub of a world, made on first use. */
export function hubOf(world: World): WatchHub {
  const known = hubs.get(world);
  if (known) return known;
  const made = new WatchHub(world);
  hubs.set(world, made);
  return made;
}
