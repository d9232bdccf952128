import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { type KubeconfigInput, kubeconfig } from './kubeconfig.ts';

const certificate = { clientCertificate: 'CERT\n', clientKey: 'KEY\n' };
const base: KubeconfigInput = {
  cluster: 'demo',
  user: 'clusterUser_rg_demo',
  server: 'https://demo-1a2b3c4d.hcp.eastus2.azmk8s.io:443',
  caCertificate: '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n',
  credential: certificate,
};
/** As kubectl reads it: YAML 1.1, in which "on" and "1e3" are no text. */
const read = (input: Partial<KubeconfigInput>) => parse(kubeconfig({ ...base, ...input }), { version: '1.1' });

test('a kubeconfig names cluster, user and context as AKS does', () => {
  assert.deepEqual(read({}), {
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    'current-context': 'demo',
    clusters: [{ name: 'demo', cluster: { server: base.server, 'certificate-authority-data': btoa(base.caCertificate) } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'clusterUser_rg_demo' } }],
    users: [{ name: 'clusterUser_rg_demo', user: { 'client-certificate-data': btoa('CERT\n'), 'client-key-data': btoa('KEY\n') } }],
  });
});

test('ways to the server stand at the cluster', () => {
  const { cluster } = read({ proxyUrl: 'http://default:0a@127.0.0.1:8443', tlsServerName: 'demo.hcp.eastus2.azmk8s.io' }).clusters[0];
  assert.equal(cluster['proxy-url'], 'http://default:0a@127.0.0.1:8443');
  assert.equal(cluster['tls-server-name'], 'demo.hcp.eastus2.azmk8s.io');
});

test('with Entra the user is kubelogin, led to the authority of this client', () => {
  const tenantId = '51197a9e-0000-4a5a-8000-000000000001';
  const { exec } = read({ credential: { exec: { tenantId } } }).users[0].user;
  assert.equal(exec.command, 'kubelogin');
  assert.equal(exec.apiVersion, 'client.authentication.k8s.io/v1beta1');
  assert.equal(exec.args[0], 'get-token');
  assert.equal(exec.args[exec.args.indexOf('--tenant-id') + 1], tenantId);
  assert.ok(exec.args.every((argument: unknown) => typeof argument === 'string'));
  assert.ok(!exec.args.includes('--authority-host'));
  const led = read({ credential: { exec: { tenantId, authorityHost: 'https://localhost:8443/' } } }).users[0].user.exec;
  assert.deepEqual(led.args.slice(-3), ['--authority-host', 'https://localhost:8443/', '--disable-instance-discovery']);
});

test('every name that a cluster may have is read as that name', () => {
  const table = [
    '1',
    '123',
    '0123',
    '0x1f',
    '1e3',
    '1_000',
    'true',
    'Yes',
    'NO',
    'on',
    'off',
    'y',
    'N',
    'null',
    'Null',
    '2026-11-21',
    '12e-3',
    'E-0',
  ];
  const name = fc.stringMatching(/^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,9}[a-zA-Z0-9])?$/);
  const check = (cluster: string): void => {
    for (const version of ['1.1', '1.2'] as const) {
      const config = parse(kubeconfig({ ...base, cluster, user: cluster }), { version });
      const { clusters, contexts, users } = config;
      const names = [config['current-context'], clusters[0].name, contexts[0].name, contexts[0].context.cluster, contexts[0].context.user];
      assert.deepEqual([...names, users[0].name], Array(6).fill(cluster));
    }
  };
  for (const each of table) check(each);
  fc.assert(fc.property(name, check), { numRuns: 300 });
});
