/** An IP address as a number with its version. Both versions are BigInt, so that one arithmetic serves both. */
export interface Address {
  readonly version: 4 | 6;
  readonly value: bigint;
}

/** A range of addresses of either version (`cidr.ts` is the IPv4-only form for hot paths): `base` is the network address, its host bits are zero. */
export interface Prefix {
  readonly version: 4 | 6;
  readonly base: bigint;
  /** Length of the network part in bits. */
  readonly length: number;
}

export const bitsOf = (version: 4 | 6): number => (version === 4 ? 32 : 128);

/** Reads dotted IPv4 or RFC 4291 IPv6 text. Undefined for anything else, leading zeros in IPv4 included (RFC 6943 §3.1.1). */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const value = parseIpv6(text);
    return value === undefined ? undefined : { version: 6, value };
  }
  const value = parseIpv4(text);
  return value === undefined ? undefined : { version: 4, value: BigInt(value) };
}

function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map(groupsOf);
  if (!left || (halves.length === 2 && !right)) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...(right ? [...new Array<number>(missing).fill(0), ...right] : [])];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Groups of one side of "::", an embedded IPv4 tail as two of them; undefined when malformed. */
function groupsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    const tail = i === parts.length - 1 && part.includes('.') ? parseIpv4(part) : undefined;
    if (tail !== undefined) groups.push(Math.floor(tail / 65536), tail % 65536);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Canonical text: dotted IPv4, RFC 5952 IPv6. */
export function formatAddress({ version, value }: Address): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > best.length) best = { start, length: end - start };
  }
  return best;
}

/** Reads `10.0.0.0/16`. Host bits are cleared; ask `isNetworkAddress` where they must have been zero. Undefined when malformed. */
export function parsePrefix(text: string): Prefix | undefined {
  const [host = '', bits, ...more] = text.split('/');
  const address = parseAddress(host);
  if (!address || more.length > 0 || bits === undefined || !/^(0|[1-9]\d{0,2})$/.test(bits)) return undefined;
  const length = Number(bits);
  return length > bitsOf(address.version) ? undefined : prefixOf(address, length);
}

/** The range of this prefix length around an address. */
export function prefixOf({ version, value }: Address, length: number): Prefix {
  const hostBits = BigInt(bitsOf(version) - length);
  return { version, base: (value >> hostBits) << hostBits, length };
}

/** True when the text's address is the first of its range: Azure refuses `10.0.0.1/16`. */
export function isNetworkAddress(text: string): boolean {
  const range = parsePrefix(text);
  const address = parseAddress(text.split('/')[0] ?? '');
  return range !== undefined && address !== undefined && range.base === address.value;
}

export const formatPrefix = ({ version, base, length }: Prefix): string => `${formatAddress({ version, value: base })}/${length}`;

/** How many addresses a range has. */
export const sizeOf = ({ version, length }: Prefix): bigint => 1n << BigInt(bitsOf(version) - length);
/** The last address of a range, as a number. */
export const lastOf = (range: Prefix): bigint => range.base + sizeOf(range) - 1n;

export const containsAddress = (range: Prefix, { version, value }: Address): boolean =>
  version === range.version && value >= range.base && value <= lastOf(range);

/** True when all of `inner` lies in `outer`. */
export const contains = (outer: Prefix, inner: Prefix): boolean =>
  outer.version === inner.version && inner.length >= outer.length && inner.base >= outer.base && lastOf(inner) <= lastOf(outer);

/** True when they share an address. Ranges nest or are disjoint: they never overlap in part. */
export const overlaps = (a: Prefix, b: Prefix): boolean => contains(a, b) || contains(b, a);

/** The first pair of ranges that share an address. Cost: O(n log n). */
export function firstOverlap<T extends { readonly range: Prefix }>(ranges: readonly T[]): readonly [T, T] | undefined {
  const sorted = ranges.toSorted(
    (a, b) =>
      a.range.version - b.range.version ||
      (a.range.base < b.range.base ? -1 : a.range.base > b.range.base ? 1 : a.range.length - b.range.length),
  );
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1] as T, sorted[i] as T]; // both indexes are in bounds
    if (overlaps(before.range, after.range)) return [before, after];
  }
  return undefined;
}

/** How many addresses of a subnet resources can get: Azure keeps the first four and the last one. */
export function usableCount(range: Prefix): bigint {
  const size = sizeOf(range) - 5n;
  return size > 0n ? size : 0n;
}
