import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Vault } from './vault.ts';
import { type CertificateUse, type DistinguishedName, generateP256, pem, privateKeyPem, signCertificate } from './x509.ts';

const dayMs = 86_400_000;
const authorityLifetimeMs = 3650 * dayMs;
/** Clients on virtual machines and in containers may be some minutes behind. */
const backdateMs = 3_600_000;

/** A certificate authority: what signs, and what clients trust. */
export interface Authority {
  readonly certificatePem: string;
  readonly certificate: X509Certificate;
  readonly privateKey: KeyObject;
  readonly name: DistinguishedName;
}

export interface IssueOptions {
  readonly subject: DistinguishedName;
  readonly use: CertificateUse;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface KeyAndCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

function parseAuthority(text: string, name: DistinguishedName): Authority {
  const split = text.indexOf('-----BEGIN CERTIFICATE-----');
  const certificatePem = text.slice(split);
  return { certificatePem, certificate: new X509Certificate(certificatePem), privateKey: createPrivateKey(text.slice(0, split)), name };
}

function generateAuthority(name: DistinguishedName, nowMs: number): string {
  const { publicKey, privateKey } = generateP256();
  const subject = { subject: name, publicKey, notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + authorityLifetimeMs };
  const certificate = signCertificate({ ...subject, use: { kind: 'authority' } }, { name, privateKey });
  return privateKeyPem(privateKey) + pem('CERTIFICATE', certificate);
}

/** The authority kept under `fileName`, if there is one. Key and certificate share a file, so that there is never half a pair. */
export function readAuthority(vault: Vault, fileName: string, name: DistinguishedName): Authority | undefined {
  const text = vault.read(fileName);
  return text === undefined ? undefined : parseAuthority(text, name);
}

/** The authority kept under `fileName`, made now (10 years) where there is none. */
export const openAuthority = (vault: Vault, fileName: string, name: DistinguishedName, nowMs: number): Authority =>
  readAuthority(vault, fileName, name) ?? parseAuthority(vault.create(fileName, generateAuthority(name, nowMs)), name);

/** Issues a certificate with a fresh P-256 key. */
export function issue(authority: Authority, options: IssueOptions): KeyAndCertificate {
  const { publicKey, privateKey } = generateP256();
  const certificate = signCertificate({ ...options, publicKey }, authority);
  return { certificatePem: pem('CERTIFICATE', certificate), privateKeyPem: privateKeyPem(privateKey) };
}

/** Issues a server certificate for host names and addresses, valid from an hour ago for `lifetimeMs`. */
export function issueServer(authority: Authority, hosts: readonly string[], nowMs: number, lifetimeMs: number): KeyAndCertificate {
  const [first = ''] = hosts;
  const subject = first.length <= 64 ? { commonName: first } : {}; // RFC 5280 ub-common-name; clients read the alternative names
  return issue(authority, { subject, use: { kind: 'server', hosts }, notBeforeMs: nowMs - backdateMs, notAfterMs: nowMs + lifetimeMs });
}
