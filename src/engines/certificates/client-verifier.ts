import { createHash, X509Certificate } from 'node:crypto';
import type { Authority } from './authority.ts';

/** Whom a client certificate names: the Kubernetes user and groups. */
export interface ClientIdentity {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly notAfter: Date;
}

interface Verified {
  readonly identity: ClientIdentity;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly authority: Authority;
}

const clientAuth = '1.3.6.1.5.5.7.3.2';
const maxCached = 10_000;

const asList = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** Checks everything that time does not change. */
function check(der: Uint8Array, authority: Authority): Verified | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch {
    return undefined; // not a certificate at all
  }
  const isIssued = certificate.checkIssued(authority.certificate) && certificate.verify(authority.certificate.publicKey);
  if (!isIssued || certificate.ca || !certificate.keyUsage?.includes(clientAuth)) return undefined;
  // The declared type has one string per attribute; a name that comes several times is a list.
  const subject: Partial<Record<string, string | readonly string[]>> = certificate.toLegacyObject().subject;
  const notAfter = certificate.validToDate;
  const identity = { commonName: asList(subject.CN)[0] ?? '', organizations: asList(subject.O), notAfter };
  return { identity, notBeforeMs: certificate.validFromDate.getTime(), notAfterMs: notAfter.getTime(), authority };
}

/** Makes the check of client certificates: signatures are remembered per certificate, dates are read anew each time. */
export function clientVerifier(authorityOf: (clusterId: string) => Authority | undefined, nowMs: () => number) {
  // A connection hands the same bytes to each of its requests, so identity finds them without hashing.
  const byBytes = new WeakMap<Uint8Array, string>();
  const cache = new Map<string, Verified | false>();

  const fingerprint = (der: Uint8Array): string => {
    const known = byBytes.get(der);
    if (known !== undefined) return known;
    const digest = createHash('sha256').update(der).digest('base64');
    byBytes.set(der, digest);
    return digest;
  };

  return (der: Uint8Array, clusterId: string): ClientIdentity | undefined => {
    const authority = authorityOf(clusterId);
    if (authority === undefined) return undefined;
    const key = `${clusterId} ${fingerprint(der)}`;
    let verified = cache.get(key);
    if (verified === undefined || (verified !== false && verified.authority !== authority)) {
      verified = check(der, authority) ?? false;
      if (cache.size >= maxCached) cache.clear();
      cache.set(key, verified);
    }
    if (verified === false) return undefined;
    const now = nowMs();
    return now >= verified.notBeforeMs && now <= verified.notAfterMs ? verified.identity : undefined;
  };
}
