import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, type Outcome, root, Service } from './harness.ts';

const LIMIT_MS = 600_000;

interface Verdict {
  readonly name: string;
  readonly passed: boolean;
  /** Milliseconds, or why it failed. */
  readonly rest: string;
}

/** Verdicts in the program's output: lines "PASS typed/Pod 35" or "FAIL typed/Pod update: …". */
const verdicts = (output: string): Verdict[] =>
  [...output.matchAll(/^(PASS|FAIL) (\S+) (.*)$/gm)].map(([, word, name = '', rest = '']) => ({ name, passed: word === 'PASS', rest }));

/** Runs the checks that the pattern chooses. */
async function run(service: Service, pattern: string, env: Record<string, string>): Promise<Outcome> {
  const advance = [process.execPath, join(root, 'bin/slipway.js'), 'clock', 'advance'].join(' ');
  return service.attempt(targets.go, ['-run', pattern], { env: { SLIPWAY_ADVANCE: advance, ...env }, limitMs: LIMIT_MS });
}

suite('client-go and controller-runtime', { skip: missing('az', 'go') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
    await service.createCluster('demo');
  });
  after(() => service?.stop());

  for (const [title, pattern, env] of [
    ['every check, with lists as streams', '', {}],
    ['informers that list, then watch', '^(informers|history)/', { KUBE_FEATURE_WatchListClient: 'false' }],
  ] as const) {
    test(title, async (t) => {
      const { stdout, stderr, code } = await run(service, pattern, env);
      const lines = verdicts(stdout);
      assert.ok(lines.length > 0 && (code === 0 || code === 1), `ended with ${code}:\n${stdout}${stderr}`);
      for (const { name, passed, rest } of lines) {
        await t.test(name, () => assert.ok(passed, rest));
      }
    });
  }
});
