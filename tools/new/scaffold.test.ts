import assert from 'node:assert/strict';
import { test } from 'node:test';
import { camel, type KnownResource, newAddon, newController, newKind, newType } from './scaffold.ts';

const known: KnownResource[] = [
  {
    group: 'apps',
    version: 'v1',
    resource: 'statefulsets',
    kind: 'StatefulSet',
    namespaced: true,
    shortNames: ['sts'],
    subresources: ['scale', 'status'],
  },
  { group: '', version: 'v1', resource: 'limitranges', kind: 'LimitRange', namespaced: true, subresources: [] },
];

test('camel keeps acronyms together', () => {
  for (const [name, expected] of [
    ['StatefulSet', 'statefulSet'],
    ['CSIDriver', 'csiDriver'],
    ['IPAddress', 'ipAddress'],
    ['Pod', 'pod'],
    ['virtualNetworks', 'virtualNetworks'],
  ] as const) {
    assert.equal(camel(name), expected);
  }
});

test('a kind takes its names from what Kubernetes publishes', () => {
  const { files, list } = newKind('apps/statefulset', known);
  assert.deepEqual(
    files.map(({ path }) => path),
    ['src/kinds/apps/statefulset.ts', 'src/kinds/apps/statefulset.test.ts'],
  );
  for (const line of [/kind: 'StatefulSet'/, /resource: 'statefulsets'/, /shortNames: \['sts'\]/, /namespaced: true/, /status: true/]) {
    assert.match(files[0]?.text ?? '', line);
  }
  assert.deepEqual(list, { path: 'src/kinds/index.ts', name: 'statefulSet', from: './apps/statefulset.ts' });
});

test('the core group has the folder "core" and the name ""', () => {
  const [file] = newKind('core/LimitRange', known).files;
  assert.match(file?.text ?? '', /group: ''/);
  assert.equal(file?.path, 'src/kinds/core/limitrange.ts');
  assert.throws(() => newKind('apps/Nothing', known), /no built-in kind/);
});

test('a resource type is named in the singular and by its namespace', () => {
  const cases: [string, string, string][] = [
    ['Microsoft.Network/virtualNetworks', 'src/azure/network/virtual-network.ts', 'virtualNetwork'],
    ['Microsoft.Network/publicIPAddresses', 'src/azure/network/public-ipaddress.ts', 'publicIPAddress'],
    ['Microsoft.ContainerRegistry/registries', 'src/azure/container-registry/registry.ts', 'registry'],
    ['Microsoft.Network/virtualNetworks/subnets', 'src/azure/network/subnet.ts', 'subnet'],
  ];
  for (const [name, path, constant] of cases) {
    const { files, list } = newType(name);
    assert.equal(files[0]?.path, path);
    assert.equal(list.name, constant);
  }
  assert.throws(() => newType('virtualNetworks'), /namespace/);
});

test('controllers and add-ons', () => {
  assert.equal(newController('root-ca').list.name, 'rootCaController');
  assert.equal(newAddon('azure-policy').list.name, 'azurePolicy');
  assert.throws(() => newController('Root CA'), /lower case/);
  assert.throws(() => newAddon('../x'), /lower case/);
});
