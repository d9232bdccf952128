import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at } from '../arm/merge.ts';
import { setProfile } from '../arm/profile.ts';
import { inGroup, testEstate } from '../arm/test-estate.ts';
import { virtualNetwork } from './network/virtual-network.ts';

const vnet = inGroup('rg', 'Microsoft.Network/virtualNetworks/vn');
const body = { location: 'eastus2', properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } };
const AT_ONCE = 'x-go-azure-sdk-skip-polling-delay';

/** An estate in which each pause before an answer takes so long. */
async function pausing(pauseMs: number) {
  let pauses = 0;
  const made = testEstate([virtualNetwork], {
    pause: () => {
      pauses++;
      made.world.advanceTo(made.world.nowMs + pauseMs);
      return Promise.resolve();
    },
  });
  await made.done('PUT', inGroup('rg'), { location: 'eastus2' });
  made.world.transact((tx) => setProfile(tx, 'realistic'));
  const put = await made.call('PUT', vnet, body);
  const url = new URL(String(put.headers['azure-asyncoperation']));
  return { ...made, put, operation: url.pathname + url.search, pausesSince: () => pauses };
}

test('a poll looks again after its pause, so that what ends meanwhile is told at once', async () => {
  const { call, put, operation, pausesSince } = await pausing(60_000);
  assert.equal(put.headers[AT_ONCE], 'true', 'azurerm need not wait before its first poll');
  assert.equal((await call('GET', operation)).body['status'], 'Succeeded');
  assert.equal((await call('GET', operation)).body['status'], 'Succeeded');
  assert.equal(pausesSince(), 1, 'what has ended is told without a pause');
  const gone = await call('DELETE', vnet);
  assert.equal(gone.status, 202);
  assert.equal(gone.headers[AT_ONCE], 'true');
  assert.equal((await call('GET', vnet)).status, 404);
  assert.equal(pausesSince(), 2);
});

test('what still runs after the pause is told as it is, after one pause each time', async () => {
  const { call, operation, world, pausesSince } = await pausing(1);
  assert.equal((await call('GET', vnet)).status, 200);
  assert.equal(pausesSince(), 0, 'who reads what is being made is no poller');
  for (const polls of [1, 2]) {
    const poll = await call('GET', operation);
    assert.deepEqual([poll.body['status'], poll.headers['retry-after'], poll.headers[AT_ONCE]], ['InProgress', '1', undefined]);
    assert.equal(pausesSince(), polls);
  }
  world.advanceTo(world.nowMs + 60_000);
  await call('DELETE', vnet);
  const shown = await call('GET', vnet);
  assert.deepEqual([shown.status, at(shown.body, 'properties.provisioningState')], [200, 'Deleting']);
  assert.equal(pausesSince(), 3, 'pollers of a delete have no delay of their own');
});
