import { type Cidr, formatCidr, formatIPv4 } from './cidr.ts';

/** Azure keeps the first four addresses of a subnet and the last one for itself. */
const RESERVED_FIRST = 4;
const RESERVED_LAST = 1;

/** Addresses of a subnet that nobody has, lowest first. Cost: O(taken) for the set, then O(1) each until a gap is found. */
export function* freeAddresses(subnet: Cidr, taken: ReadonlySet<string>): Generator<string, undefined> {
  for (let offset = RESERVED_FIRST; offset < subnet.size - RESERVED_LAST; offset++) {
    const address = formatIPv4(subnet.first + offset);
    if (!taken.has(address)) yield address;
  }
  return undefined;
}

/** Blocks of a prefix length inside a range that nobody has, lowest first. */
export function* freeBlocks(range: Cidr, prefix: number, taken: ReadonlySet<string>): Generator<string, undefined> {
  const size = 2 ** (32 - prefix);
  for (let first = range.first; first < range.first + range.size; first += size) {
    const block = formatCidr({ first, prefix, size });
    if (!taken.has(block)) yield block;
  }
  return undefined;
}
