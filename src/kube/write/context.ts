import type { Entry } from '../../kernel/collection.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { Kind, KindContext, ServedVersion, User } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import type { Schema } from '../schema.ts';

/** All that one write may know and use, whether it came by HTTP or from a controller. */
export interface WriteContext {
  readonly tx: Transaction;
  /** Scope of the cluster's collections. */
  readonly scope: string;
  /** Kubernetes version of the cluster, "1.36.2". */
  readonly version: string;
  readonly user: User;
  /** Field manager that the write is recorded under. */
  readonly manager: string;
  /** Served version of the request's body, in which managedFields speak; absent: the stored shape. */
  readonly door?: { readonly apiVersion: string; readonly schema: Schema; readonly version: ServedVersion };
  /** Source of the events that the writer records, where it is not the manager itself. */
  readonly source?: string;
  /** Does everything but the write itself. */
  readonly dryRun: boolean;
  readonly admission: readonly AdmissionPlugin[];
  /** Adds the text of a Warning header. */
  warn(text: string): void;
}

/** What a write led to. */
export interface Written {
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'deleting' | 'deleted';
  readonly object: KubeObject;
  /** Revision that the object shows as resourceVersion: its own, or that of its deletion. Absent for a dry run of a create. */
  readonly revision: number | undefined;
  /** The entry that holds the object, for encoders that cache by it. */
  readonly entry: Entry<KubeObject> | undefined;
}

/** What the rules of a kind see of a write. */
export const kindContextOf = ({ tx, scope, version, user }: Pick<WriteContext, 'tx' | 'scope' | 'version' | 'user'>): KindContext => ({
  scope,
  version: version.split('.', 2).join('.'),
  reader: tx,
  nowIso: tx.nowIso,
  nowMs: tx.nowMs,
  user,
});

/** "apps/v1" of the stored shape. */
export function storedApiVersion(kind: Kind): string {
  const version = (kind.versions[0] as { name: string }).name; // every kind has at least one version
  const { group } = kind.storedAs ?? kind;
  return group ? `${group}/${version}` : version;
}
