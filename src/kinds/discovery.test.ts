import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtInResources } from '../kube/schema/resources.ts';
import { kinds } from './index.ts';

const USUAL = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

type Resource = {
  readonly resource: string;
  readonly responseKind: { readonly kind: string };
  readonly scope: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources?: readonly { readonly subresource: string }[];
};
type Discovery = {
  readonly items: readonly {
    readonly metadata: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources: readonly Resource[] }[];
  }[];
};

const files = ['discovery-api-v2.json', 'discovery-apis-v2.json'].map(
  (name) => new URL(`../../../shared/data/kubernetes/${name}`, import.meta.url),
);
const skip = files.every((file) => existsSync(file)) ? false : 'no recorded discovery';

/** "group/version/resource" and what discovery says of it, of the recorded 1.36. */
function recorded(): Map<string, object> {
  const found = new Map<string, object>();
  for (const file of files) {
    const { items }: Discovery = JSON.parse(readFileSync(file, 'utf8'));
    for (const { metadata, versions } of items)
      for (const { version, resources } of versions)
        for (const { resource, responseKind, scope, shortNames = [], categories = [], verbs, subresources = [] } of resources) {
          // What can only be created is an action, not a kind of object.
          if (verbs.join() === 'create') continue;
          const has = (name: string): boolean => subresources.some(({ subresource }) => subresource === name);
          found.set(`${metadata.name ?? ''}/${version}/${resource}`, {
            kind: responseKind.kind,
            namespaced: scope === 'Namespaced',
            shortNames,
            categories,
            verbs,
            status: has('status'),
            scale: has('scale'),
          });
        }
  }
  return found;
}

test('kinds are those that a real 1.36 serves', { skip }, () => {
  const declared = new Map<string, object>();
  for (const {
    group,
    kind,
    resource,
    namespaced,
    shortNames = [],
    categories = [],
    verbs = USUAL,
    status = false,
    scale,
    versions,
  } of kinds)
    for (const { name, since = 0, until = Number.POSITIVE_INFINITY } of versions)
      if (since <= 36 && until >= 36)
        declared.set(`${group}/${name}/${resource}`, {
          kind,
          namespaced,
          shortNames,
          categories,
          verbs,
          status,
          scale: scale !== undefined,
        });
  const byName = (map: Map<string, object>) => Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  assert.deepEqual(byName(declared), byName(recorded()));
});

test('kinds are sorted by group and kind, and none is declared twice', () => {
  const names = kinds.map(({ group, kind }) => `${group}/${kind}`);
  assert.deepEqual(
    names,
    [...new Set(names)].sort((a, b) => (a < b ? -1 : 1)),
  );
});

for (const minor of [33, 34, 35, 36]) {
  test(`kinds are those of Kubernetes 1.${minor}, with their versions and what a DELETE answers`, () => {
    const facts = (rows: readonly (readonly [string, boolean])[]) => Object.fromEntries(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const generated = builtInResources(`1.${minor}`)
      .filter(({ verbs }) => verbs.join() !== 'create')
      .map((item) => [`${item.group}/${item.version}/${item.resource}`, item.deleteReturnsObject ?? false] as const);
    const declared = kinds.flatMap(({ group, resource, returnsDeleted = false, versions }) =>
      versions
        .filter(({ since = 0, until = Number.POSITIVE_INFINITY }) => since <= minor && minor <= until)
        .map(({ name }) => [`${group}/${name}/${resource}`, returnsDeleted] as const),
    );
    assert.deepEqual(facts(declared), facts(generated));
  });
}
