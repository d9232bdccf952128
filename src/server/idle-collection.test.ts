import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

/** In a process of its own, since everything that a test process does moves its heap. Prints MB freed once the process rests. */
const PROGRAM = `
  import { collectWhenIdle } from ${JSON.stringify(new URL('./idle-collection.ts', import.meta.url).href)};
  const used = () => { const { heapUsed, external } = process.memoryUsage(); return (heapUsed + external) / 2 ** 20; };
  collectWhenIdle(50, 1);
  let kept = [];
  for (let i = 0; i < 400_000; i++) kept.push({ i, text: 'text ' + i });
  kept = undefined;
  const before = used();
  while (used() > before - 10) await new Promise((resolve) => setTimeout(resolve, 20));
  console.log(Math.round(before - used()));
  process.exit(0);
`;

test('what a burst leaves behind is freed once the process rests', () => {
  const freed = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8', timeout: 50_000 });
  assert.ok(Number(freed) >= 10, freed);
});
