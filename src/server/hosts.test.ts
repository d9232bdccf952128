import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOurs, type Service, serviceOfHost, serviceOfPath } from './hosts.ts';

const HOSTS: readonly (readonly [host: string, service: Service])[] = [
  ['management.azure.com', 'arm'],
  ['eastus2.management.azure.com', 'arm'],
  ['management.core.windows.net', 'arm'],
  ['login.microsoftonline.com', 'entra'],
  ['eastus2.login.microsoftonline.com', 'entra'],
  ['login.microsoft.com', 'entra'],
  ['login.windows.net', 'entra'],
  ['sts.windows.net', 'entra'],
  ['graph.microsoft.com', 'graph'],
  ['graph.windows.net', 'graph'],
  ['demo-1a2b3c4d.hcp.eastus2.azmk8s.io', 'kube'],
  ['demo-1a2b3c4d.privatelink.eastus2.azmk8s.io', 'kube'],
  ['eastus2.oic.prod-aks.azure.com', 'issuer'],
  ['mine.vault.azure.net', 'other'],
  ['mine.azurecr.io', 'other'],
  ['mine.eastus2.data.azurecr.io', 'other'],
  ['mine.blob.core.windows.net', 'other'],
  ['id.ods.opinsights.azure.com', 'other'],
];

test('every Azure host leads to its service', () => {
  for (const [host, service] of HOSTS) {
    assert.equal(serviceOfHost(host), service, host);
    assert.ok(isOurs(host));
  }
});

test('look-alikes of Azure hosts are not ours', () => {
  for (const [host] of HOSTS)
    for (const other of [`${host}.example.com`, `${host}x`, `x${host.slice(host.lastIndexOf('.', host.lastIndexOf('.') - 1) + 1)}`])
      assert.equal(serviceOfHost(other), undefined, other);
  for (const host of ['azmk8s.io', 'azurecr.io', 'notazurecr.io', 'azure.com', 'mcr.microsoft.com', 'aka.ms', 'localhost', '127.0.0.1', ''])
    assert.ok(!isOurs(host), host);
});

test('a host that is under no Azure domain is not ours', () => {
  const azure = /(^|\.)(azure\.com|windows\.net|microsoftonline\.com|microsoft\.com|azmk8s\.io|azure\.net|azurecr\.io)$/;
  const label = fc.oneof(fc.constantFrom('management', 'azure', 'login', 'azmk8s', 'windows', 'com', 'io', 'net'), fc.domain());
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), (labels) => {
      const host = labels.join('.').toLowerCase();
      if (!azure.test(host)) assert.equal(serviceOfHost(host), undefined, host);
    }),
    { numRuns: 500 },
  );
});

test('every path of the endpoint has a service', () => {
  const paths: readonly (readonly [path: string, service: Service])[] = [
    ['/', 'arm'],
    ['', 'arm'],
    ['/subscriptions', 'arm'],
    ['/Subscriptions/x/resourceGroups/y', 'arm'],
    ['//subscriptions/x', 'arm'],
    ['/providers/Microsoft.ContainerService', 'arm'],
    ['/tenants', 'arm'],
    ['/metadata/endpoints', 'arm'],
    ['/batch', 'arm'],
    ['/v1.0/users', 'graph'],
    ['/beta/me', 'graph'],
    ['/slipway/v1/status', 'admin'],
    ['/healthz', 'health'],
    ['/livez', 'health'],
    ['/readyz', 'health'],
    ['/adfs/oauth2/token', 'entra'],
    ['/common/discovery/instance', 'entra'],
    ['/subscriptionsx', 'entra'],
  ];
  for (const [path, service] of paths) assert.equal(serviceOfPath(path), service, path);
});

test('the administrators’ door and health are reached by path alone, never by an Azure host', () => {
  const served = new Set(HOSTS.map(([, service]) => service));
  for (const service of ['admin', 'health'] as const) assert.ok(!served.has(service));
});
