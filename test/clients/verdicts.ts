import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Outcome } from './harness.ts';

/** Makes a test of every check in the output of one of our Go programs: lines "PASS typed/Pod 35" or "FAIL typed/Pod update: …". */
export async function report(t: TestContext, { stdout, stderr, code }: Outcome): Promise<void> {
  const lines = [...stdout.matchAll(/^(PASS|FAIL) (.*)$/gm)];
  assert.ok(lines.length > 0 && (code === 0 || code === 1), `ended with ${code}:\n${stdout}${stderr}`);
  for (const [, word, rest = ''] of lines) {
    // Names may have spaces; what follows is the time, or why it failed.
    const name = /^\S+/.exec(rest)?.[0] ?? rest;
    await t.test(name, () => assert.equal(word, 'PASS', rest));
  }
}
