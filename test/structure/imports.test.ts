import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Import, layerOf, root, type SourceFile, sources } from './source.ts';

/** What each layer may import besides itself (DESIGN §2). Types count: a layer that needs another's types depends on it. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  net: ['kernel'],
  arm: ['kernel', 'net'],
  kube: ['kernel', 'net'],
  entra: ['kernel', 'net'],
  azure: ['kernel', 'net', 'arm', 'entra'],
  kinds: ['kernel', 'net', 'kube'],
  controllers: ['kernel', 'net', 'kube', 'kinds'],
  aks: ['kernel', 'net', 'arm', 'kube', 'entra', 'azure', 'kinds', 'controllers'],
  capi: ['kernel', 'net', 'arm', 'kube', 'entra', 'azure', 'kinds', 'controllers'],
  engines: ['kernel'],
  server: ['kernel', 'net', 'arm', 'kube', 'entra', 'azure', 'kinds', 'controllers', 'aks', 'capi', 'engines'],
  portal: ['kernel', 'net', 'arm', 'kube', 'aks'],
};
/** Layers that must not know a cloud, and so none of the generated tables. */
const WITHOUT_TABLES = ['kernel', 'net'];

/** Why a file must not import another, undefined when it may. */
function refusal(from: SourceFile, imported: string): string | undefined {
  const layer = layerOf(from.path);
  const target = layerOf(imported);
  if (layer === undefined) return undefined;
  if (imported.startsWith('gen/')) return WITHOUT_TABLES.includes(layer) ? `${layer} knows no generated tables` : undefined;
  // The manifest is where the version stands.
  if (layer === 'server' && imported === 'package.json') return undefined;
  if (target === undefined) return from.isTest ? undefined : 'only tests reach outside src';
  if (target === layer) return refusalWithin(layer, from, imported);
  return ALLOWED[layer]?.includes(target) ? undefined : `${layer} must not import ${target}`;
}

function refusalWithin(layer: string, from: SourceFile, imported: string): string | undefined {
  const own = from.path.split('/')[2];
  const other = imported.split('/')[2];
  const isFolder = imported.split('/').length > 3;
  if (layer === 'azure' && isFolder && from.path.split('/').length > 3 && own !== other) {
    return 'a namespace refers to another by id and reads through a lookup';
  }
  if (layer === 'engines' && isFolder && own !== other && !from.isTest) return 'engines are composed by server, not by each other';
  return undefined;
}

function every(check: (file: SourceFile, imported: Import) => string | undefined): string[] {
  return sources.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const reason = check(file, imported);
      return reason ? [`${file.path}:${imported.line} imports ${imported.specifier}: ${reason}`] : [];
    }),
  );
}

test('imports follow the directions of DESIGN §2', () => {
  const violations = every((file, { file: imported }) => (imported === undefined ? undefined : refusal(file, imported)));
  assert.deepEqual(violations, []);
});

test('every folder of src has its place in the import directions', () => {
  const unknown = new Set(sources.map(({ path }) => layerOf(path)).filter((layer) => layer !== undefined && !(layer in ALLOWED)));
  assert.deepEqual([...unknown], []);
});

test('relative imports name an existing file with its extension', () => {
  const violations = every((_, { file }) =>
    file === undefined || (/\.\w+$/.test(file) && existsSync(join(root, file))) ? undefined : 'no such file',
  );
  assert.deepEqual(violations, []);
});

test('what runs in production imports production dependencies only', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
  const violations = every((file, { specifier, file: relative }) => {
    if (!file.path.startsWith('src/') || file.path.startsWith('src/portal/') || file.isTest) return undefined;
    if (relative !== undefined || isBuiltin(specifier)) return undefined;
    const name = specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/');
    return name in dependencies ? undefined : 'not among the dependencies of package.json';
  });
  assert.deepEqual(violations, []);
});

/** Groups of files that reach each other, by Tarjan's algorithm. Types count, or a cycle would come back with the first value. */
function findCycles(): string[][] {
  const graph = new Map(sources.map((file) => [file.path, file.imports.flatMap(({ file: imported }) => (imported ? [imported] : []))]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): number => {
    const own = index.size;
    index.set(path, own);
    low.set(path, own);
    stack.push(path);
    for (const next of graph.get(path) ?? []) {
      if (!graph.has(next)) continue;
      const reached = index.has(next) ? (stack.includes(next) ? (index.get(next) ?? own) : own) : visit(next);
      low.set(path, Math.min(low.get(path) ?? own, reached));
    }
    const lowest = low.get(path) ?? own;
    if (lowest === own) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1 || graph.get(path)?.includes(path)) cycles.push(group.sort());
    }
    return lowest;
  };
  for (const path of graph.keys()) if (!index.has(path)) visit(path);
  return cycles;
}

test('no import cycles', () => assert.deepEqual(findCycles(), []));
