/** An IPv4 range: its first address as an unsigned 32-bit number, its prefix length, and how many addresses it holds. */
export interface Cidr {
  readonly first: number;
  readonly prefix: number;
  readonly size: number;
}

/** Reads a dotted IPv4 address as an unsigned 32-bit number; undefined when it is none. Leading zeros are refused, as Go does. */
export function parseIPv4(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (octet < 0 || octet > 255) return undefined;
      value = value * 256 + octet;
      octet = -1;
      octets++;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined;
      octet = (octet < 0 ? 0 : octet * 10) + code - 48;
    } else return undefined;
  }
  return octets === 4 ? value : undefined;
}

/** The dotted form of an unsigned 32-bit number. */
export const formatIPv4 = (address: number): string =>
  `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** Reads "10.0.0.0/16". Undefined when it is malformed or has bits set below its prefix and `strict` asks for none. */
export function parseCidr(text: string, { strict = false } = {}): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = parseIPv4(slash < 0 ? text : text.slice(0, slash));
  const bits = text.slice(slash + 1);
  const prefix = Number(bits);
  if (slash < 0 || address === undefined || !/^\d{1,2}$/.test(bits) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const first = address - (address % size);
  if (strict && first !== address) return undefined;
  return { first, prefix, size };
}

export const formatCidr = ({ first, prefix }: Cidr): string => `${formatIPv4(first)}/${prefix}`;

/** Whether an address lies in a range. */
export const contains = (range: Cidr, address: number): boolean => address >= range.first && address < range.first + range.size;

/** Whether all of `inner` lies in `outer`. */
export const covers = (outer: Cidr, inner: Cidr): boolean => contains(outer, inner.first) && inner.prefix >= outer.prefix;

/** Whether two ranges share an address. Ranges of CIDR form either nest or are apart. */
export const overlap = (a: Cidr, b: Cidr): boolean => covers(a, b) || covers(b, a);
