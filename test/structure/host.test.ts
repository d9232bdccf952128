import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerOf, lineOf, type SourceFile, sources } from './source.ts';

/** The simulated world: all that happens there must come from its clock, its randomness and its inputs (DESIGN §2 rule 3, §5). */
const HOST_LAYERS = ['engines', 'server', 'portal'];
const SYNCHRONOUS_LAYERS = ['kernel', 'net', 'azure', 'kinds', 'controllers', 'aks', 'capi'];

const simulated = sources.filter((file) => {
  const layer = layerOf(file.path);
  return layer !== undefined && !HOST_LAYERS.includes(layer) && !file.isTest;
});

/** Hashing is a pure function; Node's is the fast one. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = { 'src/kernel/hash.ts': ['node:crypto'] };
/** Ports whose other side may answer later; the types that say so live in the kernel. */
const MAY_NAME_PROMISE = ['src/kernel/http.ts', 'src/kernel/journal.ts'];

const HOST_USE: readonly [what: string, pattern: RegExp][] = [
  ['the host clock', /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w$])Date\(\s*\)|\bperformance\.now\b/g],
  ['host randomness', /\bMath\.random\b|\bcrypto\.(?:getRandomValues|randomUUID)\b/g],
  ['the process', /(?<![.\w$])(?:globalThis\.)?process\.\w/g],
  ['a host timer', /(?<![.\w$])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/g],
  ['the network', /(?<![.\w$])fetch\s*\(/g],
];

function find(file: SourceFile, what: string, pattern: RegExp): string[] {
  return [...file.code.matchAll(pattern)].map((match) => `${file.path}:${lineOf(file.code, match.index)} uses ${what}: ${match[0].trim()}`);
}

test('only engines, server, tools and tests use the host', () => {
  const violations = simulated.flatMap((file) => HOST_USE.flatMap(([what, pattern]) => find(file, what, pattern)));
  assert.deepEqual(violations, []);
});

test('only engines, server, tools and tests import node: modules', () => {
  const violations = simulated.flatMap((file) =>
    file.imports
      .filter(({ specifier }) => specifier.startsWith('node:') && !MAY_IMPORT[file.path]?.includes(specifier))
      .map(({ specifier, line }) => `${file.path}:${line} imports ${specifier}`),
  );
  assert.deepEqual(violations, []);
});

test('the core is synchronous', () => {
  const violations = simulated
    .filter((file) => SYNCHRONOUS_LAYERS.includes(layerOf(file.path) ?? ''))
    .flatMap((file) => [
      ...find(file, 'async', /(?<![.\w$])(?:async|await)(?=\s+[\w(*{[])|(?<![.\w$])async\s*\(/g),
      ...(MAY_NAME_PROMISE.includes(file.path) ? [] : find(file, 'Promise', /(?<!instanceof )\bPromise(?:Like)?\b/g)),
    ]);
  assert.deepEqual(violations, []);
});
