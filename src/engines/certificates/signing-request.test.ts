import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { openCertificates } from './certificates.ts';
import { bitString, der, integer, octetString, oid, sequence, set, utf8String } from './der.ts';
import { readSigningRequest } from './signing-request.ts';
import { pem } from './x509.ts';

const ALGORITHMS = { ec: '1.2.840.10045.4.3.2', rsa: '1.2.840.113549.1.1.11', ed25519: '1.3.101.112' } as const;
const keys = {
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ed25519: generateKeyPairSync('ed25519'),
};

const attribute = (type: string, value: string) => set(sequence(oid(type), utf8String(value)));
const alternativeNames = (...names: Buffer[]) =>
  der(0xa0, sequence(oid('1.2.840.113549.1.9.14'), set(sequence(sequence(oid('2.5.29.17'), octetString(sequence(...names)))))));

/** A request as openssl makes it, signed by `signer`. */
function request(type: keyof typeof keys, attributes = der(0xa0), signer: KeyObject = keys[type].privateKey): string {
  const name = sequence(attribute('2.5.4.10', 'system:nodes'), attribute('2.5.4.3', 'system:node:n1'));
  const info = sequence(integer(Buffer.of(0)), name, keys[type].publicKey.export({ type: 'spki', format: 'der' }), attributes);
  const signature = sign(type === 'ed25519' ? null : 'sha256', info, signer);
  return pem('CERTIFICATE REQUEST', sequence(info, sequence(oid(ALGORITHMS[type])), bitString(signature)));
}

test('requests are read with every kind of key', () => {
  for (const type of ['ec', 'rsa', 'ed25519'] as const) {
    const found = readSigningRequest(request(type));
    assert.deepEqual(found?.subject, { organizations: ['system:nodes'], commonName: 'system:node:n1' });
    assert.ok(found?.publicKey.equals(keys[type].publicKey));
  }
});

test('alternative names are read', () => {
  const names = alternativeNames(der(0x82, Buffer.from('n1')), der(0x87, Buffer.of(10, 0, 0, 4)), der(0x81, Buffer.from('a@b')));
  assert.deepEqual(readSigningRequest(request('ec', names))?.hosts, ['n1', '10.0.0.4']);
});

test('what was signed with another key is no request', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  assert.equal(
    readSigningRequest(request('ec', der(0xa0), createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })))),
    undefined,
  );
});

test('damaged requests are refused, never an error', () => {
  const bytes = Buffer.from(request('ec').split('\n').slice(1, -2).join(''), 'base64');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, isCut) => {
      const damaged = Buffer.from(isCut ? bytes.subarray(0, at) : bytes);
      if (!isCut) damaged[at] = value;
      const found = readSigningRequest(pem('CERTIFICATE REQUEST', damaged));
      // Some bytes say nothing, such as those that pad a bit string: whatever is accepted is what was signed.
      assert.ok(found === undefined || (found.publicKey.equals(keys.ec.publicKey) && found.subject.commonName === 'system:node:n1'));
    }),
  );
});

test("a cluster's authority signs for the key of the request", () => {
  const certificates = openCertificates();
  const authority = new X509Certificate(certificates.clusterCa('c'));
  const ask = (use: 'client' | 'server', allowed: boolean) => {
    const requestPem = request('ec', alternativeNames(der(0x87, Buffer.of(10, 0, 0, 4))));
    return certificates.signRequest({ clusterId: 'c', requestPem, use, lifetimeMs: 3_600_000, allows: () => allowed });
  };
  assert.equal(ask('client', false), undefined);
  const client = new X509Certificate(ask('client', true) ?? '');
  assert.ok(client.verify(authority.publicKey) && client.publicKey.equals(keys.ec.publicKey));
  assert.deepEqual(certificates.verifyClient(client.raw, 'c')?.organizations, ['system:nodes']);
  assert.equal(new X509Certificate(ask('server', true) ?? '').checkIP('10.0.0.4'), '10.0.0.4');
});
