import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change, IndexDefinition } from './collection.ts';
import { deepFreeze, type Json } from './json.ts';
import { Compacted, Store } from './store.ts';

const COLLECTIONS = ['pods@a', 'pods@b', 'nodes@a'] as const;
const KEYS = ['a', 'a/1', 'a/2', 'ab', 'b/1', 'z'] as const;
const indexes: readonly IndexDefinition[] = [
  {
    class: 'pods',
    name: 'node',
    keys: (value) => (value as { nodes: string[] }).nodes,
    totals: (value) => ({ cpu: (value as { cpu: number }).cpu }),
  },
];

type Value = { readonly nodes: readonly string[]; readonly cpu: number; readonly n: number };
interface Row {
  readonly value: Value;
  readonly revision: number;
  readonly createdRevision: number;
}
type State = Map<string, Row>;

/** The store as a few lines that are plainly right: every revision is a full copy. */
class Model {
  revision = 0;
  states: State[] = [new Map()];

  get state(): State {
    return this.states[this.revision] as State;
  }

  write(collection: string, key: string, value: Value | undefined): void {
    const next = new Map(this.state);
    const id = `${collection} ${key}`;
    const previous = this.state.get(id);
    this.revision++;
    if (value) next.set(id, { value, revision: this.revision, createdRevision: previous?.createdRevision ?? this.revision });
    else next.delete(id);
    this.states[this.revision] = next;
  }

  undo(revision: number): void {
    this.revision = revision;
    this.states.length = revision + 1;
  }

  list(collection: string, revision = this.revision): [string, Row][] {
    return [...(this.states[revision] as State)]
      .filter(([id]) => id.startsWith(`${collection} `))
      .map(([id, row]): [string, Row] => [id.slice(collection.length + 1), row])
      .sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

const write = fc.record({
  kind: fc.constant('write' as const),
  collection: fc.constantFrom(...COLLECTIONS),
  key: fc.constantFrom(...KEYS),
  value: fc.option(fc.record({ nodes: fc.uniqueArray(fc.constantFrom('n1', 'n2', 'n3'), { maxLength: 2 }), cpu: fc.nat(4), n: fc.nat() }), {
    nil: undefined,
    freq: 3,
  }),
});
const step = fc.oneof(
  { weight: 8, arbitrary: write },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undone' as const), writes: fc.array(write, { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), into: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), afterMs: fc.nat(400_000) }) },
);

/** Writes as the world's transaction does. A deletion of nothing writes nothing. */
function apply(store: Store, { collection, key, value }: { collection: string; key: string; value: Value | undefined }): Change[] {
  if (value === undefined && !store.get(collection, key)) return [];
  return [store.write(collection, key, value && deepFreeze(value))];
}

function compare(store: Store, model: Model): void {
  assert.equal(store.revision, model.revision);
  const classes = { pods: [] as string[], nodes: [] as string[] };
  for (const collection of COLLECTIONS) {
    const rows = model.list(collection);
    if (rows.length > 0) classes[collection.startsWith('pods') ? 'pods' : 'nodes'].push(collection);
    assert.equal(store.count(collection), rows.length);
    assert.deepEqual(
      store.list(collection).map(({ key, ...row }) => [key, row]),
      rows,
    );
    for (const range of [{ prefix: 'a/' }, { prefix: 'a', after: 'a/1' }, { after: 'a/2', limit: 2 }, { limit: 0 }]) {
      const expected = rows.filter(([key]) => key.startsWith(range.prefix ?? '') && (range.after === undefined || key > range.after));
      assert.deepEqual(
        store.list(collection, range).map(({ key }) => key),
        expected.slice(0, range.limit).map(([key]) => key),
      );
    }
    if (!collection.startsWith('pods')) continue;
    for (const node of ['n1', 'n2', 'n3', 'n']) {
      const filed = rows.filter(([, { value }]) => value.nodes.includes(node));
      assert.deepEqual(
        store.indexed(collection, 'node', node).map(({ key, revision }) => [key, revision]),
        filed.map(([key, { revision }]) => [key, revision]),
      );
      const cpu = filed.reduce((sum, [, { value }]) => sum + value.cpu, 0);
      assert.equal(store.totals(collection, 'node', node).cpu ?? 0, cpu);
    }
  }
  for (const [name, collections] of Object.entries(classes)) assert.deepEqual(store.collections(name), collections.sort());
}

/** Every past revision that is kept, and a refusal for every one that is not. */
function compareHistory(store: Store, model: Model): void {
  for (let revision = 0; revision <= model.revision; revision++)
    for (const collection of COLLECTIONS) {
      if (revision < store.compactedRevision && revision < store.revision) {
        assert.throws(() => store.listAt(collection, revision), Compacted);
        assert.throws(() => store.changesSince(collection, revision), Compacted);
        continue;
      }
      assert.deepEqual(
        store.listAt(collection, revision).map(({ key, ...row }) => [key, row]),
        model.list(collection, revision),
      );
      const changes = store.changesSince(collection, revision);
      const state = new Map(model.list(collection, revision).map(([key, { value }]) => [key, value as Json]));
      for (const { key, entry, previous } of changes) {
        assert.deepEqual(previous?.value, state.get(key));
        if (entry) state.set(key, entry.value);
        else state.delete(key);
      }
      assert.deepEqual(
        [...state.keys()].sort(),
        model.list(collection).map(([key]) => key),
      );
    }
}

test('the store agrees with a model through writes, undone writes, forks and compaction', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let store = new Store(indexes);
      const model = new Model();
      let atMs = 0;
      for (const action of steps) {
        if (action.kind === 'write') {
          const changes = apply(store, action);
          if (changes.length === 0) continue;
          model.write(action.collection, action.key, action.value);
          store.publish({ revision: store.revision, atMs, changes }, 1);
        } else if (action.kind === 'undone') {
          const before = store.revision;
          const changes = action.writes.flatMap((each) => apply(store, each));
          if (before > 0 && before - 1 >= store.compactedRevision) store.listAt('pods@a', before - 1);
          for (const collection of COLLECTIONS) store.listAt(collection, store.revision);
          store.undo(changes);
          model.undo(before);
        } else if (action.kind === 'fork') {
          const other = store.fork();
          const [stays, goes] = action.into ? [other, store] : [store, other];
          for (const key of KEYS) goes.write('pods@a', key, { nodes: ['n3'], cpu: 9, n: -1 });
          store = stays;
        } else {
          atMs += action.afterMs;
          store.compact(atMs);
        }
        compare(store, model);
      }
      compareHistory(store, model);
    }),
    { numRuns: 150 },
  );
});

test('a past state that was cached does not survive the writes that it was made of', () => {
  const store = new Store([]);
  store.publish({ revision: 1, atMs: 0, changes: [store.write('c', 'k', 'first')] }, 1);
  const changes = [store.write('c', 'k', 'undone'), store.write('c', 'k', 'undone too')];
  assert.equal(store.listAt('c', 2)[0]?.value, 'undone');
  store.undo(changes);
  store.publish({ revision: 3, atMs: 0, changes: [store.write('c', 'k', 'second'), store.write('c', 'k', 'third')] }, 1);
  assert.equal(store.listAt('c', 2)[0]?.value, 'second');
});

test('only the latest writes can be taken back', () => {
  const store = new Store([]);
  const first = store.write('c', 'a', 1);
  store.write('c', 'b', 2);
  assert.throws(() => store.undo([first]), /latest/);
});

test('an index that throws leaves everything as it was', () => {
  const picky: IndexDefinition = {
    class: 'c',
    name: 'i',
    keys: (value) => {
      if (value === 'bad') throw new Error('bad value');
      return ['x'];
    },
  };
  const store = new Store([picky]);
  store.write('c', 'k', 'good');
  assert.throws(() => store.write('c', 'k', 'bad'), /bad value/);
  assert.equal(store.revision, 1);
  assert.equal(store.get('c', 'k')?.value, 'good');
  assert.equal(store.indexed('c', 'i', 'x').length, 1);
});

test('history is bounded in number, in time and in what it holds', () => {
  const store = new Store([]);
  for (let i = 1; i <= 100_010; i++) store.publish({ revision: i, atMs: 0, changes: [store.write('c', 'k', i)] }, 1);
  assert.equal(store.compactedRevision, 10);
  store.publish({ revision: store.revision + 1, atMs: 300_001, changes: [store.write('c', 'k', 0)] }, 1);
  assert.equal(store.compactedRevision, store.revision - 1);
  const large = 40 * 1024 * 1024;
  for (let i = 0; i < 5; i++) store.publish({ revision: store.revision + 1, atMs: 300_001, changes: [store.write('c', 'k', i)] }, large);
  assert.equal(store.changesSince('c', store.compactedRevision).length, 3);
});

test('digests tell different worlds apart and equal ones not, whatever the order of keys', () => {
  const digest = (value: Json, key = 'k'): string => {
    const store = new Store([]);
    store.write('c', key, value);
    return store.digest();
  };
  assert.equal(digest({ a: 1, b: { c: 2, d: 3 } }), digest({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(digest({ a: 1 }), digest({ a: 2 }));
  assert.notEqual(digest({ a: 1 }), digest({ a: 1 }, 'other'));
  const large = new Store([]);
  for (let i = 0; i < 2_500; i++) large.write('c', `k${i}`, i);
  const before = large.digest();
  large.write('c', 'k7', 7);
  assert.notEqual(large.digest(), before);
});
