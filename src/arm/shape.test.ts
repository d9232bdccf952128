import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkShape, shapeOf, withoutReadOnly } from './shape.ts';

const cluster = shapeOf('microsoft.containerservice/ManagedClusters') ?? assert.fail();

test('what only the service writes is taken out at every depth, unknown members stay', () => {
  const sent = {
    provisioningState: 'Succeeded',
    fqdn: 'x',
    dnsPrefix: 'd',
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', currentOrchestratorVersion: '1.33.1', count: 1 }],
    addonProfiles: { azurepolicy: { enabled: true, identity: { clientId: 'c' } } },
  };
  assert.deepEqual(withoutReadOnly(cluster, sent), {
    dnsPrefix: 'd',
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', count: 1 }],
    addonProfiles: { azurepolicy: { enabled: true } },
  });
});

test('members of the wrong kind are all named', () => {
  const errors = checkShape(
    cluster,
    {
      kubernetesVersion: 1.33,
      enableRBAC: 'yes',
      dnsPrefix: null,
      agentPoolProfiles: [{ count: '3' }],
      networkProfile: [],
      addonProfiles: 7,
    },
    'properties',
  );
  assert.deepEqual(
    errors.map((error) => error.path),
    [
      'properties.kubernetesVersion',
      'properties.enableRBAC',
      'properties.agentPoolProfiles[0].count',
      'properties.networkProfile',
      'properties.addonProfiles',
    ],
  );
  assert.match(errors[0]?.detail ?? '', /cannot unmarshal number into Go struct field properties\.kubernetesVersion of type string/);
});

test('a type without a shape takes anything', () => {
  assert.equal(shapeOf('Contoso.Test/boxes'), undefined);
  assert.deepEqual(checkShape('NoSuchShape', { a: 1 }, 'properties'), []);
});
