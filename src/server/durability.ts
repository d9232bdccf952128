import type { DurableRevisions } from '../engines/listener/options.ts';
import type { Journal } from '../kernel/journal.ts';

/** The world of clients that name none. */
export const DEFAULT_WORLD = 'default';

interface Waiting {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Tells the listener's outbox which revisions of which world are on disk. */
export class Durability implements DurableRevisions {
  readonly #journals = new Map<string, { readonly journal: Journal; waiting: Waiting[]; failure?: Error }>();

  add(world: string, journal: Journal): void {
    const state: { readonly journal: Journal; waiting: Waiting[]; failure?: Error } = { journal, waiting: [] };
    this.#journals.set(world, state);
    journal.onDurable((revision) => {
      const ready = state.waiting.filter((each) => each.revision <= revision);
      if (ready.length === 0) return;
      state.waiting = state.waiting.filter((each) => each.revision > revision);
      for (const { resolve } of ready) resolve();
    });
    journal.onFailure((error) => {
      state.failure = error;
      for (const { reject } of state.waiting) reject(error);
      state.waiting = [];
    });
  }

  remove(world: string): void {
    const state = this.#journals.get(world);
    for (const { reject } of state?.waiting ?? []) reject(new Error(`world ${world} was closed`));
    this.#journals.delete(world);
  }

  revision(world: string): number {
    return this.#journals.get(world || DEFAULT_WORLD)?.journal.durableRevision ?? Number.POSITIVE_INFINITY;
  }

  whenDurable(world: string, revision: number): Promise<void> | undefined {
    const state = this.#journals.get(world || DEFAULT_WORLD);
    if (!state || state.journal.durableRevision >= revision) return undefined;
    if (state.failure) return Promise.reject(state.failure);
    return new Promise((resolve, reject) => state.waiting.push({ revision, resolve, reject }));
  }
}
