import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Outcome } from './harness.ts';

/** Makes a test of every check in the output of one of our Go programs: lines "PASS typed/Pod 35" or "FAIL typed/Pod update: …". */
export async function report(t: TestContext, { stdout, stderr, code }: Outcome): Promise<void> {
  const lines = [...stdout.matchAll(/^(PASS|FAIL) (\S+) (.*)$/gm)];
  assert.ok(lines.length > 0 && (code === 0 || code === 1), `ended with ${code}:\n${stdout}${stderr}`);
  // After the name comes the time that it took, or why it failed.
  for (const [, word, name = '', rest] of lines) await t.test(name, () => assert.ok(word === 'PASS', rest));
}
