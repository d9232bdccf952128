import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificates } from '../engines/certificates/certificates.ts';
import { isObject } from '../kernel/json.ts';
import { writeAtomically } from './home.ts';

export interface ClientCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}
export interface ClientUser {
  readonly name: string;
  readonly groups: readonly string[];
}

const DAY_MS = 86_400_000;
/** A certificate with less left than this is not handed out any more. */
const RENEW_BEFORE_MS = 30 * DAY_MS;
/** Clients' clocks are not always quite ours. */
const BACKDATE_MS = 60_000;

/**
 * The clients' certificates of clusters. As AKS does, each user of a cluster is given the same one until it ends or the cluster's
 * authority changes: az refuses to merge another one over it, and Terraform takes another one for a change.
 */
export class ClientCertificates {
  readonly #certificates: Certificates;
  readonly #folder: string | undefined;
  readonly #kept = new Map<string, ClientCertificate>();

  /** `folder` is where they outlive the process, made when needed; absent: they don't. */
  constructor(certificates: Certificates, folder?: string) {
    this.#certificates = certificates;
    this.#folder = folder;
  }

  /** The certificate of a user of a cluster, with at least 30 days left on the host's clock. */
  of(cluster: string, user: ClientUser, lifetimeDays: number): ClientCertificate {
    const id = createHash('sha256')
      .update(JSON.stringify([cluster, user.name, ...user.groups]))
      .digest('hex')
      .slice(0, 40);
    const authority = new X509Certificate(this.#certificates.clusterCa(cluster));
    const kept = this.#kept.get(id) ?? this.#read(id);
    const current = kept && isUsable(kept, authority) ? kept : this.#issue(cluster, user, lifetimeDays);
    if (current !== kept) this.#write(id, current);
    this.#kept.set(id, current);
    return current;
  }

  #read(id: string): ClientCertificate | undefined {
    return this.#folder === undefined ? undefined : read(join(this.#folder, `${id}.json`));
  }

  #write(id: string, certificate: ClientCertificate): void {
    if (this.#folder === undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeAtomically(join(this.#folder, `${id}.json`), JSON.stringify(certificate));
  }

  #issue(clusterId: string, { name, groups }: ClientUser, lifetimeDays: number): ClientCertificate {
    const { certificatePem, privateKeyPem } = this.#certificates.issueClientCertificate({
      clusterId,
      commonName: name,
      organizations: groups,
      notBefore: new Date(Date.now() - BACKDATE_MS),
      notAfter: new Date(Date.now() + lifetimeDays * DAY_MS),
    });
    return { certificatePem, privateKeyPem };
  }
}

function isUsable({ certificatePem }: ClientCertificate, authority: X509Certificate): boolean {
  const certificate = new X509Certificate(certificatePem);
  return certificate.validToDate.getTime() - Date.now() > RENEW_BEFORE_MS && certificate.verify(authority.publicKey);
}

/** What was written before; undefined when there is none, or nothing that can be read. */
function read(file: string): ClientCertificate | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isObject(value)) return undefined;
    const { certificatePem, privateKeyPem } = value;
    if (typeof certificatePem !== 'string' || typeof privateKeyPem !== 'string') return undefined;
    new X509Certificate(certificatePem);
    return { certificatePem, privateKeyPem };
  } catch {
    return undefined;
  }
}
