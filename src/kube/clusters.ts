import type { IndexDefinition } from '../kernel/collection.ts';
import type { Reader } from '../kernel/store.ts';

/** What the world knows of one API server. Written by whoever makes clusters (aks), read by the pipeline and by controllers. */
export type ClusterRecord = {
  /** Scope of its collections: unique for all time, safe in names. */
  readonly scope: string;
  /** Kubernetes version that it serves, "1.36.2". */
  readonly version: string;
  /** Host name under which clients reach it, lower-case. */
  readonly fqdn: string;
  /** Issuer of its service-account tokens. */
  readonly issuer: string;
  /** False while it is stopped: it answers nobody and its controllers rest. */
  readonly running: boolean;
  readonly serviceCidr: string;
  readonly podCidr?: string;
  readonly dnsServiceIp: string;
  /** PEM of its certificate authority; absent until an engine has made it (DESIGN §3: an intent, answered by an engine). */
  readonly caCertificate?: string;
  /** ARM id of the resource behind it, as it was written by its creator. */
  readonly resourceId: string;
};

/** Collection of the records, keyed by scope. */
export const CLUSTERS = 'kube/clusters';

const FQDN = 'fqdn';

/** For the world: every request looks for the cluster of its host. */
export const clusterIndex: IndexDefinition = {
  class: CLUSTERS,
  name: FQDN,
  // The collection holds records alone.
  keys: (value) => [(value as ClusterRecord).fqdn],
};

/** The cluster that answers under a host name. */
export const clusterOfFqdn = (reader: Reader, fqdn: string): ClusterRecord | undefined =>
  reader.indexed<ClusterRecord>(CLUSTERS, FQDN, fqdn)[0]?.value;

export const clusterRecord = (reader: Reader, scope: string): ClusterRecord | undefined =>
  reader.get<ClusterRecord>(CLUSTERS, scope)?.value;
