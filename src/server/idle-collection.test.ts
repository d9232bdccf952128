import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { collectWhenIdle } from './idle-collection.ts';

const usedMb = () => {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
};

/** Lives through a few collections, so that only a full one frees it once it is dropped. */
function burst(): void {
  const kept: unknown[] = [];
  for (let i = 0; i < 400_000; i++) kept.push({ i, text: `text ${i}` });
  kept.length = 0;
}

test('what a burst leaves behind is freed once the process rests', async () => {
  const stop = collectWhenIdle(50, 1);
  try {
    burst();
    const afterBurstMb = usedMb();
    for (const limitMs = performance.now() + 10_000; usedMb() > afterBurstMb - 10 && performance.now() < limitMs; ) await delay(20);
    assert.ok(usedMb() < afterBurstMb - 10, `${afterBurstMb} MB, and at rest ${usedMb()}`);
  } finally {
    stop();
  }
});
