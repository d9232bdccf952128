import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json, JsonObject } from '../kernel/json.ts';
import { UNBUILT as POOL } from './agent-pool/unbuilt.ts';
import { UNBUILT as CLUSTER } from './managed-cluster/unbuilt.ts';
import { type Unbuilt, unbuiltFaults } from './unbuilt.ts';

/** Properties with one value at a dotted path. */
const having = (path: string, value: Json): JsonObject =>
  path.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), value) as JsonObject;
const paths = (properties: JsonObject, table: readonly Unbuilt[]): string[] =>
  unbuiltFaults(properties, table, 'properties.').map(({ path, code }) => `${path} ${code}`);

for (const [name, table] of [
  ['clusters', CLUSTER],
  ['pools', POOL],
] as const)
  test(`${name}: what is not built is refused where it is asked for, by its own path, and taken where it is off`, () => {
    assert.deepEqual(paths({}, table), []);
    assert.equal(new Set(table.map(({ path }) => path)).size, table.length);
    for (const { path, built = [] } of table) {
      for (const value of [true, 'Something', ['a'], [{}], { a: 'b' }, 7])
        assert.deepEqual(paths(having(path, value), table), [`properties.${path} NotImplemented`], `${path} ${JSON.stringify(value)}`);
      for (const value of [
        null,
        false,
        '',
        'None',
        'Disabled',
        [],
        {},
        { enabled: false, list: [] },
        ...built,
        ...built.map((text) => text.toUpperCase()),
      ])
        assert.deepEqual(paths(having(path, value), table), [], `${path} ${JSON.stringify(value)}`);
    }
  });

test('a refusal is a sentence that names what is missing', () => {
  const [fault] = unbuiltFaults({ serviceMeshProfile: { mode: 'Istio' } }, CLUSTER);
  assert.equal(fault?.detail, 'The Istio service mesh is not implemented yet.');
  for (const { what } of [...CLUSTER, ...POOL]) assert.match(what, /^[A-Z].*[a-zA-Z,]$/);
});
