import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { accept } from './accept.ts';
import { check } from './check.ts';
import { editionsOf, type Mask, maskOf } from './mask.ts';
import { preserve } from './preserve.ts';
import { show } from './show.ts';
import { shapeOf } from './table.ts';

const CLUSTER = 'microsoft.containerservice/ManagedClusters';
const POOL = 'Microsoft.ContainerService/managedClusters/agentPools';
const cluster = (version?: string): Mask => maskOf(CLUSTER, version) ?? assert.fail();
const nearest = (version: string): string => editionsOf(CLUSTER)[Math.log2(cluster(version).own)] ?? '';

test('any api-version is that of the nearest known one', () => {
  for (const known of editionsOf(CLUSTER)) assert.equal(nearest(known), known);
  assert.equal(nearest('2019-04-01'), '2022-04-01');
  assert.equal(nearest('2030-01-01'), editionsOf(CLUSTER).at(-1));
  assert.equal(nearest('2024-05-01'), '2024-07-01');
  assert.equal(nearest('2024-02-31'), '2024-02-01', 'a day that there is not');
  assert.equal(nearest('2026-03-02-preview'), '2026-04-01');
});

test('a version shows what it knows, and what no version knows', () => {
  const properties = {
    dnsPrefix: 'd',
    bootstrapProfile: { artifactSource: 'Direct' },
    networkProfile: { networkPlugin: 'azure', networkDataplane: 'azure', advancedNetworking: { enabled: true } },
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', count: 1, upgradeSettings: { maxSurge: '10%', drainTimeoutInMinutes: 30 } }],
  };
  assert.deepEqual(show(cluster('2022-04-01'), properties), {
    dnsPrefix: 'd',
    networkProfile: { networkPlugin: 'azure' },
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', count: 1, upgradeSettings: { maxSurge: '10%' } }],
  });
  assert.equal(show(cluster('2026-06-01'), properties), properties, 'what is shown whole is shared');
});

test('a preview shows what earlier previews brought and no stable version has', () => {
  const properties = { networkProfile: { kubeProxyConfig: { enabled: true } } };
  assert.equal(show(cluster('2026-03-02-preview'), properties), properties);
  assert.deepEqual(show(cluster('2026-04-01'), properties), { networkProfile: {} });
});

test('what only the service writes is taken out at every depth, unknown members stay', () => {
  const sent = {
    provisioningState: 'Succeeded',
    fqdn: 'x',
    dnsPrefix: 'd',
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', currentOrchestratorVersion: '1.33.1', count: 1 }],
    addonProfiles: { azurepolicy: { enabled: true, identity: { clientId: 'c' } } },
  };
  const stored = {
    dnsPrefix: 'd',
    fromTheFuture: { a: 1 },
    agentPoolProfiles: [{ name: 'np', count: 1 }],
    addonProfiles: { azurepolicy: { enabled: true } },
  };
  for (const version of [undefined, '2022-04-01', '2026-04-01']) assert.deepEqual(accept(cluster(version), sent), stored);
  assert.equal(accept(cluster(), stored), stored, 'what changes nothing is shared');
});

test('enum values are stored in their own casing and refused when unknown', () => {
  const mask = cluster('2026-04-01');
  const sent = { networkProfile: { outboundType: 'LOADBALANCER', ipFamilies: ['ipv4'] } };
  assert.deepEqual(check(mask, sent, 'properties'), []);
  assert.deepEqual(accept(mask, sent), { networkProfile: { outboundType: 'loadBalancer', ipFamilies: ['IPv4'] } });
  const [error, ...rest] = check(mask, { networkProfile: { outboundType: 'pigeon' } }, 'properties');
  assert.deepEqual(rest, []);
  assert.equal(error?.path, 'networkProfile.outboundType');
  assert.match(error?.detail ?? '', /'pigeon' is not one of the allowed values: loadBalancer, /);
  const later = { networkProfile: { outboundType: 'none' } };
  assert.deepEqual(check(cluster('2022-04-01'), later, 'properties'), [], 'a client of an old version puts back what it read');
});

test('members of the wrong kind are all named', () => {
  const sent = {
    kubernetesVersion: 1.33,
    enableRBAC: 'yes',
    dnsPrefix: null,
    agentPoolProfiles: [{ count: '3' }],
    networkProfile: [],
    addonProfiles: 7,
  };
  const errors = check(cluster('2026-04-01'), sent, 'properties');
  assert.deepEqual(
    errors.map((error) => error.path),
    ['kubernetesVersion', 'enableRBAC', 'agentPoolProfiles[0].count', 'networkProfile', 'addonProfiles'].map(
      (name) => `properties.${name}`,
    ),
  );
  assert.match(errors[0]?.detail ?? '', /cannot unmarshal number into Go struct field properties\.kubernetesVersion of type string/);
});

test('providers in C# take text for numbers and the reverse, and say what they cannot take', () => {
  const mask = maskOf('Microsoft.Network/networkSecurityGroups/securityRules', '2024-07-01') ?? assert.fail();
  const sent = { priority: '100', destinationPortRange: 443, protocol: 'tcp', access: 'allow' };
  assert.deepEqual(check(mask, sent, 'properties'), []);
  assert.deepEqual(accept(mask, sent), { priority: 100, destinationPortRange: '443', protocol: 'Tcp', access: 'Allow' });
  const [error] = check(mask, { priority: 'first' }, 'properties');
  assert.equal(error?.code, 'InvalidRequestFormat');
  assert.match(error?.detail ?? '', /Error converting value "first" to type 'System\.Int32'\. Path 'properties\.priority'/);
});

test('a PUT onto what is stored merges objects, and takes labels and lists whole', () => {
  const mask = maskOf(POOL, '2026-04-01') ?? assert.fail();
  const stored = {
    count: 1,
    nodeLabels: { a: 'b' },
    nodeTaints: ['x'],
    upgradeSettings: { maxSurge: '10%', drainTimeoutInMinutes: 30 },
    ours: { a: 1 },
    gone: 1,
  };
  const sent = { nodeLabels: { c: 'd' }, nodeTaints: [], upgradeSettings: { maxSurge: '1' }, ours: { b: 2 }, gone: null };
  assert.deepEqual(preserve(mask, stored, sent), {
    count: 1,
    nodeLabels: { c: 'd' },
    nodeTaints: [],
    upgradeSettings: { maxSurge: '1', drainTimeoutInMinutes: 30 },
    ours: { a: 1, b: 2 },
  });
});

test('a type without a shape has no mask', () => assert.equal(maskOf('Contoso.Test/boxes', '2024-01-01'), undefined));

test('any well-formed version and any JSON: nothing invented, nothing lost but what other versions know', () => {
  const date = fc
    .date({ min: new Date('2014-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10));
  const names = fc.constantFrom('fqdn', 'dnsPrefix', 'agentPoolProfiles', 'networkProfile', 'addonProfiles', 'count', 'other');
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(names, tie('value'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(date, fc.boolean(), fc.dictionary(names, value), (day, preview, properties) => {
      const mask = cluster(day + (preview ? '-preview' : ''));
      const body = JSON.parse(JSON.stringify(properties));
      const once = show(mask, body);
      assert.deepEqual(show(mask, once), once);
      assert.deepEqual(accept(mask, accept(mask, body)), accept(mask, body));
      assert.deepEqual(once.other, body.other);
      check(mask, body, 'properties');
    }),
  );
});

interface Recorded {
  readonly $type: string;
  readonly name?: string;
  readonly properties?: { readonly [name: string]: { readonly flags: number } };
}
const recorded = new URL('../../../../shared/data/azure/aks-2026-05-01.types.json', import.meta.url);

/** The recorded document is one version older than the newest package; these members came with that. */
const NEWER = [
  'AgentPoolNetworkProfile.dranet',
  'ManagedClusterAzureMonitorProfile.containerInsights',
  'ManagedClusterNATGatewayProfile.sku',
];

test('the shapes are those of the recorded resource types', { skip: existsSync(recorded) ? false : 'no recorded types here' }, () => {
  const entries = JSON.parse(readFileSync(recorded, 'utf8')) as readonly Recorded[];
  const { table, own } = cluster('2026-06-01');
  let compared = 0;
  for (const { $type, name = '', properties } of entries) {
    if ($type !== 'ObjectType' || !properties || !table.shapes[name]) continue;
    for (const [member, { flags }] of Object.entries(properties)) {
      const field = shapeOf(table, name).get(member) ?? assert.fail(`${name}.${member} is missing`);
      assert.ok(field.known & own, `${name}.${member} is not in the newest version`);
      assert.equal((field.readOnly & own) !== 0, (flags & 2) !== 0, `${name}.${member} read-only`);
      compared++;
    }
  }
  assert.ok(compared > 400, `${compared} members compared`);
  for (const path of NEWER) {
    const [shape = '', member = ''] = path.split('.');
    assert.ok(shapeOf(table, shape).has(member), path);
  }
});

test('a pool of its own and a pool in its cluster have the same members', () => {
  const { table, shape } = maskOf(POOL) ?? assert.fail();
  const inline = shapeOf(table, 'ManagedClusterAgentPoolProfile');
  for (const name of shapeOf(table, shape).keys()) assert.ok(inline.has(name), name);
});

test('every version takes the values that it knows, in any casing, and stores them so that it takes them back', () => {
  const { table } = cluster();
  for (const [name, values] of Object.entries(table.enums)) {
    const spellings = Object.keys(values).map((value) => value.toLowerCase());
    assert.equal(new Set(spellings).size, spellings.length, name);
  }
});
