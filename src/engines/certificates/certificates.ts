import { createHash } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Authority, issue, issueServer, type KeyAndCertificate, openAuthority, readAuthority } from './authority.ts';
import { type ClientIdentity, clientVerifier } from './client-verifier.ts';
import { readSigningRequest } from './signing-request.ts';
import { openTokenKey, type TokenKey } from './token-keys.ts';
import { systemAuthorities, trustBundle } from './trust-bundle.ts';
import { fileVault, memoryVault } from './vault.ts';
import { type DistinguishedName, pem, signCertificate } from './x509.ts';

export interface CertificatesOptions {
  /** Directory for keys and certificates (made with mode 0700); absent: everything stays in memory (`--ephemeral`). */
  readonly directory?: string;
  /** The host's clock, ms since the epoch: TLS is checked by clients against theirs (DESIGN §5). */
  readonly nowMs?: () => number;
}

export interface ClientCertificateOptions {
  readonly clusterId: string;
  /** The Kubernetes user. */
  readonly commonName: string;
  /** The Kubernetes groups. */
  readonly organizations: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface SignRequestOptions {
  readonly clusterId: string;
  readonly requestPem: string;
  readonly use: 'client' | 'server';
  readonly lifetimeMs: number;
  /** Whether to sign for this subject and these hosts. */
  allows(subject: DistinguishedName, hosts: readonly string[]): boolean;
}

export interface Certificates {
  /** The own authority, which clients must trust. */
  readonly authorityPem: string;
  /** Path of the authority's certificate (NODE_EXTRA_CA_CERTS); undefined without a directory. */
  readonly authorityPath: string | undefined;
  /** The system's authorities and the own one as one PEM. */
  trustBundlePem(): string;
  /** Path of a file with `trustBundlePem` (REQUESTS_CA_BUNDLE, SSL_CERT_FILE), written when it changed; undefined without a directory. */
  trustBundlePath(): string | undefined;
  /**
   * The TLS context for a host name or address, signed by the own authority or by a cluster's. Kept in memory and
   * renewed before it ends. localhost, 127.0.0.1 and ::1 share one certificate.
   */
  secureContext(host: string, clusterId?: string): SecureContext;
  /** A cluster's authority (PEM), made and kept when first asked for. Ids are opaque and case-sensitive. */
  clusterCa(clusterId: string): string;
  /** Forgets a cluster's authority: its client certificates no longer verify, and the next question makes a new one (rotation). */
  deleteClusterCa(clusterId: string): void;
  /** A client certificate of a cluster with a fresh key. Dates are cut to whole seconds. */
  issueClientCertificate(options: ClientCertificateOptions): KeyAndCertificate;
  /** A cluster's certificate (PEM) for whoever sent a PKCS #10 request (PEM), valid from now; undefined when the request is not valid. */
  signRequest(options: SignRequestOptions): string | undefined;
  /** Who a client certificate (DER) names, when the cluster's authority signed it, it is for clients and valid now by the host's clock. */
  verifyClient(certificate: Uint8Array, clusterId: string): ClientIdentity | undefined;
  /** A named key for signing tokens; made off the main thread at the first call, so call it early and await it late. */
  tokenKey(name: string): Promise<TokenKey>;
}

/** How far before now a signed certificate begins to be valid, for clocks that differ: kube-controller-manager's. */
const SIGNED_BACKDATE_MS = 300_000;
const leafLifetimeMs = 90 * 86_400_000;
const renewBeforeMs = 30 * 86_400_000;
/** Contexts cost about 50 KB each; more hosts than this are a client walking through names. */
const maxContexts = 1_000;
const loopbackHosts = ['localhost', '*.localhost', '127.0.0.1', '::1'];

// Names below localhost get their own: OpenSSL refuses a wildcard right under a single label.
const isLoopback = (host: string): boolean => host === '127.0.0.1' || host === '::1' || host === 'localhost';
const fileNameOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 40);
const clusterFile = (clusterId: string): string => `clusters/${fileNameOf(clusterId)}.pem`;
const ownName = { organizations: ['Slipway'], commonName: 'Slipway local authority' };
const clusterName = { commonName: 'ca' }; // AKS names the authority of every cluster so

/** Opens the keys and certificates of this host, making the own authority (ECDSA P-256, 10 years) at the first start. */
export function openCertificates(options: CertificatesOptions = {}): Certificates {
  const vault = options.directory === undefined ? memoryVault() : fileVault(options.directory);
  const nowMs = options.nowMs ?? Date.now;
  const own = openAuthority(vault, 'ca.pem', ownName, nowMs());
  const clusters = new Map<string, Authority>();
  const contexts = new Map<string, { readonly context: SecureContext; readonly renewAtMs: number }>();
  const tokenKeys = new Map<string, Promise<TokenKey>>();

  const keptCluster = (clusterId: string): Authority | undefined => {
    const authority = clusters.get(clusterId) ?? readAuthority(vault, clusterFile(clusterId), clusterName);
    if (authority !== undefined) clusters.set(clusterId, authority);
    return authority;
  };
  const cluster = (clusterId: string): Authority => {
    const authority = keptCluster(clusterId) ?? openAuthority(vault, clusterFile(clusterId), clusterName, nowMs());
    clusters.set(clusterId, authority);
    return authority;
  };
  const makeContext = (hosts: readonly string[], authority: Authority): SecureContext => {
    const leaf = issueServer(authority, hosts, nowMs(), leafLifetimeMs);
    // Without a session id context OpenSSL refuses to resume sessions of servers that ask for client certificates.
    const shared = { minVersion: 'TLSv1.2', sessionIdContext: 'slipway' } as const;
    return createSecureContext({ ...shared, key: leaf.privateKeyPem, cert: leaf.certificatePem + authority.certificatePem });
  };
  const verifier = clientVerifier(keptCluster, nowMs);

  return {
    authorityPem: own.certificatePem,
    authorityPath: vault.publish('ca.crt', own.certificatePem),
    trustBundlePem: () => trustBundle(own.certificatePem, systemAuthorities()),
    trustBundlePath: () => vault.publish('ca-bundle.crt', trustBundle(own.certificatePem, systemAuthorities())),
    secureContext(rawHost, clusterId) {
      const lower = rawHost.toLowerCase();
      const host = isLoopback(lower) ? 'localhost' : lower;
      const key = clusterId === undefined ? host : `${host} ${clusterId}`;
      const known = contexts.get(key);
      if (known !== undefined && nowMs() < known.renewAtMs) return known.context;
      const names = host === 'localhost' ? loopbackHosts : [host];
      // A cluster has a loopback port of its own; Terraform's kubernetes provider goes there without a name to verify.
      const context =
        clusterId === undefined ? makeContext(names, own) : makeContext([...new Set([...names, ...loopbackHosts])], cluster(clusterId));
      contexts.delete(key);
      contexts.set(key, { context, renewAtMs: nowMs() + leafLifetimeMs - renewBeforeMs });
      const oldest = contexts.keys().next();
      if (contexts.size > maxContexts && !oldest.done) contexts.delete(oldest.value);
      return context;
    },
    clusterCa: (clusterId) => cluster(clusterId).certificatePem,
    deleteClusterCa(clusterId) {
      clusters.delete(clusterId);
      vault.delete(clusterFile(clusterId));
      for (const key of contexts.keys()) if (key.endsWith(` ${clusterId}`)) contexts.delete(key);
    },
    issueClientCertificate({ clusterId, commonName, organizations, notBefore, notAfter }) {
      const validity = { notBeforeMs: notBefore.getTime(), notAfterMs: notAfter.getTime() };
      return issue(cluster(clusterId), { subject: { organizations, commonName }, use: { kind: 'client' }, ...validity });
    },
    signRequest({ clusterId, requestPem, use, lifetimeMs, allows }) {
      const request = readSigningRequest(requestPem);
      if (request === undefined || !allows(request.subject, request.hosts)) return undefined;
      const { subject, publicKey, hosts } = request;
      const validity = { notBeforeMs: nowMs() - SIGNED_BACKDATE_MS, notAfterMs: nowMs() + lifetimeMs };
      const purpose = use === 'client' ? ({ kind: 'client' } as const) : ({ kind: 'server', hosts } as const);
      return pem('CERTIFICATE', signCertificate({ subject, publicKey, ...validity, use: purpose }, cluster(clusterId)));
    },
    verifyClient: verifier,
    tokenKey(name) {
      const known = tokenKeys.get(name);
      if (known !== undefined) return known;
      const key = openTokenKey(vault, `tokens/${fileNameOf(name)}.jwk`);
      tokenKeys.set(name, key);
      return key;
    },
  };
}
