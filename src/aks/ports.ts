import type { Arm } from '../arm/resource-type.ts';
import type { Via } from '../kernel/http.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import type { Cluster } from '../kube/cluster.ts';

/** A client certificate and its key, PEM. */
export interface ClientCredential {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What AKS needs of the host and of the process it runs in. Composed by `server`. */
export interface AksPorts {
  /** The estate's write side. A function, since the types that are declared here are part of what makes it. */
  arm(): Arm;
  /** Whether a principal may do `action` at `scope`, by Azure RBAC. */
  may(reader: Reader, principal: string, action: string, scope: string): boolean;
  /** Opens a cluster's objects for a component. */
  open(tx: Transaction, scope: string, component: string): Cluster;
  /** Where clients that came this way find a cluster: server URL, the proxy to go through if names alone don't lead there, the name to verify. */
  endpoint(fqdn: string, via: Via): { readonly server: string; readonly proxyUrl?: string; readonly tlsServerName?: string };
  /** Authority host for kubelogin; undefined where the real host name leads to us. */
  authorityHost(via: Via): string | undefined;
  /** The client certificate of a user of a cluster, signed by its authority: the same one until it nears its end, then one for so many days. */
  issueClient(scope: string, user: { readonly name: string; readonly groups: readonly string[] }, days: number): ClientCredential;
}
