import type { Json } from '../kernel/json.ts';
import type { Transaction } from '../kernel/transaction.ts';
import type { Kind } from './kind.ts';
import type { KubeObject } from './object.ts';

/** An object to create: what the server fills in may be absent. */
export type NewObject = {
  readonly metadata: {
    readonly name?: string;
    readonly generateName?: string;
    readonly namespace?: string;
    readonly [field: string]: Json | undefined;
  };
  readonly [field: string]: unknown;
};

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly uid?: string;
}

/**
 * One cluster's objects inside a transaction, for controllers: the same defaulting, validation, built-in admission and bookkeeping
 * (uid, generation, managedFields, finalizers, graceful deletion) as a request, without HTTP. Objects are those of the store: read
 * them, never write into them. Refusals are thrown as StatusError (kube/status.ts) with the code that a client would get.
 * `T` is the generated type of the kind; the store does not check it.
 */
export interface Cluster {
  /** Scope of the cluster's collections. */
  readonly scope: string;
  /** Kubernetes version, "1.36.2". */
  readonly version: string;
  readonly tx: Transaction;
  get<T extends KubeObject = KubeObject>(kind: Kind, namespace: string | undefined, name: string): T | undefined;
  /** All of a kind, or of one namespace, in key order. */
  list<T extends KubeObject = KubeObject>(kind: Kind, namespace?: string): T[];
  /** Objects owned by that uid (index "owner"), or filed under another index of the kind. */
  indexed<T extends KubeObject = KubeObject>(kind: Kind, index: string, key: string): T[];
  create<T extends KubeObject = KubeObject>(kind: Kind, object: NewObject): T;
  /** How many creations were refused. */
  readonly refused: number;
  /**
   * Replaces all but status (for kinds that have the subresource). No write when nothing changed. With `subresource` ("finalize",
   * "ephemeralcontainers") it replaces what that path may change and the object itself may not.
   */
  update<T extends KubeObject = KubeObject>(kind: Kind, object: T, subresource?: string): T;
  /** Replaces status alone. No write when nothing changed. */
  updateStatus<T extends KubeObject = KubeObject>(kind: Kind, object: T): T;
  delete(kind: Kind, namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /** Records an Event about an object, folded into an earlier equal one by count as client-go's correlator does. */
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}
