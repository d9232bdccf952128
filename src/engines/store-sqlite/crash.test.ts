import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../kernel/random.ts';
import { recover } from './recover.ts';
import { scratchDir } from './scratch.ts';

const RUNS = 50;

/** Runs the storm on `file` and kills it so many ms after it said `word`. Returns what it said. */
async function stormUntilKilled(file: string, word: 'started' | 'durable', delayMs: number): Promise<{ started: number; durable: number }> {
  const child = spawn(process.execPath, [new URL('./crash.child.ts', import.meta.url).pathname, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const closed = once(child, 'close');
  while (!said.includes(word)) await Promise.race([once(child.stdout, 'data'), closed]);
  await sleep(delayMs);
  child.kill('SIGKILL');
  await closed;
  const durable = [...said.matchAll(/durable (\d+)\n/g)].map((match) => Number(match[1]));
  return { started: Number(/started (\d+)/.exec(said)?.[1]), durable: Math.max(0, ...durable) };
}

/** Kills one world again and again. Returns how many of the runs lived long enough to acknowledge something. */
async function killRepeatedly(file: string, runs: number, random: Random): Promise<number> {
  let kept = 0;
  let acknowledgedRuns = 0;
  for (let run = 0; run < runs; run++) {
    const { started, durable } = await stormUntilKilled(file, run % 3 === 0 ? 'started' : 'durable', random.below(30));
    assert.ok(started >= kept, `run ${run} started at ${started}, behind ${kept}`);
    if (durable > 0) acknowledgedRuns++;
    const { revision, entries } = recover(file, {});
    assert.ok(revision >= durable, `run ${run}: ${durable} was acknowledged, ${revision} is left`);
    const values = new Map([...entries].map(({ entry }) => [entry.key, entry.value as { n: number }]));
    if (revision > 1) {
      const a = values.get('a')?.n;
      assert.equal(values.get('b')?.n, a, `run ${run}: half a commit`);
      assert.equal(revision, (a as number) + 2, `run ${run}: a torn commit`);
    }
    kept = revision;
  }
  return acknowledgedRuns;
}

test(`kill -9 in a storm of commits, ${RUNS} times: nothing acknowledged is lost, nothing half-written`, async () => {
  const dir = scratchDir();
  const worlds = [1, 2].map((n) => killRepeatedly(join(dir, `${n}.sqlite`), RUNS / 2, new Random(`crash ${n}`)));
  const acknowledgedRuns = (await Promise.all(worlds)).reduce((sum, n) => sum + n, 0);
  assert.ok(acknowledgedRuns > RUNS / 2, `only ${acknowledgedRuns} runs lived long enough to tell`);
});
