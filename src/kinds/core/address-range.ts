import type { Random } from '../../kernel/random.ts';
import { contains, containsAddress, formatAddress, parseAddress, parsePrefix, sizeOf } from '../../net/prefix.ts';

/** Whether an address lies in a CIDR and is not its first one, which names the network. */
export function rangeContains(cidr: string, address: string): boolean {
  const range = parsePrefix(cidr);
  const parsed = parseAddress(address);
  return range !== undefined && parsed !== undefined && containsAddress(range, parsed) && parsed.value > range.base;
}

/** How many random addresses are tried before the range is searched from the last of them on. */
const TRIES = 16;
/** IPv6 ranges are larger than anybody's services: only this much of one is used, as upstream does. */
const MAX_SIZE = 1n << 16n;

/**
 * A free address of the range; undefined when it is full. The lower band (16 to 256 addresses, KEP 3070) is left to those who name
 * their addresses, until nothing else is free. Network and, for IPv4, broadcast address are never drawn.
 */
export function drawAddress(cidr: string, random: Random, isTaken: (address: string) => boolean): string | undefined {
  const range = parsePrefix(cidr);
  if (!range) return undefined;
  const { version, base } = range;
  const size = sizeOf(range);
  const usable = size > MAX_SIZE && version === 6 ? MAX_SIZE : size;
  const last = Number(usable) - (version === 4 ? 2 : 1);
  const band = Math.min(Math.max(16, Math.floor(Number(usable) / 16)), 256);
  const from = last > band ? band + 1 : 1;
  const at = (offset: number): string => formatAddress({ version, value: base + BigInt(offset) });
  const width = last - from + 1;
  let offset = from;
  for (let i = 0; i < TRIES; i++) {
    offset = from + random.below(width);
    const address = at(offset);
    if (!isTaken(address)) return address;
  }
  for (let i = 1; i <= width; i++) {
    const address = at(from + ((offset - from + i) % width));
    if (!isTaken(address)) return address;
  }
  for (let i = 1; i < from; i++) if (!isTaken(at(i))) return at(i);
  return undefined;
}

/** Whether the inner CIDR lies in the outer one and is smaller. Both must be well-formed. */
export function isStrictSubnet(inner: string, outer: string): boolean {
  const small = parsePrefix(inner);
  const large = parsePrefix(outer);
  return small !== undefined && large !== undefined && small.length > large.length && contains(large, small);
}
