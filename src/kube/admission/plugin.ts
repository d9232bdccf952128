import type { Transaction } from '../../kernel/transaction.ts';
import type { Kind, User } from '../kind.ts';
import type { KubeObject } from '../object.ts';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** A write on its way to the store, as admission sees it. Objects are in the stored shape. */
export interface AdmissionRequest {
  readonly operation: Operation;
  readonly kind: Kind;
  /** "" for the object itself. */
  readonly subresource: string;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Absent for DELETE. */
  readonly object?: KubeObject;
  /** Absent for CREATE. */
  readonly previous?: KubeObject;
  readonly user: User;
  readonly dryRun: boolean;
}

/** What a plugin may read. It never writes: the object that it returns is written by the pipeline. */
export interface AdmissionContext {
  readonly tx: Transaction;
  /** Scope of the cluster's collections. */
  readonly scope: string;
  /** "1.36.2". */
  readonly version: string;
  /** Adds the text of a Warning header. */
  warn(text: string): void;
}

/** One built-in admission plugin. Refusals are thrown as StatusError; as upstream, the first one ends the chain. */
export interface AdmissionPlugin {
  readonly name: string;
  /** Changes a new or updated object. Must return the same reference when nothing changes. */
  mutate?(request: AdmissionRequest & { readonly object: KubeObject }, context: AdmissionContext): KubeObject;
  validate?(request: AdmissionRequest, context: AdmissionContext): void;
}

/** Runs the mutating half of a chain. */
export function admitMutating(
  chain: readonly AdmissionPlugin[],
  request: AdmissionRequest & { readonly object: KubeObject },
  context: AdmissionContext,
): KubeObject {
  let object = request.object;
  for (const plugin of chain)
    if (plugin.mutate) object = plugin.mutate(object === request.object ? request : { ...request, object }, context);
  return object;
}

/** Runs the validating half of a chain. */
export function admitValidating(chain: readonly AdmissionPlugin[], request: AdmissionRequest, context: AdmissionContext): void {
  for (const plugin of chain) plugin.validate?.(request, context);
}
