import { bitsOf, formatAddress, formatPrefix, lastOf, type Prefix } from './prefix.ts';

/** Azure keeps the first four addresses of a subnet and the last one for itself. */
const RESERVED_FIRST = 4n;
const RESERVED_LAST = 1n;

/** Addresses of a subnet that nobody has, lowest first. Cost: O(taken) until a gap is found, O(1) each from then on. */
export function* freeAddresses(subnet: Prefix, taken: ReadonlySet<string>): Generator<string, undefined> {
  for (let value = subnet.base + RESERVED_FIRST; value <= lastOf(subnet) - RESERVED_LAST; value++) {
    const address = formatAddress({ version: subnet.version, value });
    if (!taken.has(address)) yield address;
  }
  return undefined;
}

/** Ranges of a length inside a larger one that nobody has, lowest first. */
export function* freeRanges(outer: Prefix, length: number, taken: ReadonlySet<string>): Generator<string, undefined> {
  const step = 1n << BigInt(bitsOf(outer.version) - length);
  for (let { base } = outer; base <= lastOf(outer); base += step) {
    const range = formatPrefix({ version: outer.version, base, length });
    if (!taken.has(range)) yield range;
  }
  return undefined;
}
