import type { Json } from '../kernel/json.ts';
import type { Transaction } from '../kernel/transaction.ts';
import { hashSecret } from './directory.ts';
import type { EntraPorts } from './ports.ts';

/** What outlives a request, in the store so that it survives a restart. Times are host time, ms since the epoch. */
export const DEVICE_CODES = 'entra/devicecodes';
export const REFRESH_TOKENS = 'entra/refreshtokens';

export type DeviceCode = {
  readonly userCode: string;
  readonly clientId: string;
  readonly scope: string;
  readonly expiresMs: number;
  /** Who confirmed it; absent while nobody has. */
  readonly userId?: string;
  readonly declined?: boolean;
};

export type RefreshToken = {
  readonly userId: string;
  readonly clientId: string;
  readonly expiresMs: number;
  readonly methods: readonly string[];
};

/** Expired entries deleted per new one: more than one, so that they never pile up. */
const SWEPT = 4;

/**
 * Stores a value under a new secret, which only its bearer knows: the key holds its hash. Keys begin with the expiry, so that the
 * expired ones stand first and are swept without a search.
 */
export function putSecret<V extends Json & { readonly expiresMs: number }>(
  tx: Transaction,
  ports: EntraPorts,
  collection: string,
  value: V,
): string {
  for (const { key, value: old } of tx.list<V>(collection, { limit: SWEPT }))
    if (old.expiresMs <= ports.hostNowMs()) tx.delete(collection, key);
  const secret = `${stamp(value.expiresMs)}.${ports.newSecret()}`;
  tx.put(collection, keyOf(secret), value);
  return secret;
}

/** Key under which `putSecret` stored the value of this secret. */
export const keyOf = (secret: string): string => `${secret.slice(0, STAMP)}-${hashSecret(secret)}`;

const STAMP = 9;
/** Fixed width, so that text order is time order. */
const stamp = (ms: number): string => Math.trunc(ms).toString(36).padStart(STAMP, '0');
