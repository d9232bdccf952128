import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { root } from './source.ts';

/** The type check and the lint of `npm run check`, so that `npm test` alone says whether a change is good. */
const tools: readonly [name: string, args: readonly string[]][] = [
  ['types', ['node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false']],
  [
    'lint and format',
    ['node_modules/@biomejs/biome/bin/biome', 'check', '--colors=off', '--diagnostic-level=error', '--max-diagnostics=50'],
  ],
];

for (const [name, args] of tools) {
  test(name, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    assert.ok(status === 0, `${stdout}${stderr}`);
  });
}
