import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const MODULE = JSON.stringify(new URL('./idle-collection.ts', import.meta.url).href);

/** In a process of its own, since everything that a test process does moves its heap. Prints MB freed once the process rests. */
const PROGRAM = `
  import { collectWhenIdle } from ${MODULE};
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

/** Prints how often it was collected while the process was at work, and then once it rested. */
const BUSY_PROGRAM = `
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  import { collectWhenIdle } from ${MODULE};
  let asked = 0;
  let forced = 0;
  let isAtRest = false;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) forced++;
  }).observe({ entryTypes: ['gc'] });
  collectWhenIdle(5, 0, { begin() {}, isAtRest() { asked++; return isAtRest; } });
  const until = async (condition) => { while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5)); };
  await until(() => asked > 5);
  const atWork = forced;
  isAtRest = true;
  await until(() => forced > 0);
  console.log(JSON.stringify([atWork, forced > 0]));
  process.exit(0);
`;

test('a process at work is not stopped for it', () => {
  const counts = execFileSync(process.execPath, ['--input-type=module', '--eval', BUSY_PROGRAM], { encoding: 'utf8', timeout: 50_000 });
  assert.deepEqual(JSON.parse(counts), [0, true]);
});

test('what a burst leaves behind is freed once the process rests', () => {
  const freed = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], { encoding: 'utf8', timeout: 50_000 });
  assert.ok(Number(freed) >= 10, freed);
});
