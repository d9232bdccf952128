import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { withDefaults } from './defaults.ts';
import { objectAt, textAt } from './given.ts';
import { kubeconfig } from './kubeconfig.ts';
import { validateRanges } from './network-ranges.ts';
import { validateCluster } from './validate.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/demo';
const draftOf = (properties: JsonObject): Draft => ({
  id,
  name: 'demo',
  type: 'Microsoft.ContainerService/managedClusters',
  location: 'eastus2',
  identity: { type: 'SystemAssigned' },
  properties,
});
const completed = (properties: JsonObject): JsonObject =>
  withDefaults(draftOf({ dnsPrefix: 'demo', ...properties }), undefined, 'tenant').properties;
const codes = (properties: JsonObject, previous?: Resource): (string | undefined)[] =>
  validateCluster(withDefaults(draftOf({ dnsPrefix: 'demo', ...properties }), previous, 'tenant'), previous).map(({ code }) => code);

test('empty text and null mean: choose for me', () => {
  const chosen = completed({ kubernetesVersion: '', nodeResourceGroup: null, networkProfile: { podCidr: '', networkPlugin: null } });
  assert.equal(chosen['kubernetesVersion'], '1.35');
  assert.equal(chosen['nodeResourceGroup'], 'MC_rg_demo_eastus2');
  assert.equal(objectAt(chosen, 'networkProfile')['podCidr'], '10.244.0.0/16');
});

test('nested objects are completed, never replaced', () => {
  const chosen = completed({ storageProfile: { blobCSIDriver: { enabled: true } }, autoUpgradeProfile: { upgradeChannel: 'stable' } });
  assert.deepEqual(Object.keys(objectAt(chosen, 'storageProfile')).sort(), [
    'blobCSIDriver',
    'diskCSIDriver',
    'fileCSIDriver',
    'snapshotController',
  ]);
  assert.deepEqual(chosen['autoUpgradeProfile'], { nodeOSUpgradeChannel: 'NodeImage', upgradeChannel: 'stable' });
});

test('the OIDC issuer is on from 1.34 on', () => {
  assert.equal(objectAt(completed({ kubernetesVersion: '1.34' }), 'oidcIssuerProfile')['enabled'], true);
  assert.equal(objectAt(completed({ kubernetesVersion: '1.33' }), 'oidcIssuerProfile')['enabled'], false);
});

test('the DNS address follows the service range', () => {
  assert.equal(textAt(objectAt(completed({}), 'networkProfile'), 'dnsServiceIP'), '10.0.0.10');
  const other = objectAt(completed({ networkProfile: { serviceCidr: '172.16.0.0/16' } }), 'networkProfile');
  assert.equal(other['dnsServiceIP'], '172.16.0.10');
  assert.deepEqual(other['serviceCidrs'], ['172.16.0.0/16']);
});

test('own outbound addresses take the place of managed ones', () => {
  const own = { outboundIPs: { publicIPs: [{ id: '/subscriptions/s/x' }] } };
  const profile = objectAt(objectAt(completed({ networkProfile: { loadBalancerProfile: own } }), 'networkProfile'), 'loadBalancerProfile');
  assert.equal(profile['managedOutboundIPs'], undefined);
  assert.deepEqual(profile['outboundIPs'], own.outboundIPs);
});

test('what is refused, by Azure’s codes', () => {
  assert.deepEqual(codes({}), []);
  assert.deepEqual(codes({ dnsPrefix: '-a' }), ['InvalidParameter']);
  assert.deepEqual(codes({ kubernetesVersion: '1.20' }), ['K8sVersionNotSupported']);
  assert.deepEqual(codes({ addonProfiles: { HTTPApplicationRouting: { enabled: true } } }), ['AddonInvalid']);
  assert.deepEqual(codes({ addonProfiles: { httpApplicationRouting: { enabled: false } } }), []);
});

const ranges = (network: JsonObject): string[] =>
  validateRanges(objectAt(completed({ networkProfile: network }), 'networkProfile')).map(({ path, code }) => `${path} ${code}`);

test('ranges are readable, apart, and the DNS address is among the services', () => {
  assert.deepEqual(ranges({}), []);
  assert.deepEqual(ranges({ serviceCidr: 'x' }), ['networkProfile.serviceCidr InvalidParameter']);
  assert.deepEqual(ranges({ serviceCidr: '10.0.0.1/16' }), ['networkProfile.serviceCidr InvalidParameter']);
  assert.deepEqual(ranges({ serviceCidr: '172.16.0.0/12' }), ['networkProfile.serviceCidr InvalidParameter']);
  assert.deepEqual(ranges({ podCidr: '10.244.0.0/40' }), ['networkProfile.podCidr InvalidParameter']);
  for (const dnsServiceIP of ['10.1.0.10', '10.0.0.1', '10.0.0.0', 'x'])
    assert.deepEqual(ranges({ dnsServiceIP }), ['networkProfile.dnsServiceIP DnsServiceIpOutOfServiceCidr'], dnsServiceIP);
  assert.deepEqual(ranges({ serviceCidr: '10.224.0.0/16' }), ['networkProfile.serviceCidr ServiceCidrOverlapExistingSubnetsCidr']);
  assert.deepEqual(ranges({ podCidr: '10.224.8.0/21' }), ['networkProfile.podCidr InvalidParameter']);
  assert.deepEqual(ranges({ podCidr: '172.16.0.0/12' }), Array(2).fill('networkProfile.podCidr InvalidParameter'), 'two reserved ranges');
  assert.deepEqual(ranges({ serviceCidr: '192.0.2.0/24' }), ['networkProfile.serviceCidr InvalidParameter']);
  assert.deepEqual(ranges({ podCidr: '10.0.128.0/17' }), ['networkProfile.podCidr InvalidParameter']);
});

test('a kubeconfig is YAML that names proxy, name to verify and credential as they are needed', () => {
  const input = { cluster: 'demo', user: 'clusterUser_rg_demo', server: 'https://demo.hcp.eastus2.azmk8s.io:443', caCertificate: 'CA' };
  const plain = parse(kubeconfig({ ...input, credential: { clientCertificate: 'C', clientKey: 'K' } }));
  assert.equal(plain['current-context'], 'demo');
  assert.deepEqual(plain.clusters[0].cluster, { 'certificate-authority-data': 'Q0E=', server: input.server });
  assert.deepEqual(plain.users[0], { name: input.user, user: { 'client-certificate-data': 'Qw==', 'client-key-data': 'Sw==' } });
  const entra = parse(
    kubeconfig({ ...input, proxyUrl: 'http://w:t@127.0.0.1:1', tlsServerName: 'demo', credential: { exec: { tenantId: 'T' } } }),
  );
  assert.equal(entra.clusters[0].cluster['proxy-url'], 'http://w:t@127.0.0.1:1');
  assert.equal(entra.clusters[0].cluster['tls-server-name'], 'demo');
  const { args, command } = entra.users[0].user.exec;
  assert.equal(command, 'kubelogin');
  assert.deepEqual(args.slice(args.indexOf('--tenant-id'), args.indexOf('--tenant-id') + 2), ['--tenant-id', 'T']);
  const local = parse(kubeconfig({ ...input, credential: { exec: { tenantId: 'T', authorityHost: 'https://localhost/' } } }));
  assert.ok(local.users[0].user.exec.args.includes('--disable-instance-discovery'));
});
