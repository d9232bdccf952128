// Models k8s.io/apimachinery util/validation. Every rule returns upstream's messages, none when the value is right.

type Faults = readonly string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const labelPattern = new RegExp(`^${LABEL}$`);
const subdomainPattern = new RegExp(`^${SUBDOMAIN}$`);
const label1035Pattern = new RegExp(`^${LABEL_1035}$`);
const wildcardPattern = new RegExp(`^\\*\\.${SUBDOMAIN}$`);

const NONE: Faults = [];

/** `<message> (e.g. 'a',  or 'b', regex used for validation is '<pattern>')`, odd spacing included. */
export function patternFault(message: string, pattern: string, ...examples: readonly string[]): string {
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (${examples.length > 0 ? 'e.g. ' : ''}${shown}regex used for validation is '${pattern}')`;
}

export const tooLongFault = (maxLength: number, unit = 'characters'): string => `must be no more than ${maxLength} ${unit}`;

/** Length in UTF-8 bytes, which upstream's limits count. */
export const byteLength = (text: string): number => Buffer.byteLength(text);

/** Length check and pattern check of one value, in upstream's order. */
export function check(value: string, maxBytes: number, pattern: Pick<RegExp, 'test'>, fault: string, unit?: string): Faults {
  // A UTF-16 unit takes three bytes at the most: the bytes of short texts need no counting.
  const fits = value.length * 3 <= maxBytes || (value.length <= maxBytes && byteLength(value) <= maxBytes);
  const matches = pattern.test(value);
  if (fits && matches) return NONE;
  return [...(fits ? [] : [tooLongFault(maxBytes, unit)]), ...(matches ? [] : [fault])];
}

const LABEL_FAULT = patternFault(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const SUBDOMAIN_FAULT = patternFault(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const LABEL_1035_FAULT = patternFault(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const WILDCARD_FAULT = patternFault(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${SUBDOMAIN}`,
  '*.example.com',
);

/** RFC 1123 label: namespaces, containers, most name parts. At most 63. */
export function dnsLabel(value: string): Faults {
  const faults = check(value, 63, labelPattern, LABEL_FAULT);
  return faults !== NONE && subdomainPattern.test(value) ? check(value, 63, labelPattern, 'must not contain dots') : faults;
}

/** RFC 1123 subdomain: the names of most objects. At most 253. */
export const dnsSubdomain = (value: string): Faults => check(value, 253, subdomainPattern, SUBDOMAIN_FAULT);

const UNDERSCORED_PART = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORED_FAULT = patternFault(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  `${UNDERSCORED_PART}(\\.${UNDERSCORED_PART})*`,
  'example.com',
);
/** The same language without nested repetitions, which would backtrack without end. */
const isUnderscored = {
  test: (value: string): boolean => value.split('.').every((part) => /^_?[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/.test(part)),
};

/** A subdomain whose parts may have underscores: search domains of resolvers. At most 253. */
export const underscoredSubdomain = (value: string): Faults => check(value, 253, isUnderscored, UNDERSCORED_FAULT);

/** RFC 1035 label: Service names. At most 63. */
export const dns1035Label = (value: string): Faults => check(value, 63, label1035Pattern, LABEL_1035_FAULT);

/** `*.` and a subdomain: Ingress hosts. */
export const wildcardSubdomain = (value: string): Faults => check(value, 253, wildcardPattern, WILDCARD_FAULT);

/** A subdomain of at least two labels, each a label of its own; a trailing dot is allowed (EndpointSlice FQDN). */
export function fullyQualifiedDomain(value: string): Faults {
  const name = value.endsWith('.') ? value.slice(0, -1) : value;
  const faults = dnsSubdomain(name);
  if (faults.length > 0) return [faults.join(',')];
  const labels = name.split('.');
  if (labels.length < 2) return ['should be a domain with at least two segments separated by dots'];
  return labels.map((label) => dnsLabel(label).join(',')).filter((fault) => fault !== '');
}

/** Makes a name rule fit `generateName`, whose trailing dash the generated suffix will follow. */
const forPrefix =
  (rule: (value: string) => Faults) =>
  (value: string, isPrefix = false): Faults =>
    rule(isPrefix && value.length > 1 && value.endsWith('-') ? `${value.slice(0, -2)}a` : value);

/** Name rules of kinds; `isPrefix` is true when generateName is checked. */
export const nameIsSubdomain = forPrefix(dnsSubdomain);
export const nameIsLabel = forPrefix(dnsLabel);
export const nameIs1035Label = forPrefix(dns1035Label);

/** Names that need only be one path segment (roles, bindings): anything but ".", "..", "/" and "%". */
export function nameIsPathSegment(value: string, isPrefix = false): Faults {
  if (!isPrefix && (value === '.' || value === '..')) return [`may not be '${value}'`];
  return ['/', '%'].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
}
