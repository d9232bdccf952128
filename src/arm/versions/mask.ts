import { rootOf, type Table } from './table.ts';

/** How one api-version sees the properties of one type. */
export interface Mask {
  readonly table: Table;
  /** Shape of `properties`. */
  readonly shape: string;
  /** Bits of the versions whose members are shown. */
  readonly bits: number;
  /** The one bit whose flags count. */
  readonly own: number;
  /** True for a preview: it may know values that the table doesn't. */
  readonly isPreview: boolean;
  /** True for providers that take numbers for text and the reverse, as Json.NET does. AKS is written in Go and takes nothing for another. */
  readonly isLenient: boolean;
}

const masks = new Map<string, Mask>();
/** Masks kept; clients use a handful of versions, a fuzzer any number. */
const KEPT_MAX = 1_000;

/**
 * The mask of a type in the known api-version nearest to the one given; without one, that of the service itself, which sees all.
 * Undefined for types that have no shape: they take any JSON.
 */
export function maskOf(type: string, apiVersion?: string): Mask | undefined {
  const root = rootOf(type);
  if (!root) return undefined;
  const key = `${root.table.namespace}/${root.shape}@${apiVersion ?? ''}`;
  const found = masks.get(key);
  if (found) return found;
  const isLenient = root.table.namespace !== 'Microsoft.ContainerService';
  const mask: Mask = {
    ...root,
    isLenient,
    ...(apiVersion === undefined ? everything(root.table) : bitsOf(root.table.versions, apiVersion)),
  };
  if (masks.size >= KEPT_MAX) masks.clear();
  masks.set(key, mask);
  return mask;
}

const everything = ({ versions }: Table) => ({ bits: 2 ** versions.length - 1, own: 1 << (versions.length - 1), isPreview: true });

/**
 * Nearest by date, the newer of two equally near. A preview also shows what the previews before it brought: what has not become
 * stable yet is in no stable version, and the SDKs publish few previews.
 */
function bitsOf(versions: readonly string[], apiVersion: string): Pick<Mask, 'bits' | 'own' | 'isPreview'> {
  const wantedMs = dateMs(apiVersion);
  const isPreview = apiVersion.length > DATE_LENGTH;
  let nearest = 0;
  let bits = 0;
  versions.forEach((version, i) => {
    const distance = (index: number): number => Math.abs(dateMs(versions[index] ?? '') - wantedMs);
    const exact = version === apiVersion.toLowerCase();
    if (exact || (versions[nearest] !== apiVersion.toLowerCase() && distance(i) <= distance(nearest))) nearest = i;
    if (isPreview && version.length > DATE_LENGTH && dateMs(version) <= wantedMs) bits |= 1 << i;
  });
  return { bits: bits | (1 << nearest), own: 1 << nearest, isPreview };
}

const DATE_LENGTH = '2026-01-01'.length;
/** A day that its month does not have is one of the next month: "2024-02-31" is well-formed. */
function dateMs(version: string): number {
  const [year = 0, month = 1, day = 1] = version.slice(0, DATE_LENGTH).split('-').map(Number);
  return Date.UTC(year, month - 1, day);
}

/** Known api-versions of a type's namespace, oldest first; empty for a type without a shape. */
export const editionsOf = (type: string): readonly string[] => rootOf(type)?.table.versions ?? [];
