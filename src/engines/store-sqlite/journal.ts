import { Worker } from 'node:worker_threads';
import type { Journal, Recovered } from '../../kernel/journal.ts';
import type { Commit } from '../../kernel/store.ts';
import { encodeCommit } from './codec.ts';
import type { LogRow, OpenOptions } from './database.ts';
import { recover } from './recover.ts';
import type { FromWorker, ToWorker } from './worker.ts';

export type { OpenOptions };

interface PendingCopy {
  resolve(revision: number): void;
  reject(error: Error): void;
}

/**
 * Commits in a SQLite file, written by a worker thread. All commits that arrive while one SQLite transaction runs become the next
 * one (group commit). The file is held exclusively until `close`.
 */
export class SqliteJournal implements Journal {
  readonly file: string;
  readonly #worker: Worker;
  readonly #durableListeners: ((revision: number) => void)[] = [];
  readonly #failureListeners: ((error: Error) => void)[] = [];
  readonly #copies = new Map<number, PendingCopy>();
  #durable: number;
  #appended: number;
  #rows: LogRow[] = [];
  #scheduled = false;
  /** The worker has not answered yet: to the opening of the file, or to the last group. */
  #busy = true;
  #failure: Error | undefined;
  #closed: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #nextCopy = 1;
  readonly #ready: Promise<unknown>;
  /** What is for the worker once its file is whole; undefined from then on. */
  #early: ToWorker[] | undefined = [];

  /**
   * The file must hold everything up to `revision` once `ready` resolves with it; commits may be appended before that.
   * `durableRevision` is what is on disk already.
   */
  constructor(file: string, revision: number, durableRevision: number, options: OpenOptions, ready: Promise<number>) {
    this.file = file;
    this.#durable = durableRevision;
    this.#appended = revision;
    // Own execArgv: the parent's (--test, --input-type …) do not concern the worker.
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { execArgv: [], name: 'journal' });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => {
      if (!this.#closing || code !== 0) this.#fail(new Error(`journal worker ended with code ${code}`));
      this.#closed?.();
    });
    this.#ready = ready.then(
      () => this.#open(options),
      (error: Error) => this.#fail(error),
    );
  }

  get durableRevision(): number {
    return this.#durable;
  }

  /** Newest revision handed to `append`, durable or not. */
  get appendedRevision(): number {
    return this.#appended;
  }

  /** Throws for values that are no JSON, before anything is queued. After a failure commits are dropped. */
  append(commit: Commit): number {
    if (this.#closing) throw new Error(`${this.file} is closed`);
    const text = encodeCommit(commit);
    if (!this.#failure) this.#queue([commit.revision, commit.atMs, text]);
    return text.length;
  }

  #queue(row: LogRow): void {
    this.#rows.push(row);
    this.#appended = row[0];
    if (this.#busy || this.#scheduled) return;
    this.#scheduled = true;
    // What other connections sent in the same turn of the event loop goes along: a message costs as much as a few commits.
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  onDurable(listener: (revision: number) => void): void {
    this.#durableListeners.push(listener);
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener);
    if (this.#failure) listener(this.#failure);
  }

  /**
   * Copies the world as of everything appended so far to `target`, whole or not at all; commits appended later are not in it.
   * Resolves with the copy's revision. Commits wait while the copy is written (about 4 ms per MB). An existing target is replaced, or
   * with `replace` false an error.
   */
  copyTo(target: string, replace: boolean): Promise<number> {
    if (this.#failure || this.#closing) return Promise.reject(this.#failure ?? new Error(`${this.file} is closed`));
    const id = this.#nextCopy++;
    // The worker takes messages in order, so that exactly what was appended until now goes before the copy.
    if (this.#rows.length > 0) this.#post();
    this.#send({ kind: 'copy', id, target, replace });
    return new Promise((resolve, reject) => this.#copies.set(id, { resolve, reject }));
  }

  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#closed = resolve;
      void this.#ready.then(() => this.#finish());
    });
    return this.#closing;
  }

  #finish(): void {
    if (this.#failure) return void this.#worker.terminate();
    if (this.#rows.length > 0) this.#post();
    this.#send({ kind: 'close' });
  }

  #flush(): void {
    if (!this.#busy && this.#rows.length > 0) this.#post();
  }

  #post(): void {
    const rows = this.#rows;
    this.#rows = [];
    this.#busy = true;
    this.#send({ kind: 'write', rows });
  }

  /** The worker would drop what comes before its file is open: a fork may be written to, copied and forked before it is whole. */
  #open(options: OpenOptions): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of [{ kind: 'open', file: this.file, options } as const, ...early]) this.#send(message);
  }

  #send(message: ToWorker): void {
    if (this.#early) this.#early.push(message);
    else this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'failed') this.#fail(new Error(`${this.file}: ${message.message}`));
    else if (message.kind === 'copied') this.#takeCopy(message.id)?.resolve(message.revision);
    else if (message.kind === 'copyFailed') this.#takeCopy(message.id)?.reject(new Error(message.message));
    else if (message.kind !== 'closed' && !this.#failure) this.#next(message.revision);
  }

  /** The worker is free again, and what it has written is on disk. */
  #next(revision: number): void {
    this.#busy = false;
    this.#flush();
    if (revision <= this.#durable) return;
    this.#durable = revision;
    for (const listener of this.#durableListeners) listener(revision);
  }

  #takeCopy(id: number): PendingCopy | undefined {
    const pending = this.#copies.get(id);
    this.#copies.delete(id);
    return pending;
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#rows = [];
    for (const { reject } of this.#copies.values()) reject(error);
    this.#copies.clear();
    for (const listener of this.#failureListeners) listener(error);
    if (this.#closing) void this.#worker.terminate();
  }
}

/**
 * Opens a world's file, creating it when absent. `recovered` is undefined for a file without commits.
 * Throws UnreadableWorld for a file of another program, another format version, or one in use.
 */
export async function openJournal(
  file: string,
  options: OpenOptions = {},
): Promise<{ journal: SqliteJournal; recovered: Recovered | undefined }> {
  const recovered = recover(file, options);
  const { revision } = recovered;
  return {
    journal: new SqliteJournal(file, revision, revision, options, Promise.resolve(revision)),
    recovered: revision > 0 ? recovered : undefined,
  };
}
