import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { targets } from './clients.ts';
import { missing, type Outcome, root, Service } from './harness.ts';
import { report } from './verdicts.ts';

const LIMIT_MS = 600_000;

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
    test(title, async (t) => report(t, await run(service, pattern, env)));
  }
});
