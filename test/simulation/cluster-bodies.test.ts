import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../../src/aks/names.ts';
import { Arm, clusterPath } from '../scenarios/support/arm.ts';
import type { Json } from '../scenarios/support/http.ts';
import { Service } from '../scenarios/support/service.ts';
import { propertiesOf, sound, versionOf } from './support/bodies.ts';

/** A pool's members but for those that decide whether it is accepted at all. */
const poolMembers = propertiesOf(AGENT_POOLS).map(({ mode: _mode, name: _name, count: _count, ...rest }) => rest);

test('whatever is accepted comes to be: every operation ends well, and no controller fails', async (t) => {
  const service = await Service.start(t);
  const arm = await Arm.login(service);
  await arm.createGroup();
  let number = 0;
  const accepted = { created: 0, updated: 0, pools: 0 };
  const put = async (path: string, version: string, body: Json): Promise<boolean> => {
    const answer = await arm.call('PUT', `${path}?api-version=${version}`, body);
    const told = `${answer.status} ${answer.text} to ${JSON.stringify(body)}`;
    assert.ok(answer.status < 500 || answer.status === 501, told);
    if (answer.status >= 400) return false;
    assert.equal((await arm.end(answer)).status, 'Succeeded', told);
    assert.deepEqual(service.failures(), [], told);
    return true;
  };
  await fc.assert(
    fc.asyncProperty(
      propertiesOf(MANAGED_CLUSTERS),
      propertiesOf(MANAGED_CLUSTERS),
      poolMembers,
      poolMembers,
      versionOf(MANAGED_CLUSTERS),
      async (first, second, one, two, version) => {
        const path = clusterPath('rg', `c${number++}`);
        const basis = { location: 'eastus2', identity: { type: 'SystemAssigned' } };
        const agentPoolProfiles = [{ ...one, ...sound }];
        if (!(await put(path, version, { ...basis, properties: { dnsPrefix: 'demo', ...first, agentPoolProfiles } }))) return;
        accepted.created++;
        if (await put(path, version, { ...basis, tags: { a: 'b' }, properties: second })) accepted.updated++;
        if (await put(`${path}/agentPools/two`, version, { properties: { ...two, count: 1 } })) accepted.pools++;
        const credentials = await arm.call('POST', `${path}/listClusterUserCredential`);
        assert.equal(credentials.status, 200, credentials.text);
        await arm.delete(path);
      },
    ),
    { numRuns: 50 },
  );
  assert.ok(Math.min(...Object.values(accepted)) > 3, JSON.stringify(accepted));
});
