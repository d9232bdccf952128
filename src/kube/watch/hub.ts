import type { Change } from '../../kernel/collection.ts';
import type { World } from '../../kernel/world.ts';
import { CLUSTERS, type ClusterRecord } from '../clusters.ts';

export interface Observer {
  /** Gets every change of one collection, in order, once it is durable. Returns false when it wants no more. */
  observe(change: Change): boolean;
  /** The API server goes away: stopped, deleted, or started anew in another version. */
  end(): void;
}

/** Fans commits out to the watchers of each collection. One listener on the world, however many watchers there are. */
export class WatchHub {
  readonly #observers = new Map<string, Set<Observer>>();

  constructor(world: World) {
    world.onDurable(({ changes }) => {
      for (const change of changes) {
        this.#dispatch(change);
        if (change.collection === CLUSTERS && endsServer(change)) this.#endAll(change.key);
      }
    });
  }

  /** Watchers that are open now, of all clusters or of one. */
  size(scope?: string): number {
    let sum = 0;
    for (const [collection, { size }] of this.#observers) if (scope === undefined || collection.endsWith(`@${scope}`)) sum += size;
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
    for (const observer of observers) if (!observer.observe(change)) observers.delete(observer);
  }

  #endAll(scope: string): void {
    for (const [collection, observers] of [...this.#observers]) {
      if (collection.endsWith(`@${scope}`)) for (const observer of [...observers]) observer.end();
    }
  }
}

/** Whether a change of a cluster's record means that the process behind its API server ends. */
function endsServer({ previous, entry }: Change): boolean {
  // The collection holds records alone.
  const [before, after] = [previous?.value, entry?.value] as (ClusterRecord | undefined)[];
  return before !== undefined && (!after?.running || after.version !== before.version);
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
