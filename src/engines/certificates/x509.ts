import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bitString, boolean, der, integer, octetString, oid, sequence, set, time, utf8String } from './der.ts';

/** Attributes of a distinguished name in their order; several organizations make several O attributes. */
export interface DistinguishedName {
  readonly organizations?: readonly string[];
  readonly commonName?: string;
}

/** Whoever signs: a name and its key. `keyId` is the subject key identifier that issued certificates refer to. */
export interface Issuer {
  readonly name: DistinguishedName;
  readonly privateKey: KeyObject;
}

export type CertificateUse =
  | { readonly kind: 'authority' }
  | { readonly kind: 'server'; readonly hosts: readonly string[] }
  | { readonly kind: 'client' };

export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly publicKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly use: CertificateUse;
}

const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const attribute = (type: string, value: string): Buffer => set(sequence(oid(type), utf8String(value)));

const encodeName = (name: DistinguishedName): Buffer =>
  sequence(
    ...(name.organizations ?? []).map((organization) => attribute(oids.organization, organization)),
    ...(name.commonName === undefined ? [] : [attribute(oids.commonName, name.commonName)]),
  );

const extension = (type: string, isCritical: boolean, value: Uint8Array): Buffer =>
  isCritical ? sequence(oid(type), boolean(true), octetString(value)) : sequence(oid(type), octetString(value));

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** RFC 7093 method 1 shortened to 20 bytes, over the whole SubjectPublicKeyInfo: any stable digest of the key is allowed. */
const keyIdentifier = (key: KeyObject): Buffer => createHash('sha256').update(spki(key)).digest().subarray(0, 20);

/** Bytes of an IPv4 or IPv6 address for an iPAddress name. */
function addressBytes(address: string): Buffer {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const words = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(words.flatMap((word) => [word >>> 8, word & 0xff]));
}

const generalName = (host: string): Buffer => (isIP(host) === 0 ? der(0x82, Buffer.from(host, 'latin1')) : der(0x87, addressBytes(host)));

/** Critical where RFC 5280 asks for it: Python's strict verification (3.13) refuses an authority whose constraints are not. */
function extensions(request: CertificateRequest, issuerKey: KeyObject): Buffer {
  const keys = [
    extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifier(request.publicKey))),
    extension(oids.authorityKeyIdentifier, false, sequence(der(0x80, keyIdentifier(issuerKey)))),
  ];
  const { use } = request;
  if (use.kind === 'authority') {
    const certAndCrlSign = bitString(Buffer.of(0x06), 1);
    return sequence(
      extension(oids.basicConstraints, true, sequence(boolean(true))),
      extension(oids.keyUsage, true, certAndCrlSign),
      ...keys,
    );
  }
  const digitalSignature = bitString(Buffer.of(0x80), 7);
  const purpose = use.kind === 'server' ? oids.serverAuth : oids.clientAuth;
  return sequence(
    extension(oids.basicConstraints, true, sequence()),
    extension(oids.keyUsage, true, digitalSignature),
    extension(oids.extendedKeyUsage, false, sequence(oid(purpose))),
    ...keys,
    ...(use.kind === 'server' ? [extension(oids.subjectAlternativeName, false, sequence(...use.hosts.map(generalName)))] : []),
  );
}

/** Signs an X.509 v3 certificate with ECDSA P-256 and SHA-256; returns its DER. Dates are cut to whole seconds. */
export function signCertificate(request: CertificateRequest, issuer: Issuer): Buffer {
  const algorithm = sequence(oid(oids.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(serial),
    algorithm,
    encodeName(issuer.name),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    encodeName(request.subject),
    spki(request.publicKey),
    der(0xa3, extensions(request, createPublicKey(issuer.privateKey))),
  );
  return sequence(toBeSigned, algorithm, bitString(sign('sha256', toBeSigned, issuer.privateKey)));
}

export const generateP256 = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** PEM text of DER bytes under a label such as CERTIFICATE. */
export const pem = (label: string, bytes: Uint8Array): string => {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
};

export const privateKeyPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();
