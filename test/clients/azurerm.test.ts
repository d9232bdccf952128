import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../src/entra/seed.ts';
import { Home } from '../../src/server/home.ts';
import { SUBSCRIPTION_ID } from '../../src/server/installation.ts';
import { targets } from './clients.ts';
import { missing, type Outcome, Service } from './harness.ts';
import { report } from './verdicts.ts';

const LIMIT_MS = 600_000;

suite('the libraries of Terraform’s azurerm provider', { skip: missing('azurerm') }, () => {
  let service: Service;
  before(async () => {
    service = await Service.start();
  });
  after(() => service?.stop());

  /** Runs the checks that the pattern chooses, with what a provider block or the environment says of the caller. */
  const run = (pattern: string, env: Record<string, string>): Promise<Outcome> =>
    service.attempt(targets.azurerm, ['-run', pattern], {
      env: { ARM_SUBSCRIPTION_ID: SUBSCRIPTION_ID, ARM_TENANT_ID: TENANT_ID, ...env },
      limitMs: LIMIT_MS,
    });
  const principal = (): Record<string, string> => ({
    ARM_CLIENT_ID: AUTOMATION_APP_ID,
    ARM_CLIENT_SECRET: new Home(service.env['SLIPWAY_HOME'] ?? '').secret('automation-secret'),
  });

  test('with a service principal', async (t) => report(t, await run('', principal())));
  test('with the token of az', { skip: missing('az') }, async (t) => report(t, await run('^(start|group|identity)/', {})));
  test('at an endpoint that it is told of', async (t) => {
    // The listener is both: the proxy, and the cloud itself.
    const ARM_METADATA_HOSTNAME = `localhost:${new URL(service.env['HTTPS_PROXY'] ?? '').port}`;
    await report(t, await run('^(start|group|role)/|^cluster/system', { ...principal(), ARM_METADATA_HOSTNAME }));
  });
  test('the service reported no fault of its own', () => assert.doesNotMatch(service.log, /unhandled|TypeError|at file:/i));
});
