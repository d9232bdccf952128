import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFiles, root, sources } from './source.ts';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
}
interface Manifest {
  readonly scripts?: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly optionalDependencies: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockEntry> };
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** Packages that a released Slipway loads: neither development's nor the pinned Node itself. */
const production = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev && !entry.optional);

test('production dependencies have no install scripts and no native code', () => {
  const violations = production.flatMap(([path, entry]) => {
    const scripted = entry.hasInstallScript ? [`${path} has an install script`] : [];
    const native = listFiles(path, (file) => /\.(node|gyp)$/.test(file)).map((file) => `${file} is native`);
    return [...scripted, ...native];
  });
  assert.ok(production.length > 0);
  assert.deepEqual(violations, []);
});

test('production dependencies have a permissive licence', () => {
  const permissive = /^\(?(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|0BSD|BlueOak-1\.0\.0|Unlicense)\b/;
  const violations = production
    .filter(([, entry]) => !permissive.test(entry.license ?? ''))
    .map(([path, entry]) => `${path}: ${entry.license}`);
  assert.deepEqual(violations, []);
});

test('direct dependencies are pinned to one version, and DEPENDENCIES.md says why each is there', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const document = readFileSync(join(root, 'DEPENDENCIES.md'), 'utf8');
  const violations = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(([name, version]) => [
    ...(/^\d+\.\d+\.\d+$/.test(version) ? [] : [`${name}: "${version}" is a range`]),
    ...(document.includes(`\`${name}\``) ? [] : [`${name} is not explained`]),
  ]);
  assert.deepEqual(violations, []);
});

test('every production dependency is used', () => {
  const imported = new Set(
    sources
      .filter(({ path, isTest }) => path.startsWith('src/') && !isTest)
      .flatMap(({ imports }) => imports.map(({ specifier }) => specifier)),
  );
  const isUsed = (name: string) => [...imported].some((specifier) => specifier === name || specifier.startsWith(`${name}/`));
  assert.deepEqual(
    Object.keys(manifest.dependencies).filter((name) => !isUsed(name)),
    [],
  );
});

test('what is installed is what the lock file says', () => {
  const installed = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as typeof lock;
  const violations = production
    .filter(([path, entry]) => !existsSync(join(root, path)) || installed.packages[path]?.version !== entry.version)
    .map(([path]) => path);
  assert.deepEqual(violations, []);
});
