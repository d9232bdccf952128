import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { Resource } from '../../arm/resource.ts';
import { type ActionContext, type Arm, Refusal } from '../../arm/resource-type.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import { CLUSTERS, type ClusterRecord, clusterIndex } from '../../kube/clusters.ts';
import type { AksPorts } from '../ports.ts';
import { credentialActions } from './credentials.ts';

const TENANT = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const FQDN = 'demo-1a2b3c4d.hcp.eastus2.azmk8s.io';
const RECORD: ClusterRecord = {
  scope: 'uid',
  version: '1.35.6',
  fqdn: FQDN,
  issuer: `https://${FQDN}`,
  running: true,
  serviceCidr: '10.0.0.0/16',
  dnsServiceIp: '10.0.0.10',
  caCertificate: 'CA',
  resourceId: '/x',
};

interface Issued {
  readonly scope: string;
  readonly user: { readonly name: string; readonly groups: readonly string[] };
  readonly days: number;
}

/** A cluster with its record, and a note of the certificates that were asked for. */
function setUp(desired: JsonObject = {}, record: Partial<ClusterRecord> | null = {}) {
  const world = new World({ name: 'w', seed: 's', indexes: [clusterIndex], controllers: [], journal: memoryJournal(), hostNowMs: 0 });
  if (record) world.transact((tx) => void tx.put(CLUSTERS, 'uid', { ...RECORD, ...record }));
  const issued: Issued[] = [];
  const ports: AksPorts = {
    arm: () => ({ tenantId: TENANT }) as Arm, // all that credentials need of it
    may: () => assert.fail('who may have credentials is the pipeline’s to say'),
    open: () => assert.fail('credentials open no cluster'),
    endpoint: (fqdn, via) =>
      via === 'endpoint'
        ? { server: 'https://127.0.0.1:9000', tlsServerName: fqdn }
        : { server: `https://${fqdn}:443`, proxyUrl: 'http://w:t@127.0.0.1:1' },
    authorityHost: (via) => (via === 'endpoint' ? 'https://localhost/' : undefined),
    issueClient: (scope, user, days) => {
      issued.push({ scope, user, days });
      return { certificatePem: `CERT ${user.name}`, privateKeyPem: 'KEY' };
    },
  };
  const resource = {
    id: '/subscriptions/s/resourceGroups/Rg/providers/Microsoft.ContainerService/managedClusters/demo',
    name: 'demo',
    provisioningState: 'Succeeded',
    desired,
    observed: { resourceUID: 'uid' },
  } as unknown as Resource; // what credentials read of a cluster
  const ask = async (what: string, via: ActionContext['via'] = 'proxy') => {
    const action = credentialActions(ports).find(({ path }) => path === `listCluster${what}Credential`) ?? assert.fail(what);
    assert.equal(action.method, 'POST');
    assert.equal(action.permission, `Microsoft.ContainerService/managedClusters/listCluster${what}Credential/action`);
    const { status, body } = await action.run({ resource, reader: world.reader, via } as ActionContext);
    assert.equal(status, 200);
    const { kubeconfigs } = body as { kubeconfigs: { name: string; value: string }[] };
    assert.equal(kubeconfigs.length, 1);
    const [{ name, value } = assert.fail()] = kubeconfigs;
    return { name, config: parse(Buffer.from(value, 'base64').toString()) };
  };
  return { ask, issued };
}
const refusal = async (asking: Promise<unknown>): Promise<readonly [number, string]> => {
  const error = await asking.then(
    () => assert.fail('it was answered'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Refusal, String(error));
  return [error.status, error.error.code];
};

test('without Entra, user and administrator hold a certificate of the cluster’s master, for two years', async () => {
  const { ask, issued } = setUp();
  for (const what of ['User', 'Admin']) {
    const { name, config } = await ask(what);
    assert.equal(name, `cluster${what}`);
    assert.equal(config['current-context'], 'demo');
    assert.equal(config.users[0].name, `cluster${what}_Rg_demo`, 'the group as it was written');
    assert.equal(atob(config.users[0].user['client-certificate-data']), 'CERT masterclient');
    assert.equal(atob(config.clusters[0].cluster['certificate-authority-data']), 'CA');
  }
  assert.deepEqual(issued, Array(2).fill({ scope: 'uid', user: { name: 'masterclient', groups: ['system:masters'] }, days: 730 }));
});

test('the monitoring user is somebody else, of no group', async () => {
  const { ask, issued } = setUp();
  assert.equal((await ask('MonitoringUser')).name, 'clusterMonitoringUser');
  assert.deepEqual(
    issued.map(({ user }) => user),
    [{ name: 'clusterMonitoringUser', groups: [] }],
  );
});

test('with Entra the user signs in by kubelogin, the administrator still has a certificate', async () => {
  const { ask, issued } = setUp({ aadProfile: { managed: true } });
  const { exec } = (await ask('User')).config.users[0].user;
  const value = (flag: string): string => exec.args[exec.args.indexOf(flag) + 1];
  assert.deepEqual([exec.command, value('--tenant-id') ?? value('--tenant')], ['kubelogin', TENANT]);
  assert.deepEqual(issued, []);
  const local = (await ask('User', 'endpoint')).config.users[0].user.exec.args;
  assert.ok(local.includes('--disable-instance-discovery'), local.join(' '));
  assert.ok((await ask('Admin')).config.users[0].user['client-certificate-data']);
  const own = setUp({ aadProfile: { managed: true, tenantID: '11111111-1111-1111-1111-111111111111' } });
  assert.ok((await own.ask('User')).config.users[0].user.exec.args.includes('11111111-1111-1111-1111-111111111111'));
});

test('the server is where this client finds it', async () => {
  const { ask } = setUp();
  const { cluster } = (await ask('User', 'proxy')).config.clusters[0];
  assert.deepEqual(
    [cluster.server, cluster['proxy-url'], cluster['tls-server-name']],
    [`https://${FQDN}:443`, 'http://w:t@127.0.0.1:1', undefined],
  );
  const direct = (await ask('User', 'endpoint')).config.clusters[0].cluster;
  assert.deepEqual([direct.server, direct['proxy-url'], direct['tls-server-name']], ['https://127.0.0.1:9000', undefined, FQDN]);
});

test('there are none before the cluster has its authority, and no static ones without local accounts', async () => {
  for (const { ask } of [setUp({}, { caCertificate: '' }), setUp({}, null)])
    for (const what of ['User', 'Admin', 'MonitoringUser']) assert.deepEqual(await refusal(ask(what)), [409, 'OperationNotAllowed']);
  const entra = { aadProfile: { managed: true }, disableLocalAccounts: true };
  assert.deepEqual(await refusal(setUp(entra).ask('Admin')), [400, 'BadRequest']);
  assert.equal((await setUp(entra).ask('User')).config.users[0].user.exec.command, 'kubelogin');
  for (const what of ['User', 'Admin', 'MonitoringUser'])
    assert.deepEqual(await refusal(setUp({ disableLocalAccounts: true }).ask(what)), [400, 'BadRequest'], what);
});
