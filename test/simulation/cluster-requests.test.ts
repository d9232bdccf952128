import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aksTypes } from '../../src/aks/index.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../../src/aks/names.ts';
import type { AksPorts } from '../../src/aks/ports.ts';
import { finishOperation, getResource } from '../../src/arm/estate.ts';
import type { Arm, Directory } from '../../src/arm/resource-type.ts';
import { inGroup, testEstate } from '../../src/arm/test-estate.ts';
import { azureTypes } from '../../src/azure/index.ts';
import type { JsonObject } from '../../src/kernel/json.ts';
import { propertiesOf, sound, versionOf } from './support/bodies.ts';

const directory: Directory = {
  addManagedIdentity: () => undefined,
  removeManagedIdentity: () => undefined,
  groupsOf: () => [],
  kindOf: () => undefined,
};

/** Clusters as far as ARM goes: nobody brings them up. */
async function estate() {
  let arm: Arm | undefined;
  const nobody = () => assert.fail('no cluster is opened');
  const ports: AksPorts = {
    arm: () => arm ?? assert.fail(),
    may: () => false,
    open: nobody,
    endpoint: nobody,
    authorityHost: nobody,
    issueClient: nobody,
  };
  const made = testEstate([...azureTypes(directory), ...aksTypes(ports)]);
  arm = made.arm;
  await made.done('PUT', inGroup('rg'), { location: 'eastus2' });
  return made;
}

for (const [what, type, path] of [
  ['cluster', MANAGED_CLUSTERS, inGroup('rg', `${MANAGED_CLUSTERS}/c`)],
  ['pool', AGENT_POOLS, inGroup('rg', `${MANAGED_CLUSTERS}/whole/agentPools/np`)],
] as const)
  test(`whatever a ${what}’s body holds, in whichever version, it is taken or refused with an error of Azure’s`, async () => {
    const made = await estate();
    const basis = { location: 'eastus2', identity: { type: 'SystemAssigned' } };
    const whole = await made.call('PUT', inGroup('rg', `${MANAGED_CLUSTERS}/whole`), {
      ...basis,
      properties: { dnsPrefix: 'whole', agentPoolProfiles: [sound] },
    });
    assert.equal(whole.status, 201, whole.text);
    const settle = (id: string): void =>
      made.world.transact((tx) => finishOperation(tx, getResource(tx, id)?.operation ?? assert.fail(id)));
    settle(inGroup('rg', `${MANAGED_CLUSTERS}/whole`));
    let taken = 0;
    let n = 0;
    await fc.assert(
      fc.asyncProperty(propertiesOf(type), versionOf(MANAGED_CLUSTERS), async (properties, apiVersion) => {
        const id = what === 'cluster' ? `${path}${n++}` : `${path}${n++ % 5}`;
        const body =
          what === 'cluster' ? { ...basis, properties: { dnsPrefix: 'demo', agentPoolProfiles: [sound], ...properties } } : { properties };
        const answer = await made.call('PUT', `${id}?api-version=${apiVersion}`, body);
        const code = (answer.body['error'] as JsonObject | undefined)?.['code'];
        assert.ok(answer.status < 500 || answer.status === 501, `${answer.status} ${answer.text} for ${JSON.stringify(body)}`);
        if (answer.status >= 400) assert.equal(typeof code, 'string');
        else {
          taken++;
          settle(id);
          const shown = await made.call('GET', `${id}?api-version=${apiVersion}`);
          assert.equal(shown.status, 200, shown.text);
          assert.equal((await made.call('GET', `${id}?api-version=2026-05-01`)).status, 200);
        }
      }),
      { numRuns: 300 },
    );
    assert.ok(taken > 20, `only ${taken} were taken`);
  });
