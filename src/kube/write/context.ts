import type { Entry } from '../../kernel/collection.ts';
import { collectionName } from '../../kernel/store.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import { type Kind, type KindContext, kindClass, type ServedVersion, type User } from '../kind.ts';
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

const names = new WeakMap<object, Map<string, string>>();

/** Name of a kind's collection in a cluster. Put together once: a look-up by a fresh text would hash it every time. */
export function collectionOf(kind: Pick<Kind, 'group' | 'resource' | 'storedAs'>, scope: string): string {
  const byScope = names.get(kind) ?? new Map<string, string>();
  const known = byScope.get(scope);
  if (known !== undefined) return known;
  const name = collectionName(kindClass(kind), scope);
  names.set(kind, byScope.set(scope, name));
  return name;
}

/** "apps/v1" of the stored shape. */
export function storedApiVersion(kind: Kind): string {
  const version = (kind.versions[0] as { name: string }).name; // every kind has at least one version
  const { group } = kind.storedAs ?? kind;
  return group ? `${group}/${version}` : version;
}
