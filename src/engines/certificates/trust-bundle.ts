import { readFileSync } from 'node:fs';
import { getCACertificates, rootCertificates } from 'node:tls';

/** Where operating systems keep all trusted authorities as one PEM file (the list that Go's crypto/x509 searches). */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Alpine
  '/etc/pki/tls/certs/ca-bundle.crt', // Fedora, RHEL 6
  '/etc/ssl/ca-bundle.pem', // openSUSE
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL 7 and later
  '/etc/ssl/cert.pem', // Alpine, macOS
  '/usr/local/etc/ssl/cert.pem', // FreeBSD
];

function readBundle(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
  } catch {
    return undefined; // another system's location, or not readable: the next one will do
  }
}

/** PEM of the authorities that this host trusts: its bundle file, else its certificate store, else Node's own list. */
export function systemAuthorities(paths: readonly string[] = systemBundles): string {
  for (const path of paths) {
    const text = readBundle(path);
    if (text !== undefined) return text;
  }
  const stored = getCACertificates('system');
  return (stored.length > 0 ? stored : rootCertificates).join('\n');
}

/** One PEM for variables that replace the trusted authorities instead of adding to them (REQUESTS_CA_BUNDLE, SSL_CERT_FILE). */
export const trustBundle = (ownPem: string, systemPem: string): string => `${systemPem.trimEnd()}\n${ownPem}`;
