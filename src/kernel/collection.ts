import BTreeModule from 'sorted-btree';
import type { Json } from './json.ts';

// sorted-btree is CommonJS: an ES module finds its class as the `default` of the default import.
const BTree = BTreeModule.default;
export type Tree<V> = BTreeModule.default<string, V>;

/**
 * One stored value. `revision` is the one that wrote it, `createdRevision` the one that made the key exist.
 * Values are immutable and shared: whoever wants another value builds it beside this one.
 */
export interface Entry<V extends Json = Json> {
  readonly key: string;
  readonly value: V;
  readonly revision: number;
  readonly createdRevision: number;
}

/** One write as watchers and the journal see it. `entry` is absent for a deletion, `previous` for a creation. */
export interface Change<V extends Json = Json> {
  readonly revision: number;
  readonly collection: string;
  readonly key: string;
  readonly entry?: Entry<V>;
  readonly previous?: Entry<V>;
}

/** A range of keys: those that start with `prefix` and sort after `after`, at most `limit` of them. */
export interface Range {
  readonly prefix?: string;
  readonly after?: string;
  readonly limit?: number;
}

/**
 * A secondary index over all collections of one class. `keys` must be a pure function of the value.
 * Cost: one ordered-tree write per index key and put.
 */
export interface IndexDefinition {
  /** Class of the collections, the part of their name before "@". */
  readonly class: string;
  readonly name: string;
  keys(value: Json, key: string): readonly string[];
  /** Numbers to add up over all values under an index key, e.g. what the pods of a node request. Pure; cheap, as every put calls it. */
  totals?(value: Json): Totals;
}

/** Sums by name. A name whose sum is 0 is absent. */
export type Totals = { readonly [name: string]: number };

const NO_KEYS: readonly string[] = [];

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const newTree = <V>(): Tree<V> => new BTree<string, V>(undefined, order);

/** Separates the index key from the primary key in an index tree; sorts before every printable character. */
const SEPARATOR = '\u0000';
const LAST = '\uffff';

/** An ordered map of entries with its indexes. Knows nothing of revisions: the store does. */
export class Collection {
  readonly tree: Tree<Entry>;
  readonly #indexes: readonly IndexDefinition[];
  readonly #indexTrees: readonly Tree<Entry>[];
  readonly #totals: readonly Tree<Totals>[];

  constructor(
    indexes: readonly IndexDefinition[],
    tree = newTree<Entry>(),
    indexTrees: readonly Tree<Entry>[] = indexes.map(() => newTree<Entry>()),
    totals: readonly Tree<Totals>[] = indexes.map(() => newTree<Totals>()),
  ) {
    this.tree = tree;
    this.#indexes = indexes;
    this.#indexTrees = indexTrees;
    this.#totals = totals;
  }

  /** Both copies stay writable and share what neither has touched. O(number of indexes). */
  clone(): Collection {
    return new Collection(
      this.#indexes,
      this.tree.clone(),
      this.#indexTrees.map((tree) => tree.clone()),
      this.#totals.map((tree) => tree.clone()),
    );
  }

  /** Puts an entry in the place of `previous`, which is what lies under the key; undefined takes it away. */
  set(key: string, entry: Entry | undefined, previous: Entry | undefined): void {
    // All at first, so that an index which throws leaves everything as it was.
    const names = this.#indexes.map((index) => (entry ? index.keys(entry.value, key) : NO_KEYS));
    for (let i = 0; i < names.length; i++) {
      const index = this.#indexes[i] as IndexDefinition;
      const after = names[i] as readonly string[];
      const before = previous ? index.keys(previous.value, key) : NO_KEYS;
      const tree = this.#indexTrees[i] as Tree<Entry>;
      for (const name of before) if (!after.includes(name)) tree.delete(name + SEPARATOR + key);
      if (entry) for (const name of after) tree.set(name + SEPARATOR + key, entry);
      if (index.totals) this.#addUp(index.totals, i, before, after, previous, entry);
    }
    if (entry) this.tree.set(key, entry);
    else this.tree.delete(key);
  }

  #addUp(
    totals: (value: Json) => Totals,
    at: number,
    before: readonly string[],
    after: readonly string[],
    previous: Entry | undefined,
    entry: Entry | undefined,
  ): void {
    const minus = previous && before.length > 0 ? totals(previous.value) : undefined;
    const plus = entry && after.length > 0 ? totals(entry.value) : undefined;
    // What most writes leave alone: definitions remember totals by the part of the value that they come from.
    if (minus === plus && before.length === after.length && before.every((name, i) => name === after[i])) return;
    const tree = this.#totals[at] as Tree<Totals>;
    if (minus) for (const name of before) add(tree, name, minus, -1);
    if (plus) for (const name of after) add(tree, name, plus, 1);
  }

  /** What the values under an index key add up to. O(log n). */
  totals(indexName: string, indexKey: string): Totals {
    const at = this.#indexes.findIndex((index) => index.name === indexName);
    const tree = this.#totals[at];
    if (!tree) throw new Error(`no index ${indexName}`);
    return tree.get(indexKey) ?? {};
  }

  /** Entries in key order. Cost: O(log n + entries returned). */
  list(range: Range = {}): Entry[] {
    return scan(this.tree, range);
  }

  /** Entries that `index` files under `indexKey`, in key order. */
  indexed(indexName: string, indexKey: string): Entry[] {
    const at = this.#indexes.findIndex((index) => index.name === indexName);
    const tree = this.#indexTrees[at];
    if (!tree) throw new Error(`no index ${indexName}`);
    return scan(tree, { prefix: indexKey + SEPARATOR });
  }
}

/** Changes the sums under a name. */
function add(tree: Tree<Totals>, name: string, totals: Totals, sign: 1 | -1): void {
  const sums: Record<string, number> = { ...tree.get(name) };
  for (const item in totals) {
    const sum = (sums[item] ?? 0) + sign * (totals[item] as number); // its own key
    if (sum === 0) delete sums[item];
    else sums[item] = sum;
  }
  for (const _ in sums) {
    tree.set(name, sums);
    return;
  }
  tree.delete(name);
}

/** Walks a tree over a range. */
export function scan(tree: Tree<Entry>, { prefix = '', after, limit = Number.POSITIVE_INFINITY }: Range): Entry[] {
  const found: Entry[] = [];
  const low = after !== undefined && after >= prefix ? after : prefix;
  tree.forRange(low, prefix + LAST, true, (key, entry) => {
    if (key === after) return undefined;
    if (found.length >= limit) return { break: true };
    found.push(entry);
    return undefined;
  });
  return found;
}
