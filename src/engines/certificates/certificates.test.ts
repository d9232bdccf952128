import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, createServer, type SecureContext } from 'node:tls';
import fc from 'fast-check';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { openCertificates } from './certificates.ts';
import { integer, oid, time } from './der.ts';
import { systemAuthorities } from './trust-bundle.ts';

const dayMs = 86_400_000;
const clusterId = '/subscriptions/s/resourceGroups/rg/managedClusters/demo';

function temporaryDirectory(t: { after(run: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-certificates-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The certificate that a client trusting only `ca` accepts for `host`; rejects when it does not. */
async function presented(context: SecureContext, host: string, ca: string): Promise<X509Certificate> {
  const server = createServer({ SNICallback: (_name, done) => done(null, context) }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listening on TCP
  const socket = connect({ port, host: '127.0.0.1', ca, servername: 'any.example', checkServerIdentity: () => undefined });
  try {
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate();
    assert.ok(certificate);
    assert.ok(certificate.checkHost(host) ?? certificate.checkIP(host), `certificate is for ${host}`);
    return certificate;
  } finally {
    socket.destroy();
    server.close();
  }
}

const clientOf = (
  certificates: ReturnType<typeof openCertificates>,
  notBefore: Date,
  notAfter: Date,
  organizations = ['system:masters'],
) => {
  const pair = certificates.issueClientCertificate({ clusterId, commonName: 'masterclient', organizations, notBefore, notAfter });
  return new X509Certificate(pair.certificatePem).raw;
};

test('the authority is kept with mode 0600 and found again by the next start', (t) => {
  const directory = join(temporaryDirectory(t), 'certificates');
  const first = openCertificates({ directory });
  assert.equal(statSync(join(directory, 'ca.pem')).mode & 0o777, 0o600);
  assert.equal(statSync(directory).mode & 0o777, 0o700);
  assert.equal(openCertificates({ directory }).authorityPem, first.authorityPem);
  assert.equal(readFileSync(first.authorityPath ?? '', 'utf8'), first.authorityPem);
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.endsWith('.tmp')),
    [],
  );
  const certificate = new X509Certificate(first.authorityPem);
  assert.equal(certificate.ca, true);
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.validToDate.getTime() - Date.now() > 3_649 * dayMs);
});

test('a damaged authority is an error, not silently replaced', (t) => {
  const directory = temporaryDirectory(t);
  writeFileSync(join(directory, 'ca.pem'), 'garbage');
  assert.throws(() => openCertificates({ directory }));
  assert.equal(readFileSync(join(directory, 'ca.pem'), 'utf8'), 'garbage');
});

test('a directory that cannot be written is an error', (t) => {
  const file = join(temporaryDirectory(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => openCertificates({ directory: join(file, 'below') }), { code: 'ENOTDIR' });
});

test('server certificates chain to the authority, for names, wildcards and addresses', async () => {
  const certificates = openCertificates();
  for (const host of ['management.azure.com', 'a.localhost', '127.0.0.1', '::1', 'localhost', '10.0.0.1', 'fd00:0:0:1::7']) {
    await presented(certificates.secureContext(host), host, certificates.authorityPem);
  }
  const long = `${'a'.repeat(60)}.hcp.eastus2.azmk8s.io`;
  await presented(certificates.secureContext(long), long, certificates.authorityPem);
});

test('a cluster’s server certificate chains to the cluster’s authority only', async () => {
  const certificates = openCertificates();
  const context = certificates.secureContext('x.hcp.eastus2.azmk8s.io', clusterId);
  await presented(context, 'x.hcp.eastus2.azmk8s.io', certificates.clusterCa(clusterId));
  await assert.rejects(presented(context, 'x.hcp.eastus2.azmk8s.io', certificates.authorityPem));
  // Who is given a host and an authority, and no name to verify, verifies the address.
  for (const host of ['127.0.0.1', '::1', 'localhost']) await presented(context, host, certificates.clusterCa(clusterId));
});

test('contexts are cached, and renewed by the host’s clock before they end', async () => {
  let nowMs = Date.now();
  const certificates = openCertificates({ nowMs: () => nowMs });
  const first = certificates.secureContext('management.azure.com');
  const { validToDate } = await presented(first, 'management.azure.com', certificates.authorityPem);
  assert.equal(certificates.secureContext('MANAGEMENT.azure.com'), first);
  nowMs += 59 * dayMs;
  assert.equal(certificates.secureContext('management.azure.com'), first);
  nowMs += 2 * dayMs;
  assert.ok(nowMs < validToDate.getTime());
  assert.notEqual(certificates.secureContext('management.azure.com'), first);
});

test('the trust bundle holds the system’s authorities and the own one', (t) => {
  const certificates = openCertificates({ directory: temporaryDirectory(t) });
  const bundle = readFileSync(certificates.trustBundlePath() ?? '', 'utf8');
  assert.equal(bundle, certificates.trustBundlePem());
  const count = bundle.split('-----BEGIN CERTIFICATE-----').length - 1;
  assert.ok(count > 20, `${count} authorities`);
  assert.ok(bundle.endsWith(certificates.authorityPem));
  const own = join(temporaryDirectory(t), 'bundle.pem');
  writeFileSync(own, certificates.authorityPem);
  assert.equal(systemAuthorities(['/nonexistent', own]), certificates.authorityPem);
  assert.match(systemAuthorities([]), /-----BEGIN CERTIFICATE-----/);
});

test('in memory, nothing has a path', () => {
  const certificates = openCertificates();
  assert.deepEqual([certificates.authorityPath, certificates.trustBundlePath()], [undefined, undefined]);
});

test('a client certificate names its user and groups', () => {
  const certificates = openCertificates();
  const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + dayMs);
  const der = clientOf(certificates, new Date(Date.now() - 1_000), notAfter, ['system:masters', 'a, b=ü']);
  const expected = { commonName: 'masterclient', organizations: ['system:masters', 'a, b=ü'], notAfter };
  assert.deepEqual(certificates.verifyClient(der, clusterId), expected);
  assert.deepEqual(certificates.verifyClient(Uint8Array.from(der), clusterId), expected);
});

test('foreign, server, expired, early, damaged and rotated certificates name nobody', () => {
  let nowMs = Date.now();
  const certificates = openCertificates({ nowMs: () => nowMs });
  const der = clientOf(certificates, new Date(nowMs - 1_000), new Date(nowMs + dayMs));
  certificates.clusterCa('other');
  assert.ok(certificates.verifyClient(der, clusterId));
  assert.equal(certificates.verifyClient(der, 'other'), undefined);
  assert.equal(certificates.verifyClient(der, 'unknown'), undefined);
  assert.equal(
    certificates.verifyClient(clientOf(openCertificates(), new Date(nowMs - 1_000), new Date(nowMs + dayMs)), clusterId),
    undefined,
  );
  assert.equal(certificates.verifyClient(Buffer.from('garbage'), clusterId), undefined);
  assert.equal(certificates.verifyClient(new X509Certificate(certificates.clusterCa(clusterId)).raw, clusterId), undefined);
  const damaged = Buffer.from(der);
  damaged[damaged.length - 5] = (damaged[damaged.length - 5] ?? 0) ^ 1;
  assert.equal(certificates.verifyClient(damaged, clusterId), undefined);
  assert.equal(certificates.verifyClient(clientOf(certificates, new Date(nowMs + 10_000), new Date(nowMs + dayMs)), clusterId), undefined);
  nowMs += 2 * dayMs;
  assert.equal(certificates.verifyClient(der, clusterId), undefined);
  nowMs -= 2 * dayMs;
  assert.ok(certificates.verifyClient(der, clusterId));
  certificates.deleteClusterCa(clusterId);
  assert.equal(certificates.verifyClient(der, clusterId), undefined);
  certificates.clusterCa(clusterId);
  assert.equal(certificates.verifyClient(der, clusterId), undefined);
});

test('cluster authorities survive a restart', (t) => {
  const directory = temporaryDirectory(t);
  const first = openCertificates({ directory });
  const der = clientOf(first, new Date(Date.now() - 1_000), new Date(Date.now() + dayMs));
  const second = openCertificates({ directory });
  assert.ok(second.verifyClient(der, clusterId));
  assert.equal(second.clusterCa(clusterId), first.clusterCa(clusterId));
  for (const name of readdirSync(join(directory, 'clusters')))
    assert.equal(statSync(join(directory, 'clusters', name)).mode & 0o777, 0o600);
});

test('of two processes that start at once, the first authority wins for both', (t) => {
  const directory = temporaryDirectory(t);
  const [one, two] = [openCertificates({ directory }), openCertificates({ directory })];
  assert.equal(one.clusterCa('c'), two.clusterCa('c'));
});

test('token keys sign what their public half verifies, and are kept with mode 0600', async (t) => {
  const directory = temporaryDirectory(t);
  const certificates = openCertificates({ directory });
  const key = await certificates.tokenKey('entra');
  const keys = createLocalJWKSet({ keys: [key.publicJwk] });
  const token = await key.sign({ sub: 'me', aud: 'you' });
  assert.deepEqual(decodeProtectedHeader(token), { alg: 'RS256', kid: key.kid, typ: 'JWT' });
  assert.equal((await jwtVerify(token, keys, { audience: 'you' })).payload.sub, 'me');
  assert.equal(decodeProtectedHeader(await key.sign({}, { typ: 'at+jwt' })).typ, 'at+jwt');
  assert.equal('typ' in decodeProtectedHeader(await key.sign({}, { typ: '' })), false);
  assert.deepEqual(Object.keys(key.publicJwk).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  assert.equal(certificates.tokenKey('entra'), certificates.tokenKey('entra'));
  assert.equal((await openCertificates({ directory }).tokenKey('entra')).kid, key.kid);
  const [name = ''] = readdirSync(join(directory, 'tokens'));
  assert.equal(statSync(join(directory, 'tokens', name)).mode & 0o777, 0o600);
});

test('a kept token key that is none is refused', async (t) => {
  const directory = temporaryDirectory(t);
  await openCertificates({ directory }).tokenKey('entra');
  mkdirSync(join(directory, 'tokens'), { recursive: true });
  const [name = ''] = readdirSync(join(directory, 'tokens'));
  writeFileSync(join(directory, 'tokens', name), '{"kty":"oct","k":"AAAA"}');
  await assert.rejects(openCertificates({ directory }).tokenKey('entra'));
});

test('DER: integers, identifiers and dates', () => {
  assert.equal(integer(Buffer.of(0, 0, 0x80)).toString('hex'), '02020080');
  assert.equal(oid('1.2.840.10045.4.3.2').toString('hex'), '06082a8648ce3d040302');
  assert.equal(
    time(Date.UTC(2049, 11, 31, 23, 59, 59, 999))
      .subarray(2)
      .toString(),
    '491231235959Z',
  );
  assert.equal(
    time(Date.UTC(2050, 0, 1))
      .subarray(2)
      .toString(),
    '20500101000000Z',
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n }), (value) => {
      const hex = value.toString(16);
      const bytes = integer(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')).subarray(2);
      assert.equal(BigInt(`0x${bytes.toString('hex')}`), value);
      assert.equal((bytes[0] ?? 0) & 0x80, 0);
    }),
  );
});
