import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { finishOperation, getResource } from '../arm/estate.ts';
import type { Arm, Directory } from '../arm/resource-type.ts';
import { inGroup, testEstate } from '../arm/test-estate.ts';
import { editionsOf, maskOf } from '../arm/versions/mask.ts';
import { type Kind, shapeOf, type Table } from '../arm/versions/table.ts';
import { azureTypes } from '../azure/index.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import { aksTypes } from './index.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from './names.ts';
import type { AksPorts } from './ports.ts';

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

/** Values that a client with a bug sends, whatever is wanted. */
const odd = fc.constantFrom<Json>(
  null,
  true,
  0,
  -1,
  1e9,
  1.5,
  '',
  ' ',
  'text',
  '10.0.0.0/8',
  [],
  ['a'],
  [null],
  [{}],
  {},
  { a: 7 },
  { enabled: true },
);
const text = fc.constantFrom<Json>('', 'a', 'Standard', 'None', '1.35', '10.1.0.0/16', '/subscriptions/s', 'x'.repeat(300));

/** Something of a kind, or now and then something else; members of objects are few, so that there is a chance of being accepted. */
function sent(table: Table, kind: Kind, depth: number): fc.Arbitrary<Json> {
  const right = (): fc.Arbitrary<Json> => {
    switch (kind.form) {
      case 'list':
        return fc.array(sent(table, kind.of, depth - 1), { maxLength: 2 });
      case 'map':
        return fc.dictionary(fc.constantFrom('a', 'b', ''), sent(table, kind.of, depth - 1), { maxKeys: 2 });
      case 'shape':
        return depth > 0 ? objectOf(table, kind.name, depth - 1) : fc.constant({});
      case 'number':
        return fc.constantFrom<Json>(0, 1, 3, 30, 250, 1_000, 2 ** 31);
      case 'boolean':
        return fc.boolean();
      default:
        return text;
    }
  };
  return fc.oneof({ weight: 6, arbitrary: right() }, { weight: 1, arbitrary: odd });
}
const objectOf = (table: Table, shape: string, depth: number): fc.Arbitrary<JsonObject> => {
  const fields = [...shapeOf(table, shape)];
  const some = fc.subarray(fields, { maxLength: Math.min(3, fields.length) });
  return some.chain((chosen) => fc.record(Object.fromEntries(chosen.map(([name, { kind }]) => [name, sent(table, kind, depth)]))));
};
const propertiesOf = (type: string): fc.Arbitrary<JsonObject> => {
  const { table, shape } = maskOf(type) ?? assert.fail(type);
  return objectOf(table, shape, 4);
};

const sound = { name: 'np', count: 1, mode: 'System', vmSize: 'Standard_D4s_v5' };
const version = fc.constantFrom(...editionsOf(MANAGED_CLUSTERS), '2020-01-01', '2030-12-31-preview');

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
      fc.asyncProperty(propertiesOf(type), version, async (properties, apiVersion) => {
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
