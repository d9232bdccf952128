import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { test } from 'node:test';
import { listCommitted, root, type SourceFile, sources } from './source.ts';

const FORBIDDEN_FOLDERS = ['utils', 'util', 'helpers', 'helper', 'common', 'services', 'types', 'misc', 'lib'];

test('folder names say the domain', () => {
  const folders = new Set(sources.map(({ path }) => posix.dirname(path)));
  const violations = [...folders].filter((folder) => folder.split('/').some((name) => FORBIDDEN_FOLDERS.includes(name)));
  assert.deepEqual(violations, []);
});

interface DefinitionList {
  readonly index: string;
  /** Below which definitions live. */
  readonly folder: string;
  /** Types that mark an exported constant as a definition. */
  readonly types: readonly string[];
}
const LISTS: readonly DefinitionList[] = [
  { index: 'src/azure/index.ts', folder: 'src/azure/', types: ['ResourceType'] },
  { index: 'src/kinds/index.ts', folder: 'src/kinds/', types: ['Kind'] },
  { index: 'src/controllers/index.ts', folder: 'src/controllers/', types: ['Controller', 'ClusterController'] },
  { index: 'src/aks/addons/index.ts', folder: 'src/aks/addons/', types: ['Addon'] },
];

/** Names of the exported constants that are definitions, by their type annotation. */
function definitionsIn(file: SourceFile, types: readonly string[]): string[] {
  const annotated = new RegExp(`\\bexport const (\\w+)\\s*:\\s*(?:${types.join('|')})(?:<[^=]*>)?\\s*=`, 'g');
  return [...file.code.matchAll(annotated)].map((match) => match[1] ?? '');
}

for (const { index, folder, types } of LISTS) {
  test(`${index} lists every definition`, { skip: existsSync(join(root, index)) ? false : 'not there yet' }, () => {
    const list = sources.find(({ path }) => path === index);
    const listed = (list?.code ?? '').replace(/\bimport\b[^;]*;/g, '');
    const missing = sources
      .filter((file) => file.path.startsWith(folder) && file.path !== index && !file.isTest)
      .flatMap((file) => definitionsIn(file, types).map((name) => ({ file: file.path, name })))
      .filter(({ file, name }) => {
        const isImported = list?.imports.some((imported) => imported.file === file);
        return !isImported || !new RegExp(`\\b${name}\\b`).test(listed);
      });
    assert.deepEqual(missing, []);
  });
}

/** Files whose text could name a machine or a registry; binary files and what others wrote for us aside. */
const TEXT = /\.(ts|tsx|js|json|md|ya?ml|sh|tf|go|mod|tpl|html|css|txt)$|^\.[\w.]+$|^\.ci\//;
const REGISTRIES = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['proxy', 'golang', 'org'],
].map((parts) => parts.join('.'));

test('no committed file names a place on this machine or a package registry', () => {
  const places = [root, join(dirname(root), 'shared'), `${homedir()}/`].filter((place) => place.length > 3);
  const violations = listCommitted()
    .filter((path) => TEXT.test(path))
    .flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...places, ...REGISTRIES].filter((needle) => text.includes(needle)).map((needle) => `${path} names ${needle}`);
    });
  assert.deepEqual(violations, []);
});

test('the lock file says nothing about where packages came from', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string }> };
  assert.deepEqual(
    Object.entries(lock.packages)
      .filter(([, entry]) => entry.resolved !== undefined)
      .map(([path]) => path),
    [],
  );
});
