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
  /** Files that may hold a definition. */
  readonly files: RegExp;
  /** Types that mark an exported constant (annotation) or a factory's result (return type) as a definition. */
  readonly types: readonly string[];
}
const LISTS: readonly DefinitionList[] = [
  { index: 'src/azure/index.ts', files: /^src\/azure\/[^/]+\/[^/]+\.ts$/, types: ['ResourceType'] },
  { index: 'src/kinds/index.ts', files: /^src\/kinds\/[^/]+\/[^/]+\.ts$/, types: ['Kind'] },
  { index: 'src/controllers/index.ts', files: /^src\/controllers\/[^/]+\/[^/]+\.ts$/, types: ['Controller', 'ClusterController'] },
  { index: 'src/aks/addons/index.ts', files: /^src\/aks\/addons\/[^/]+\.ts$/, types: ['Addon', 'AddOn'] },
];

/** Names that a file exports as definitions. */
function definitionsIn(file: SourceFile, types: readonly string[]): string[] {
  const type = `(?:${types.join('|')})(?:<[^=]*>)?`;
  const constants = file.code.matchAll(new RegExp(`\\bexport const (\\w+)\\s*:\\s*(?:readonly\\s+)?${type}(?:\\[\\])?\\s*=`, 'g'));
  const factories = file.code.matchAll(new RegExp(`\\bexport function (\\w+)\\([^{]*\\)\\s*:\\s*${type}\\s*\\{`, 'g'));
  const satisfying = file.code.matchAll(new RegExp(`\\bexport const (\\w+)\\s*=[^;]*?\\bsatisfies ${type}\\s*;`, 'g'));
  return [...constants, ...factories, ...satisfying].map((match) => match[1] ?? '');
}

for (const { index, files, types } of LISTS) {
  test(`${index} lists every definition`, { skip: existsSync(join(root, index)) ? false : 'not there yet' }, () => {
    const list = sources.find(({ path }) => path === index);
    const listed = (list?.code ?? '').replace(/\bimport\b[^;]*;/g, '');
    const missing = sources
      .filter((file) => files.test(file.path) && file.path !== index && !file.isTest)
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
