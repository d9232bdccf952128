import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCertificates } from '../engines/certificates/certificates.ts';
import { ClientCertificates } from './client-certificates.ts';

const DAY_MS = 86_400_000;
const MASTER = { name: 'masterclient', groups: ['system:masters'] };
const MONITOR = { name: 'clusterMonitoringUser', groups: [] };

function setUp(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-clients-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  t.mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 10, 21) });
  const certificates = openCertificates();
  const clients = join(folder, 'clients');
  return { certificates, clients, open: () => new ClientCertificates(certificates, clients) };
}

test('a user of a cluster has one certificate, also after a restart; other users and clusters have others', (t) => {
  const { open, certificates } = setUp(t);
  const before = open();
  const mine = before.of('a', MASTER, 730);
  assert.deepEqual(before.of('a', MASTER, 730), mine);
  assert.deepEqual(open().of('a', MASTER, 730), mine);
  const others = [before.of('b', MASTER, 730), before.of('a', MONITOR, 730), before.of('a', { name: 'masterclient', groups: [] }, 730)];
  assert.equal(new Set([mine, ...others].map(({ privateKeyPem }) => privateKeyPem)).size, 4);
  const der = new X509Certificate(mine.certificatePem).raw;
  const { commonName, organizations } = certificates.verifyClient(der, 'a') ?? assert.fail('not verified');
  assert.deepEqual([commonName, organizations], ['masterclient', ['system:masters']]);
  assert.equal(certificates.verifyClient(der, 'b'), undefined);
  assert.ok(new X509Certificate(mine.certificatePem).checkPrivateKey(createPrivateKey(mine.privateKeyPem)));
});

test('it is renewed a month before it ends, not sooner', (t) => {
  const { open } = setUp(t);
  const clients = open();
  const first = clients.of('a', MASTER, 730);
  t.mock.timers.tick(699 * DAY_MS);
  assert.deepEqual(clients.of('a', MASTER, 730), first);
  t.mock.timers.tick(2 * DAY_MS);
  const second = clients.of('a', MASTER, 730);
  assert.notEqual(second.certificatePem, first.certificatePem);
  assert.deepEqual(open().of('a', MASTER, 730), second);
});

test('another authority of the cluster ends it', (t) => {
  const { open, certificates } = setUp(t);
  const clients = open();
  const first = clients.of('a', MASTER, 730);
  certificates.deleteClusterCa('a');
  const second = clients.of('a', MASTER, 730);
  assert.notEqual(second.certificatePem, first.certificatePem);
  assert.ok(certificates.verifyClient(new X509Certificate(second.certificatePem).raw, 'a'));
});

test('files are their owner’s alone, and one that holds something else is replaced', (t) => {
  const { open, clients } = setUp(t);
  const first = open().of('a', MASTER, 730);
  const [file = ''] = readdirSync(clients);
  assert.deepEqual([statSync(clients).mode & 0o777, statSync(join(clients, file)).mode & 0o777], [0o700, 0o600]);
  for (const content of ['', '{', 'null', '{}', '{"certificatePem":1,"privateKeyPem":2}', '{"certificatePem":"x","privateKeyPem":"y"}']) {
    writeFileSync(join(clients, file), content);
    const other = open().of('a', MASTER, 730);
    assert.notEqual(other.certificatePem, first.certificatePem, content);
    assert.deepEqual(open().of('a', MASTER, 730), other);
  }
});
