import {
  type Change,
  Collection,
  type Entry,
  type IndexDefinition,
  newTree,
  type Range,
  scan,
  type Totals,
  type Tree,
} from './collection.ts';
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
  /** Names of the collections of one class that hold something, e.g. that of every cluster, in order of their names. */
  collections(className: string): string[];
}

/** Name of a collection: a class that indexes and controllers are declared for, and the scope it belongs to (a cluster), or "". */
export const collectionName = (className: string, scope = ''): string => (scope ? `${className}@${scope}` : className);
export const classOf = (collection: string): string => partsOf(collection).className;
export const scopeOf = (collection: string): string => partsOf(collection).scope;

const MAX_NAMES = 20_000;
const parts = new Map<string, { readonly className: string; readonly scope: string }>();

/** The parts of a name, the same texts each time: a fresh one would be hashed anew by whoever looks something up by it. */
function partsOf(collection: string): { readonly className: string; readonly scope: string } {
  const known = parts.get(collection);
  if (known) return known;
  const at = collection.indexOf('@');
  const made = at < 0 ? { className: collection, scope: '' } : { className: collection.slice(0, at), scope: collection.slice(at + 1) };
  if (parts.size >= MAX_NAMES) parts.clear();
  parts.set(collection, made);
  return made;
}

/** Expectation of a write: the revision that the key must have, or that it must not exist. Absent: whatever is there. */
export type Expected = number | 'absent';

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

/** History is kept for five minutes of world time, as kube-apiserver compacts etcd, and for at most so many changes and characters. */
export const HISTORY_MS = 300_000;
const HISTORY_CHANGES = 100_000;
const HISTORY_LENGTH = 128 * 1024 * 1024;
/** Snapshots of past revisions kept for the next page of a paged list. */
const PAST_SNAPSHOTS = 16;

/** Entries of one digest step, so that no world is too large for one string. */
const DIGEST_CHUNK = 1_000;

/** `atMs` is infinite until the change is published. `length` is that of its commit's text, for the last change of each. */
type Timed = { readonly change: Change; atMs: number; length: number };
type Past = { readonly revision: number; readonly tree: Tree<Entry> };

/**
 * Revisioned collections of immutable values: in memory, synchronous, forkable.
 * Writing happens only through `write`, which the world's transaction calls; readers get values by reference.
 */
export class Store implements Reader {
  readonly #indexes: readonly IndexDefinition[];
  readonly #collections = new Map<string, Collection>();
  /** Names of the collections that exist per class, sorted: what a reader sees must not depend on how the process got there. */
  readonly #classes = new Map<string, string[]>();
  /** Changes of all collections, oldest first from #historyStart on, those of an open transaction included. */
  #history: (Timed | undefined)[] = [];
  #historyStart = 0;
  #historyLength = 0;
  readonly #past = new Map<string, Past>();
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
    return this.#classes.get(className)?.slice() ?? [];
  }

  /**
   * One write under the next revision; undefined deletes. Only for the world's transaction and recovery: no watcher hears of it
   * until `publish`. Throws RevisionConflict when `expected` does not hold.
   */
  write(collection: string, key: string, value: Json | undefined, expected?: Expected): Change {
    const previous = this.#collections.get(collection)?.tree.get(key);
    if (expected !== undefined && (expected === 'absent' ? previous !== undefined : previous?.revision !== expected))
      throw new RevisionConflict(collection, key, previous);
    const revision = this.#revision + 1;
    const change = newChange(revision, collection, key, value, previous);
    this.#set(collection, key, change.entry, previous);
    this.#revision = revision;
    this.#history.push({ change, atMs: Number.POSITIVE_INFINITY, length: 0 });
    return change;
  }

  /** Takes back the latest writes, which were not published, newest first; the revision counter goes back with them. */
  undo(changes: readonly Change[]): void {
    for (let i = changes.length - 1; i >= 0; i--) {
      const change = changes[i] as Change;
      if (this.#history.pop()?.change !== change) throw new Error('only the latest writes can be taken back');
      this.#set(change.collection, change.key, change.previous, change.entry);
      this.#revision = change.revision - 1;
    }
    for (const [name, { revision }] of this.#past) if (revision > this.#revision) this.#past.delete(name);
  }

  /** Makes a transaction's writes, the latest ones, part of the history. `length`: characters of the commit's text. */
  publish({ changes, atMs }: Commit, length: number): void {
    for (let i = this.#history.length - changes.length; i < this.#history.length; i++) (this.#history[i] as Timed).atMs = atMs;
    (this.#history.at(-1) as Timed).length = length;
    this.#historyLength += length;
    this.compact(atMs);
  }

  /** Puts a recovered entry in place, bypassing history. */
  restore(collection: string, entry: Entry): void {
    this.#set(collection, entry.key, entry, this.get(collection, entry.key));
    if (entry.revision > this.#revision) this.#revision = entry.revision;
    this.#compacted = this.#revision;
  }

  /** Recovery of a deletion, or of a revision that was used up without leaving anything. */
  restoreDeleted(collection: string, key: string, revision: number): void {
    this.#set(collection, key, undefined, this.get(collection, key));
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
      if (item.atMs >= oldest && this.#history.length - start <= HISTORY_CHANGES && this.#historyLength <= HISTORY_LENGTH) break;
      this.#compacted = item.change.revision;
      this.#historyLength -= item.length;
      this.#history[start++] = undefined; // what it held can go at once
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
    if (revision < this.#compacted) throw new Compacted(this.#compacted);
    const name = `${revision}/${collection}`;
    const past = this.#past.get(name) ?? { revision, tree: this.#treeAt(collection, revision) };
    this.#past.delete(name);
    this.#past.set(name, past);
    if (this.#past.size > PAST_SNAPSHOTS) this.#past.delete(this.#past.keys().next().value as string);
    return scan(past.tree, range) as Entry<V>[];
  }

  #treeAt(collection: string, revision: number): Tree<Entry> {
    const tree = this.#collections.get(collection)?.tree.clone() ?? newTree<Entry>();
    for (const change of this.changesSince(collection, revision).reverse()) {
      if (change.previous) tree.set(change.key, change.previous);
      else tree.delete(change.key);
    }
    return tree;
  }

  /** A copy that shares every entry; both sides stay writable. History is not taken over. O(collections). */
  fork(): Store {
    const copy = new Store(this.#indexes, this.#revision);
    for (const [name, collection] of this.#collections) copy.#adopt(name, collection.clone());
    return copy;
  }

  /** SHA-256 over all keys, values and revisions: equal worlds have equal digests. Cost: every value encoded once. */
  digest(): string {
    let digest = '';
    let lines: string[] = [];
    const step = (): void => {
      digest = sha256Hex(`${digest}\n${lines.join('\n')}`);
      lines = [];
    };
    for (const name of [...this.#collections.keys()].sort())
      for (const { key, value, revision } of this.list(name)) {
        lines.push(`${name}\t${key}\t${revision}\t${canonical(value)}`);
        if (lines.length === DIGEST_CHUNK) step();
      }
    step();
    return digest;
  }

  /** Every stored entry with its collection, for snapshots. */
  *entries(): Generator<{ collection: string; entry: Entry }> {
    for (const [collection, { tree }] of this.#collections) for (const entry of tree.values()) yield { collection, entry };
  }

  /** A collection exists while it holds something, so that deleted clusters leave nothing behind. */
  #set(name: string, key: string, entry: Entry | undefined, previous: Entry | undefined): void {
    const found = this.#collections.get(name);
    if (!found && !entry) return;
    const collection = found ?? this.#adopt(name, new Collection(this.#indexes.filter((index) => index.class === classOf(name))));
    collection.set(key, entry, previous);
    if (collection.tree.size === 0) this.#drop(name);
  }

  #adopt(name: string, collection: Collection): Collection {
    this.#collections.set(name, collection);
    const className = classOf(name);
    const names = this.#classes.get(className);
    if (names) names.splice(placeOf(names, name), 0, name);
    else this.#classes.set(className, [name]);
    return collection;
  }

  #drop(name: string): void {
    this.#collections.delete(name);
    const names = this.#classes.get(classOf(name)) as string[];
    names.splice(placeOf(names, name), 1);
  }
}

/** The three shapes of a change, absent fields left out. */
function newChange(revision: number, collection: string, key: string, value: Json | undefined, previous: Entry | undefined): Change {
  if (value === undefined) return previous ? { revision, collection, key, previous } : { revision, collection, key };
  if (!previous) return { revision, collection, key, entry: { key, value, revision, createdRevision: revision } };
  return { revision, collection, key, entry: { key, value, revision, createdRevision: previous.createdRevision }, previous };
}

/** Index at which `name` stands or belongs in sorted names. */
function placeOf(names: readonly string[], name: string): number {
  let low = 0;
  for (let high = names.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** JSON with object keys in order, so that equal values have equal text. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_, item: Json) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
