import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../src/entra/seed.ts';
import { Home } from '../../src/server/home.ts';
import { SUBSCRIPTION_ID } from '../../src/server/installation.ts';
import { targets } from './clients.ts';
import { missing, Service } from './harness.ts';
import { report } from './verdicts.ts';

const LIMIT_MS = 300_000;

suite('Azure SDK for Go', { skip: missing('azureGo') }, () => {
  let service: Service;
  let env: Record<string, string>;
  before(async () => {
    service = await Service.start();
    env = {
      AZURE_TENANT_ID: TENANT_ID,
      AZURE_SUBSCRIPTION_ID: SUBSCRIPTION_ID,
      AZURE_CLIENT_ID: AUTOMATION_APP_ID,
      AZURE_CLIENT_SECRET: new Home(service.env['SLIPWAY_HOME'] ?? '').secret('automation-secret'),
    };
  });
  after(() => service?.stop());

  const run = (pattern: string) => service.attempt(targets.azureGo, ['-run', pattern], { env, limitMs: LIMIT_MS });
  test('through the proxy', async (t) => report(t, await run('^(groups|generic|network|identities|clusters|pools|compute|refusals)/')));
  test('credentials', async (t) => report(t, await run('^credentials/(?:client|workload|endpoint|wrong|unknown)')));
  test('the token of az', { skip: missing('az') }, async (t) => report(t, await run('^credentials/azure-cli$')));
  test('the service reported no fault of its own', () => assert.doesNotMatch(service.log, /unhandled|TypeError|at file:/i));
});
