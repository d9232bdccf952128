// Models netip.ParseAddr and apimachinery's IsValidIP: strict text forms, no octal-looking octets, no zones.

const IP_FAULT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_FAULT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** The groups of an address: 4 octets, or 8 words of 16 bits. */
type Groups = readonly number[];

/**
 * Faults of an IPv4 or IPv6 address in an API field; upstream's messages. Any spelling of an IPv6 address is allowed.
 * `strict` from Kubernetes 1.36 on (StrictIPCIDRValidation): no leading zeros, no IPv4-mapped IPv6.
 */
export function ipAddress(value: string, strict: boolean): readonly string[] {
  const loose = parseIp(value, false);
  if (!loose) return [IP_FAULT];
  if (!strict) return [];
  if (!parseIp(value, true)) return ['must not have leading 0s'];
  return isMapped(loose) ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

/** Faults of a CIDR in an API field; `strict` as for `ipAddress`, and then no host bits may be set. */
export function cidr(value: string, strict: boolean): readonly string[] {
  const slash = value.lastIndexOf('/');
  const length = value.slice(slash + 1);
  const loose = parseIp(value.slice(0, Math.max(slash, 0)), false);
  if (!loose || !/^\d{1,3}$/.test(length) || Number(length) > (loose.length === 4 ? 32 : 128)) return [CIDR_FAULT];
  if (!strict) return [];
  if (!parseIp(value.slice(0, slash), true) || (length.length > 1 && length.startsWith('0'))) {
    return ['must not have leading 0s in IP or prefix length'];
  }
  if (isMapped(loose)) return ['must not have an IPv4-mapped IPv6 address'];
  return hasHostBits(loose, Number(length)) ? ['must not have bits set beyond the prefix length'] : [];
}

function hasHostBits(groups: Groups, prefixLength: number): boolean {
  const groupBits = groups.length === 4 ? 8 : 16;
  return groups.some((group, i) => {
    const networkBits = Math.min(Math.max(prefixLength - i * groupBits, 0), groupBits);
    return (group & ((1 << (groupBits - networkBits)) - 1)) !== 0;
  });
}

/** 4 or 6, or undefined for what is no address. */
export const ipFamily = (value: string): 4 | 6 | undefined => {
  const length = parseIp(value, true)?.length;
  return length === 4 ? 4 : length === 8 ? 6 : undefined;
};

/** The groups of an address; not `strict`, groups may have leading zeros. */
function parseIp(value: string, strict: boolean): Groups | undefined {
  if (!value.includes(':')) return parseIpv4(value, strict);
  const halves = value.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : parseWords(half, strict)));
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const given = head.length + (tail?.length ?? 0);
  if (halves.length === 1 ? given !== 8 : given > 7) return undefined;
  return [...head, ...new Array<number>(8 - given).fill(0), ...(tail ?? [])];
}

function parseIpv4(value: string, strict: boolean): Groups | undefined {
  const octets = value.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^\d+$/.test(octet) && Number(octet) <= 255)) return undefined;
  return strict && octets.some((octet) => octet.length > 1 && octet.startsWith('0')) ? undefined : octets.map(Number);
}

/** Words between colons; the last may be a dotted IPv4 address of two words. */
function parseWords(text: string, strict: boolean): number[] | undefined {
  const words: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const octets = i === parts.length - 1 && part.includes('.') ? parseIpv4(part, strict) : undefined;
    if (octets) {
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      words.push(a * 256 + b, c * 256 + d);
      continue;
    }
    const word = /^[0-9a-fA-F]+$/.test(part) ? Number.parseInt(part, 16) : Number.NaN;
    if (!(word <= 0xffff) || (strict && part.length > 4)) return undefined;
    words.push(word);
  }
  return words;
}

const isMapped = (groups: Groups): boolean => groups.length === 8 && groups.slice(0, 5).every((word) => word === 0) && groups[5] === 0xffff;
