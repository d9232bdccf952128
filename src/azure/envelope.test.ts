import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Directory } from '../arm/resource-type.ts';
import { inGroup, testEstate } from '../arm/test-estate.ts';
import type { Json } from '../kernel/json.ts';
import { azureTypes } from './index.ts';

const directory: Directory = {
  addManagedIdentity: () => undefined,
  removeManagedIdentity: () => undefined,
  groupsOf: () => [],
  kindOf: () => undefined,
};
/** Types that stand right in a group, and so can be asked for without anything else. */
const types = azureTypes(directory).filter(
  ({ name, scope }) => name.split('/').length === 2 && (scope ?? 'resourceGroup') === 'resourceGroup',
);

/** Values of every type, where clients with a bug put them. */
const odd: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  null,
  true,
  7,
  '',
  'text',
  [],
  ['a'],
  [7],
  [null],
  {},
  { a: 7 },
  { name: 7 },
  { type: 7 },
  { type: 'None' },
);
const plain = { location: 'eastus2', sku: { name: 'Standard', tier: 'Standard', capacity: 1 }, properties: {} };
/** One or two members of a sound body are not what they should be. */
const envelope = fc
  .dictionary(
    fc.constantFrom(
      ...['location', 'tags', 'sku', 'identity', 'zones', 'kind', 'managedBy', 'plan', 'extendedLocation', 'properties'],
      ...['sku.name', 'sku.tier', 'sku.capacity', 'identity.type', 'identity.userAssignedIdentities', 'tags.a'],
    ),
    odd,
    { minKeys: 1, maxKeys: 2 },
  )
  .map((wrong) => {
    const body: { [name: string]: Json } = { ...plain };
    for (const [path, value] of Object.entries(wrong)) {
      const [name = '', member] = path.split('.');
      const inner =
        name === 'identity'
          ? { type: 'UserAssigned', userAssignedIdentities: { '/subscriptions/s': {} } }
          : name === 'sku'
            ? plain.sku
            : {};
      body[name] = member === undefined ? value : { ...inner, [member]: value };
    }
    return body;
  });

test('whatever stands where, a write is done or refused with an error of ARM’s, never a defect', async () => {
  const estate = testEstate(azureTypes(directory));
  await estate.done('PUT', inGroup('rg'), { location: 'eastus2' });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...types), fc.constantFrom('PUT', 'PATCH'), envelope, async (type, method, body: Json) => {
      const { status, body: answer } = await estate.done(method, inGroup('rg', `${type.name}/thing`), body);
      const code = (answer['error'] as { code?: string } | undefined)?.code;
      assert.ok(
        status < 500 || code === 'NotImplemented',
        `${method} ${type.name} ${JSON.stringify(body)}: ${status} ${JSON.stringify(answer)}`,
      );
      if (status >= 400) assert.equal(typeof code, 'string');
    }),
    { numRuns: 1_500 },
  );
});
