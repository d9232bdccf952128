import type { Commit } from './store.ts';

export type CommitListener = (commit: Commit) => void;

/**
 * Hands commits to listeners, each commit to all of them before the next one, also when a listener commits itself. A listener that
 * throws keeps no other from hearing; its error surfaces once all have heard.
 */
export class CommitFeed {
  readonly #listeners = new Set<CommitListener>();
  #waiting: Commit[] = [];
  #next = 0;
  #released = 0;
  #delivering = false;

  /** Returns how to stop. */
  listen(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Queues a commit until it is released. */
  push(commit: Commit): void {
    this.#waiting.push(commit);
  }

  /** Delivers what is queued up to `revision`. */
  release(revision: number): void {
    if (revision > this.#released) this.#released = revision;
    if (this.#delivering) return;
    const errors: unknown[] = [];
    this.#delivering = true;
    for (let commit = this.#take(); commit; commit = this.#take())
      for (const listener of this.#listeners) {
        try {
          listener(commit);
        } catch (error) {
          errors.push(error);
        }
      }
    this.#delivering = false;
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors, 'commit listeners failed');
  }

  #take(): Commit | undefined {
    const commit = this.#waiting[this.#next];
    if (!commit || commit.revision > this.#released) return undefined;
    this.#next++;
    if (this.#next > 1024 && this.#next * 2 > this.#waiting.length) this.#waiting = this.#waiting.slice(this.#next);
    else if (this.#next === this.#waiting.length) this.#waiting = [];
    else return commit;
    this.#next = 0;
    return commit;
  }
}
