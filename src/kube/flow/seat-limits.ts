import type { PriorityLevelConfiguration } from '../../../gen/kubernetes-types.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';

/** What a priority level may occupy, in seats. A seat is one request at a time. */
export interface SeatLimit {
  /** Its share of all seats. */
  readonly nominal: number;
  /** Seats that no other level may take. */
  readonly guaranteed: number;
  /** The most that it may occupy with what others lend. */
  readonly most: number;
}

const COLLECTION_CLASS = 'kube/flowcontrol.apiserver.k8s.io/prioritylevelconfigurations';

export type SeatLimits = ReadonlyMap<string, SeatLimit>;
const known = new WeakMap<object, { readonly count: number; readonly total: number; readonly limits: SeatLimits }>();

/** Limits of the levels of a cluster that has `total` seats, by name. Made anew when a level changed, found by the newest entry. */
export function seatLimits(reader: Reader, scope: string, total: number): SeatLimits {
  // The collection holds levels alone.
  const entries = reader.list<PriorityLevelConfiguration & { readonly [field: string]: never }>(collectionName(COLLECTION_CLASS, scope));
  const newest = entries.reduce<(typeof entries)[number] | undefined>(
    (best, entry) => (best && best.revision > entry.revision ? best : entry),
    undefined,
  );
  if (!newest) return new Map();
  const made = known.get(newest);
  if (made && made.count === entries.length && made.total === total) return made.limits;
  const limits = limitsOf(
    entries.map(({ value }) => value),
    total,
  );
  known.set(newest, { count: entries.length, total, limits });
  return limits;
}

/** Models util/flowcontrol: seats are shared out by nominalConcurrencyShares, rounded up. */
export function limitsOf(levels: readonly PriorityLevelConfiguration[], total: number): SeatLimits {
  const partOf = ({ spec }: PriorityLevelConfiguration) => spec.limited ?? spec.exempt ?? {};
  const sharesOf = (level: PriorityLevelConfiguration): number => partOf(level).nominalConcurrencyShares ?? 0;
  const sum = levels.reduce((shares, level) => shares + sharesOf(level), 0);
  return new Map(
    levels.map((level) => {
      const nominal = sum === 0 ? 0 : Math.ceil((total * sharesOf(level)) / sum);
      const guaranteed = nominal - Math.round((nominal * (partOf(level).lendablePercent ?? 0)) / 100);
      const percent = level.spec.limited?.borrowingLimitPercent;
      const most = percent === undefined ? Number.POSITIVE_INFINITY : nominal + Math.round((nominal * percent) / 100);
      return [level.metadata.name, { nominal, guaranteed, most }];
    }),
  );
}
