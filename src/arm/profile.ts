import type { Random } from '../kernel/random.ts';
import type { Reader } from '../kernel/store.ts';
import type { Transaction } from '../kernel/transaction.ts';
import type { OperationVerb } from './resource.ts';
import type { ResourceType } from './resource-type.ts';

/** How long operations take (DESIGN §5). */
export type Profile = 'instant' | 'realistic' | 'chaos';
export const SETTINGS = 'arm/settings';
const PROFILE_KEY = 'profile';
/** What most network and compute resources take in Azure. */
const USUAL_MS = 4_000;

export const profileOf = (reader: Reader): Profile => reader.get<Profile>(SETTINGS, PROFILE_KEY)?.value ?? 'instant';
export const setProfile = (tx: Transaction, profile: Profile): void => {
  tx.put(SETTINGS, PROFILE_KEY, profile);
};

/** A stage's duration under the world's profile: 0, the published one, or that with a jitter from half to four times. */
export function stageMs(reader: Reader, realisticMs: number, random: Random): number {
  const profile = profileOf(reader);
  if (profile === 'instant') return 0;
  return profile === 'realistic' ? realisticMs : Math.round(realisticMs * (0.5 + 3.5 * random.unit()));
}

export function durationMs(reader: Reader, type: ResourceType, verb: OperationVerb, random: Random): number {
  const { createMs = USUAL_MS, updateMs = USUAL_MS, deleteMs = USUAL_MS } = type.durations ?? {};
  return stageMs(reader, verb === 'create' ? createMs : verb === 'delete' ? deleteMs : updateMs, random);
}
