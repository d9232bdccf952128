import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { withDefaults } from './defaults.ts';
import { validateCluster } from './validate.ts';

const base = {
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo',
  name: 'demo',
  type: 'Microsoft.ContainerService/managedClusters',
  location: 'eastus2',
  identity: { type: 'SystemAssigned' },
};
const draftOf = (properties: JsonObject): Draft => ({ ...base, properties: { dnsPrefix: 'demo', ...properties } });
const completed = (properties: JsonObject): Draft => withDefaults(draftOf(properties), undefined, 'tenant');
const storedAs = (draft: Draft, currentKubernetesVersion: string): Resource =>
  ({ ...draft, provisioningState: 'Succeeded', desired: draft.properties, observed: { currentKubernetesVersion } }) as unknown as Resource; // what the rules read
const faults = (draft: Draft, previous?: Resource): string[] => validateCluster(draft, previous).map(({ path, code }) => `${path} ${code}`);

/** What clients leave open: nothing there, null or "". */
const open = fc.constantFrom<Json | undefined>(undefined, null, '');
const part = (members: { readonly [name: string]: fc.Arbitrary<Json | undefined> }): fc.Arbitrary<JsonObject> =>
  fc
    .record(members, { requiredKeys: [] })
    .map((object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as JsonObject);
const choice = (...values: Json[]): fc.Arbitrary<Json | undefined> => fc.oneof(open, fc.constantFrom(...values));

const asked = part({
  kubernetesVersion: choice('1.34', '1.35.5', '1.36'),
  nodeResourceGroup: choice('mine'),
  disableLocalAccounts: choice(true, false),
  enableRBAC: choice(true),
  oidcIssuerProfile: part({ enabled: fc.boolean() }),
  aadProfile: part({ managed: fc.constant(true), enableAzureRBAC: fc.boolean(), adminGroupObjectIDs: fc.constant([]) }),
  storageProfile: part({ blobCSIDriver: fc.constant({ enabled: true }), diskCSIDriver: fc.constant({ enabled: false }) }),
  networkProfile: part({
    networkPlugin: choice('azure', 'Azure', 'none'),
    networkPluginMode: choice('overlay', 'Overlay'),
    podCidr: choice('192.168.0.0/16'),
    podCidrs: choice([], ['192.168.0.0/16']),
    serviceCidr: choice('172.16.0.0/16'),
    dnsServiceIP: choice('172.16.0.53'),
    outboundType: choice('loadBalancer', 'none'),
    loadBalancerSku: choice('Standard', 'standard'),
    loadBalancerProfile: part({ managedOutboundIPs: fc.constant({ count: 2 }), idleTimeoutInMinutes: fc.constant(10) }),
  }),
});

test('what a cluster shows can be sent back, and changes nothing', () => {
  fc.assert(
    fc.property(asked, (properties) => {
      const once = completed(properties);
      const stored = storedAs(once, '1.35.5');
      assert.deepEqual(withDefaults(once, undefined, 'tenant'), once);
      assert.deepEqual(withDefaults(once, stored, 'another tenant'), once);
    }),
    { numRuns: 500 },
  );
});

test('what is asked for is kept; what is left open is chosen', () => {
  fc.assert(
    fc.property(asked, (properties) => {
      const once = completed(properties).properties;
      for (const [name, value] of Object.entries(properties))
        if (typeof value !== 'object' && value !== '') assert.deepEqual(once[name], value, name);
      const seen = JSON.stringify(once);
      assert.ok(!seen.includes('null') && !seen.includes('""'), seen);
    }),
    { numRuns: 500 },
  );
});

test('a range may come alone or in the list of one per family', () => {
  const network = (sent: JsonObject) => completed({ networkProfile: sent }).properties['networkProfile'] as JsonObject;
  for (const sent of [{ podCidr: '192.168.0.0/16' }, { podCidrs: ['192.168.0.0/16'] }, { podCidr: '192.168.0.0/16', podCidrs: [] }]) {
    const { podCidr, podCidrs } = network(sent);
    assert.deepEqual([podCidr, podCidrs], ['192.168.0.0/16', ['192.168.0.0/16']]);
  }
  const { serviceCidr, dnsServiceIP } = network({ serviceCidrs: ['172.16.0.0/16'] });
  assert.deepEqual([serviceCidr, dnsServiceIP], ['172.16.0.0/16', '172.16.0.10']);
});

test('what is not built is refused by name, never half-built', () => {
  const table: readonly (readonly [JsonObject, string])[] = [
    [{ networkProfile: { networkPlugin: 'kubenet' } }, 'networkProfile.networkPlugin'],
    [{ networkProfile: { networkPlugin: 'azure' } }, 'networkProfile.networkPlugin'],
    [{ networkProfile: { networkPlugin: 'none' } }, 'networkProfile.networkPlugin'],
    [{ networkProfile: { outboundType: 'managedNATGateway' } }, 'networkProfile.outboundType'],
    [{ networkProfile: { outboundType: 'userDefinedRouting' } }, 'networkProfile.outboundType'],
    [{ networkProfile: { ipFamilies: ['IPv4', 'IPv6'] } }, 'networkProfile.ipFamilies'],
    [{ networkProfile: { ipFamilies: ['IPv6'] } }, 'networkProfile.ipFamilies'],
    [{ networkProfile: { podCidrs: ['10.244.0.0/16', 'fd12:3456:789a::/64'] } }, 'networkProfile.podCidrs'],
    [{ networkProfile: { serviceCidrs: ['10.0.0.0/16', 'fd12:3456:789a:1::/108'] } }, 'networkProfile.serviceCidrs'],
    [{ apiServerAccessProfile: { enablePrivateCluster: true } }, 'apiServerAccessProfile.enablePrivateCluster'],
    [{ apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } }, 'apiServerAccessProfile.authorizedIPRanges'],
    [{ addonProfiles: { azurepolicy: { enabled: true } } }, 'addonProfiles.azurepolicy'],
  ];
  for (const [properties, path] of table) assert.deepEqual(faults(completed(properties)), [`${path} NotImplemented`], path);
  for (const properties of [
    {},
    { apiServerAccessProfile: { enablePrivateCluster: false, authorizedIPRanges: [] } },
    { addonProfiles: { azurepolicy: { enabled: false } } },
    { networkProfile: { ipFamilies: ['IPv4'], podCidrs: ['10.244.0.0/16'] } },
  ])
    assert.deepEqual(faults(completed(properties)), [], JSON.stringify(properties));
});

test('DNS prefixes: 1 to 54 letters, digits and inner hyphens', () => {
  for (const dnsPrefix of ['a', '7', 'a-b', 'A1', 'a'.repeat(54)]) assert.deepEqual(faults(completed({ dnsPrefix })), [], dnsPrefix);
  for (const dnsPrefix of ['-a', 'a-', 'a.b', 'a_b', 'ä', 'a b', 'a'.repeat(55), ''])
    assert.deepEqual(faults(completed({ dnsPrefix })), ['dnsPrefix InvalidParameter'], dnsPrefix);
  const zone = { apiServerAccessProfile: { privateDNSZone: '/subscriptions/s/x' } };
  assert.deepEqual(faults(completed({ dnsPrefix: '', fqdnSubdomain: 'mine', ...zone })), []);
  assert.deepEqual(faults(completed({ fqdnSubdomain: 'mine', ...zone })), ['fqdnSubdomain InvalidParameter'], 'beside a prefix');
  assert.deepEqual(faults(completed({ dnsPrefix: '', fqdnSubdomain: 'mine' })), ['fqdnSubdomain InvalidParameter'], 'without a zone');
});

test('versions: one minor up at a time, never down; the minor that a cluster is at asks for nothing', () => {
  const table: readonly (readonly [current: string, wanted: string, allowed: boolean])[] = [
    ['1.34.8', '1.34', true],
    ['1.34.8', '1.34.8', true],
    ['1.34.8', '1.34.9', true],
    ['1.34.8', '1.35', true],
    ['1.34.8', '1.35.5', true],
    ['1.34.8', '1.36', false],
    ['1.35.6', '1.35.5', false],
    ['1.35.6', '1.34', false],
    ['1.35.6', '1.35', true],
  ];
  for (const [current, kubernetesVersion, allowed] of table) {
    const previous = storedAs(completed({ kubernetesVersion: current }), current);
    const found = faults(completed({ kubernetesVersion }), previous);
    assert.deepEqual(found, allowed ? [] : ['kubernetesVersion OperationNotAllowed'], `${current} to ${kubernetesVersion}`);
  }
  assert.deepEqual(faults(completed({ kubernetesVersion: '1.33' })), ['kubernetesVersion K8sVersionNotSupported']);
});

test('networks stay as they were made, and some switches go one way', () => {
  const before = { oidcIssuerProfile: { enabled: true }, aadProfile: { managed: true } };
  const previous = storedAs(completed(before), '1.35.6');
  const change = (properties: JsonObject) => faults(completed({ ...before, ...properties }), previous);
  assert.deepEqual(change({}), []);
  assert.deepEqual(change({ networkProfile: { podCidr: '192.168.0.0/16' } }), ['networkProfile.podCidr PropertyChangeNotAllowed']);
  assert.deepEqual(change({ networkProfile: { serviceCidr: '172.16.0.0/16', dnsServiceIP: '10.0.0.10' } }), [
    'networkProfile.serviceCidr PropertyChangeNotAllowed',
  ]);
  assert.deepEqual(change({ oidcIssuerProfile: { enabled: false } }), ['oidcIssuerProfile.enabled PropertyChangeNotAllowed']);
  assert.deepEqual(change({ networkProfile: { outboundType: 'none' } }), ['networkProfile.outboundType NotImplemented']);
  assert.deepEqual(change({ aadProfile: null }), ['aadProfile PropertyChangeNotAllowed']);
});

test('a cluster acts as somebody: a managed identity or a service principal', () => {
  const draft = (identity: Draft['identity'], clientId?: string): Draft => {
    const { identity: _managed, ...rest } = completed(clientId === undefined ? {} : { servicePrincipalProfile: { clientId, secret: 's' } });
    return { ...rest, ...(identity && { identity }) };
  };
  const missing = ['servicePrincipalProfile InvalidParameter'];
  const table: readonly (readonly [Draft, string[]])[] = [
    [draft({ type: 'SystemAssigned' }), []],
    [draft({ type: 'UserAssigned', userAssignedIdentities: {} }), []],
    [draft(undefined, '11111111-1111-1111-1111-111111111111'), []],
    [draft({ type: 'None' }, '11111111-1111-1111-1111-111111111111'), []],
    [draft(undefined), missing],
    [draft({ type: 'None' }), missing],
    [draft(undefined, 'msi'), missing],
    [draft(undefined, ''), missing],
  ];
  for (const [wanted, found] of table) assert.deepEqual(faults(wanted), found, JSON.stringify(wanted.identity));
  assert.deepEqual(faults(draft(undefined), storedAs(completed({}), '1.35.6')), [], 'one that is there keeps what it has');
  const kept = withDefaults(draft(undefined), storedAs(completed({}), '1.35.6'), 'tenant');
  assert.deepEqual(kept.identity, { type: 'SystemAssigned' });
  assert.deepEqual(faults(draft({ type: 'None' }), storedAs(completed({}), '1.35.6')), ['identity.type PropertyChangeNotAllowed']);
  const two = { type: 'UserAssigned', userAssignedIdentities: { a: {}, b: {} } } as unknown as NonNullable<Draft['identity']>; // ids come later
  for (const many of [two, { type: 'SystemAssigned, UserAssigned' }]) assert.deepEqual(faults(draft(many)), ['identity InvalidParameter']);
  const principal = '11111111-1111-1111-1111-111111111111';
  const managed = storedAs(completed({}), '1.35.6');
  const back = ['servicePrincipalProfile.clientId PropertyChangeNotAllowed'];
  assert.deepEqual(faults(draft({ type: 'SystemAssigned' }, principal), managed), back, 'never back to a service principal');
  assert.deepEqual(faults(completed({}), storedAs(draft(undefined, principal), '1.35.6')), []);
  const nobody = draft({ type: 'None' }, principal);
  assert.deepEqual(faults(nobody, storedAs(nobody, '1.35.6')), [], 'a service principal stays one');
});

test('channels and balancers that go together', () => {
  const channels = (autoUpgradeProfile: JsonObject) => faults(completed({ autoUpgradeProfile }));
  assert.deepEqual(channels({ upgradeChannel: 'node-image' }), []);
  assert.deepEqual(channels({ upgradeChannel: 'patch', nodeOSUpgradeChannel: 'None' }), []);
  assert.deepEqual(channels({ upgradeChannel: 'node-image', nodeOSUpgradeChannel: 'None' }), [
    'autoUpgradeProfile.nodeOSUpgradeChannel InvalidParameter',
  ]);
  assert.deepEqual(faults(completed({ networkProfile: { loadBalancerSku: 'Basic' } })), [
    'networkProfile.loadBalancerSku InvalidParameter',
  ]);
  for (const nodeResourceGroup of ['a', 'A_b-c.(d)', 'x'.repeat(80)]) assert.deepEqual(faults(completed({ nodeResourceGroup })), []);
  for (const nodeResourceGroup of ['a/b', 'a.', 'a b', 'x'.repeat(81)])
    assert.deepEqual(faults(completed({ nodeResourceGroup })), ['nodeResourceGroup InvalidParameter'], nodeResourceGroup);
});

test('without local accounts nobody could log in, but for Entra', () => {
  assert.deepEqual(faults(completed({ disableLocalAccounts: true })), ['disableLocalAccounts BadRequest']);
  assert.deepEqual(faults(completed({ disableLocalAccounts: true, aadProfile: { managed: true } })), []);
  assert.deepEqual(faults(completed({ disableLocalAccounts: false })), []);
});

test('SKUs that there are', () => {
  const of = (sku: Draft['sku']): string[] => faults(withDefaults({ ...draftOf({}), ...(sku && { sku }) }, undefined, 'tenant'));
  for (const tier of ['Free', 'Standard', 'Premium']) assert.deepEqual(of({ name: 'Base', tier }), [], tier);
  for (const [tier, supportPlan, fits] of [
    ['Free', 'AKSLongTermSupport', false],
    ['Standard', 'AKSLongTermSupport', false],
    ['Premium', 'AKSLongTermSupport', true],
    ['Premium', 'KubernetesOfficial', false],
    ['Free', 'KubernetesOfficial', true],
  ] as const) {
    const draft = { ...draftOf({ supportPlan }), sku: { name: 'Base', tier } };
    assert.deepEqual(
      faults(withDefaults(draft, undefined, 'tenant')),
      fits ? [] : ['supportPlan LTSNotAllowedForTier'],
      `${tier} ${supportPlan}`,
    );
  }
  const longTerm = withDefaults(
    { ...draftOf({ kubernetesVersion: '1.33', supportPlan: 'AKSLongTermSupport' }), sku: { name: 'Base', tier: 'Premium' } },
    undefined,
    'tenant',
  );
  const left = {
    ...longTerm,
    sku: { name: 'Base', tier: 'Free' },
    properties: { ...longTerm.properties, supportPlan: 'KubernetesOfficial' },
  };
  assert.deepEqual(faults(left, storedAs(longTerm, '1.33.13')), ['kubernetesVersion K8sVersionNotSupported'], 'nothing supports it then');
  assert.deepEqual(of(undefined), []);
  assert.deepEqual(of({ tier: 'Standard' }), []);
  assert.deepEqual(of({ name: 'Automatic', tier: 'Standard' }), ['sku.name NotImplemented']);
  assert.deepEqual(of({ name: 'Gold', tier: 'Free' }), ['sku.name InvalidParameter']);
  assert.deepEqual(of({ name: 'Base', tier: 'Paid' }), ['sku.tier InvalidParameter']);
});

test('whoever logs in to nodes has a name and one key', () => {
  const keys = (...texts: string[]): Json => texts.map((keyData) => ({ keyData }));
  const of = (adminUsername: Json, publicKeys: Json): string[] =>
    faults(completed({ linuxProfile: { adminUsername, ssh: { publicKeys } } }));
  const [name, key] = ['linuxProfile.adminUsername InvalidParameter', 'linuxProfile.ssh.publicKeys.keyData InvalidParameter'];
  for (const good of ['azureuser', 'A', 'a-b_9']) assert.deepEqual(of(good, keys('ssh-rsa AAAA')), [], good);
  for (const bad of ['', '9a', '-a', '_a', 'a b', 'a.b', 'ä']) assert.deepEqual(of(bad, keys('ssh-rsa AAAA')), [name], bad);
  for (const bad of [keys(), keys(''), keys(' '), keys('a', 'b'), [{}]]) assert.deepEqual(of('azureuser', bad), [key], JSON.stringify(bad));
  assert.deepEqual(faults(completed({ linuxProfile: {} })), [name, key]);
  assert.deepEqual(faults(completed({})), [], 'a cluster without one is accepted');
});
