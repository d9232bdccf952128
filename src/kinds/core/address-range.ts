import type { Random } from '../../kernel/random.ts';
import { ipFamily } from '../../kube/names/ip.ts';

/** Address as a number, with its width in bits; undefined for what is no address. */
function parse(address: string): { readonly value: bigint; readonly bits: 32 | 128 } | undefined {
  const family = ipFamily(address);
  if (family === undefined) return undefined;
  if (family === 4) return { value: address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n), bits: 32 };
  const [head = '', tail] = address.split('::');
  const words = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = words(head);
  const after = tail === undefined ? [] : words(tail);
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return { value: [...before, ...zeros, ...after].reduce((sum, word) => sum * 65_536n + BigInt(`0x${word}`), 0n), bits: 128 };
}

function format(value: bigint, bits: 32 | 128): string {
  const groups = (size: bigint, count: number): bigint[] =>
    Array.from({ length: count }, (_, i) => (value >> (size * BigInt(count - 1 - i))) & ((1n << size) - 1n));
  if (bits === 32) return groups(8n, 4).join('.');
  const text = groups(16n, 8)
    .map((word) => word.toString(16))
    .join(':');
  // The longest run of zeros is written as "::" (RFC 5952).
  const [longest = ''] = [...text.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].map(([run]) => run).sort((a, b) => b.length - a.length);
  if (longest === '') return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** First address and number of addresses of a CIDR, with its width; undefined for what is none. */
function rangeOf(cidr: string): { readonly first: bigint; readonly size: bigint; readonly bits: 32 | 128 } | undefined {
  const [address = '', length = ''] = cidr.split('/');
  const parsed = parse(address);
  if (!parsed || length === '') return undefined;
  const size = 1n << BigInt(parsed.bits - Number(length));
  return { first: parsed.value - (parsed.value % size), size, bits: parsed.bits };
}

export function rangeContains(cidr: string, address: string): boolean {
  const range = rangeOf(cidr);
  const parsed = parse(address);
  if (!range || !parsed || range.bits !== parsed.bits) return false;
  return parsed.value > range.first && parsed.value < range.first + range.size;
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
  const range = rangeOf(cidr);
  if (!range) return undefined;
  const usable = range.size > MAX_SIZE && range.bits === 128 ? MAX_SIZE : range.size;
  const last = Number(usable) - (range.bits === 32 ? 2 : 1);
  const band = Math.min(Math.max(16, Math.floor(Number(usable) / 16)), 256);
  const from = last > band ? band + 1 : 1;
  const at = (offset: number): string => format(range.first + BigInt(offset), range.bits);
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
  const small = rangeOf(inner);
  const large = rangeOf(outer);
  if (!small || !large || small.bits !== large.bits || small.size >= large.size) return false;
  return small.first >= large.first && small.first + small.size <= large.first + large.size;
}
