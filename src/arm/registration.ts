import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { notRegistered } from './errors.ts';

/** Collection of namespaces that a subscription took back its registration of; all others count as registered. */
const UNREGISTERED = 'arm/unregistered-providers';

const keyOfNamespace = (subscription: string, namespace: string): string => `${subscription}/${namespace}`.toLowerCase();

export const isRegistered = (reader: Reader, subscription: string, namespace: string): boolean =>
  reader.get(UNREGISTERED, keyOfNamespace(subscription, namespace)) === undefined;

export function setRegistered(tx: Transaction, subscription: string, namespace: string, registered: boolean): void {
  if (registered) tx.delete(UNREGISTERED, keyOfNamespace(subscription, namespace));
  else tx.put(UNREGISTERED, keyOfNamespace(subscription, namespace), true);
}

/** Refuses a write into a namespace that the subscription gave up. Azure's own namespaces are always there. */
export function requireRegistered(reader: Reader, subscription: string, namespace: string): void {
  if (ALWAYS.includes(namespace.toLowerCase()) || isRegistered(reader, subscription, namespace)) return;
  throw notRegistered(namespace);
}

const ALWAYS = ['microsoft.resources', 'microsoft.authorization'];
