import { type Change, Collection, type Entry, type IndexDefinition, type Range, scan, type Totals, type Tree } from './collection.ts';
import { sha256Hex } from './hash.ts';
import type { Json } from './json.ts';

/** All writes of one transaction, as one unit of durability. Each write has its own revision; `revision` is the last. */
export interface Commit {
  readonly revision: number;
  /** World time of the commit in ms since the epoch. */
  readonly atMs: number;
  readonly changes: readonly Change[];
}

/** What every reader sees: the newest committed state, or inside a transaction its own writes too. */
export interface Reader {
  /** Revision of the last write. */
  readonly revision: number;
  get<V extends Json>(collection: string, key: string): Entry<V> | undefined;
  list<V extends Json>(collection: string, range?: Range): Entry<V>[];
  /** Entries that a declared index files under `indexKey`. Throws when the collection's class has no such index. */
  indexed<V extends Json>(collection: string, index: string, indexKey: string): Entry<V>[];
  /** What a declared index adds up under `indexKey`; empty when nothing is filed there. */
  totals(collection: string, index: string, indexKey: string): Totals;
  count(collection: string): number;
  /** Names of the collections of one class that hold something, e.g. that of every cluster. */
  collections(className: string): string[];
}

/** Name of a collection: a class that indexes and controllers are declared for, and the scope it belongs to (a cluster), or "". */
export const collectionName = (className: string, scope = ''): string => (scope ? `${className}@${scope}` : className);
export const classOf = (collection: string): string => {
  const at = collection.indexOf('@');
  return at < 0 ? collection : collection.slice(0, at);
};
export const scopeOf = (collection: string): string => {
  const at = collection.indexOf('@');
  return at < 0 ? '' : collection.slice(at + 1);
};

/** A write expected another revision than it found. The caller's pipeline answers 409 or 412. */
export class RevisionConflict extends Error {
  readonly actual: Entry | undefined;
  constructor(collection: string, key: string, actual: Entry | undefined) {
    super(`${collection}/${key} is at revision ${actual?.revision ?? 'none'}`);
    this.actual = actual;
  }
}

/** The history asked for is no longer kept: the reader has to start anew (Kubernetes' 410 Gone). */
export class Compacted extends Error {
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`history up to revision ${compactedRevision} is compacted`);
    this.compactedRevision = compactedRevision;
  }
}

/** History is kept for five minutes of world time, as kube-apiserver compacts etcd, and for at most so many changes. */
const HISTORY_MS = 300_000;
const HISTORY_CHANGES = 100_000;
/** Snapshots of past revisions kept for the next page of a paged list. */
const PAST_SNAPSHOTS = 16;

type Timed = { readonly change: Change; readonly atMs: number };

/**
 * Revisioned collections of immutable values: in memory, synchronous, forkable.
 * Writing happens only through `write`, which the world's transaction calls; readers get values by reference.
 */
export class Store implements Reader {
  readonly #indexes: readonly IndexDefinition[];
  readonly #collections = new Map<string, Collection>();
  readonly #classes = new Map<string, Set<string>>();
  /** Changes of all collections, oldest first from #historyStart on. */
  #history: Timed[] = [];
  #historyStart = 0;
  readonly #past = new Map<string, Tree<Entry>>();
  #revision: number;
  #compacted: number;

  constructor(indexes: readonly IndexDefinition[], revision = 0) {
    this.#indexes = indexes;
    this.#revision = revision;
    this.#compacted = revision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Oldest revision from which `changesSince` can still answer. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  get<V extends Json>(collection: string, key: string): Entry<V> | undefined {
    // The caller names the type that it stores in this collection; the store only carries it.
    return this.#collections.get(collection)?.tree.get(key) as Entry<V> | undefined;
  }

  list<V extends Json>(collection: string, range: Range = {}): Entry<V>[] {
    return (this.#collections.get(collection)?.list(range) ?? []) as Entry<V>[];
  }

  indexed<V extends Json>(collection: string, index: string, indexKey: string): Entry<V>[] {
    return (this.#collections.get(collection)?.indexed(index, indexKey) ?? []) as Entry<V>[];
  }

  totals(collection: string, index: string, indexKey: string): Totals {
    return this.#collections.get(collection)?.totals(index, indexKey) ?? {};
  }

  count(collection: string): number {
    return this.#collections.get(collection)?.tree.size ?? 0;
  }

  collections(className: string): string[] {
    return [...(this.#classes.get(className) ?? [])].filter((name) => this.count(name) > 0);
  }

  /**
   * One write under the next revision; undefined deletes. Only for the world's transaction and recovery: no watcher hears of it
   * until `publish`.
   */
  write(collection: string, key: string, value: Json | undefined): Change {
    const target = this.#open(collection);
    const previous = target.tree.get(key);
    const revision = ++this.#revision;
    const entry = value === undefined ? undefined : { key, value, revision, createdRevision: previous?.createdRevision ?? revision };
    target.set(key, entry);
    return { revision, collection, key, ...(entry && { entry }), ...(previous && { previous }) };
  }

  /** Takes back writes that were not published, newest first; the revision counter goes back with them. */
  undo(changes: readonly Change[]): void {
    for (const change of changes.toReversed()) {
      this.#open(change.collection).set(change.key, change.previous);
      this.#revision = change.revision - 1;
    }
  }

  /** Makes a transaction's writes part of the history. */
  publish(commit: Commit): void {
    for (const change of commit.changes) this.#history.push({ change, atMs: commit.atMs });
    this.compact(commit.atMs);
  }

  /** Puts a recovered entry in place, bypassing history. */
  restore(collection: string, entry: Entry): void {
    this.#open(collection).set(entry.key, entry);
    if (entry.revision > this.#revision) this.#revision = entry.revision;
    this.#compacted = this.#revision;
  }

  /** Recovery of a deletion, or of a revision that was used up without leaving anything. */
  restoreDeleted(collection: string, key: string, revision: number): void {
    this.#open(collection).set(key, undefined);
    this.skipTo(revision);
  }

  /** Continues numbering above `revision`: revisions never repeat after a crash. */
  skipTo(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    this.#compacted = this.#revision;
  }

  /** Forgets history older than the limits as of world time `nowMs`. Amortized O(1) per change. */
  compact(nowMs: number): void {
    let start = this.#historyStart;
    const oldest = nowMs - HISTORY_MS;
    for (let item = this.#history[start]; item; item = this.#history[start]) {
      if (item.atMs >= oldest && this.#history.length - start <= HISTORY_CHANGES) break;
      this.#compacted = item.change.revision;
      start++;
    }
    this.#historyStart = start;
    if (start > 1024 && start * 2 > this.#history.length) {
      this.#history = this.#history.slice(start);
      this.#historyStart = 0;
    }
  }

  /** Changes of one collection after `revision`, oldest first. Throws Compacted. Cost: O(changes since then of all collections). */
  changesSince(collection: string, revision: number): Change[] {
    if (revision < this.#compacted) throw new Compacted(this.#compacted);
    const found: Change[] = [];
    for (let i = this.#history.length - 1; i >= this.#historyStart; i--) {
      const change = (this.#history[i] as Timed).change;
      if (change.revision <= revision) break;
      if (change.collection === collection) found.push(change);
    }
    return found.reverse();
  }

  /**
   * Entries as they were at `revision`. Throws Compacted, also for a revision that compaction has passed since a page was cut.
   * Cost: O(1) for the snapshots lately asked for, else O(changes since `revision`).
   */
  listAt<V extends Json>(collection: string, revision: number, range: Range = {}): Entry<V>[] {
    if (revision >= this.#revision) return this.list(collection, range);
    const changes = this.changesSince(collection, revision);
    if (changes.length === 0) return this.list(collection, range);
    const name = `${revision}/${collection}`;
    let tree = this.#past.get(name);
    if (!tree) {
      tree = this.#open(collection).tree.clone();
      for (const change of changes.toReversed()) {
        if (change.previous) tree.set(change.key, change.previous);
        else tree.delete(change.key);
      }
    }
    this.#past.delete(name);
    this.#past.set(name, tree);
    if (this.#past.size > PAST_SNAPSHOTS) this.#past.delete(this.#past.keys().next().value as string);
    return scan(tree, range) as Entry<V>[];
  }

  /** A copy that shares every entry; both sides stay writable. History is not taken over. O(collections). */
  fork(): Store {
    const copy = new Store(this.#indexes, this.#revision);
    for (const [name, collection] of this.#collections) copy.#adopt(name, collection.clone());
    return copy;
  }

  /** SHA-256 over all keys and values: equal worlds have equal digests. */
  digest(): string {
    const lines: string[] = [];
    for (const name of [...this.#collections.keys()].sort())
      for (const { key, value, revision } of this.list(name)) lines.push(`${name}\t${key}\t${revision}\t${canonical(value)}`);
    return sha256Hex(lines.join('\n'));
  }

  /** Every stored entry with its collection, for snapshots. */
  *entries(): Generator<{ collection: string; entry: Entry }> {
    for (const [collection, { tree }] of this.#collections) for (const entry of tree.values()) yield { collection, entry };
  }

  #open(name: string): Collection {
    const found = this.#collections.get(name);
    if (found) return found;
    const className = classOf(name);
    return this.#adopt(name, new Collection(this.#indexes.filter((index) => index.class === className)));
  }

  #adopt(name: string, collection: Collection): Collection {
    this.#collections.set(name, collection);
    const className = classOf(name);
    const names = this.#classes.get(className);
    if (names) names.add(name);
    else this.#classes.set(className, new Set([name]));
    return collection;
  }
}

/** JSON with object keys in order, so that equal values have equal text. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, item: Json) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
