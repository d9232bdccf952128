import { byteLength, check, patternFault, tooLongFault } from './dns.ts';

// Models k8s.io/apimachinery util/validation. Every rule returns upstream's messages, none when the value is right.

type Faults = readonly string[];

/** Whole number between bounds, both allowed. */
export const inRange = (value: number, min: number, max: number): Faults =>
  value >= min && value <= max ? [] : [`must be between ${min} and ${max}, inclusive`];

export const portNumber = (port: number): Faults => inRange(port, 1, 65_535);

/** Unix user or group id. */
export const unixId = (id: number): Faults => inRange(id, 0, 2_147_483_647);

/** Name of a container's or Service's port, after RFC 6335 in lower case. */
export function portName(name: string): Faults {
  const faults: string[] = [];
  if (byteLength(name) > 15) faults.push(tooLongFault(15));
  if (!/^[-a-z0-9]+$/.test(name)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(name)) faults.push('must contain at least one letter (a-z)');
  if (name.includes('--')) faults.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
}

/** "25%". */
export const percent = (value: string): Faults => check(value, Number.POSITIVE_INFINITY, /^[0-9]+%$/, PERCENT_FAULT);
const PERCENT_FAULT = patternFault("a valid percent string must be a numeric string followed by an ending '%'", '[0-9]+%', '1%', '93%');

/** Key of a ConfigMap or Secret. */
export const configMapKey = (value: string): Faults => [
  ...check(value, 253, /^[-._a-zA-Z0-9]+$/, CONFIG_KEY_FAULT),
  ...parentDirectoryFaults(value),
];
const CONFIG_KEY_FAULT = patternFault(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  '[-._a-zA-Z0-9]+',
  'key.name',
  'KEY_NAME',
  'key-name',
);

/** Name of an environment variable: printable ASCII except "=", as since 1.34 (before: see `strictEnvironmentVariable`). */
export function environmentVariable(value: string): Faults {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Name of an environment variable as before relaxed validation. */
export const strictEnvironmentVariable = (value: string): Faults => [
  ...check(value, Number.POSITIVE_INFINITY, /^[-._a-zA-Z][-._a-zA-Z0-9]*$/, ENVIRONMENT_FAULT),
  ...parentDirectoryFaults(value),
];
const ENVIRONMENT_FAULT = patternFault(
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
  '[-._a-zA-Z][-._a-zA-Z0-9]*',
  'my.env-name',
  'MY_ENV.NAME',
  'MyEnvName1',
);

export const httpHeaderName = (value: string): Faults => check(value, Number.POSITIVE_INFINITY, /^[-A-Za-z0-9]+$/, HEADER_FAULT);
const HEADER_FAULT = patternFault("a valid HTTP header must consist of alphanumeric characters or '-'", '[-A-Za-z0-9]+', 'X-Header-Name');

export const cIdentifier = (value: string): Faults => check(value, Number.POSITIVE_INFINITY, /^[A-Za-z_][A-Za-z0-9_]*$/, IDENTIFIER_FAULT);
const IDENTIFIER_FAULT = patternFault(
  "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
  '[A-Za-z_][A-Za-z0-9_]*',
  'my_name',
  'MY_NAME',
  'MyName',
);

function parentDirectoryFaults(value: string): Faults {
  if (value === '.' || value === '..') return [`must not be '${value}'`];
  return value.startsWith('..') ? ["must not start with '..'"] : [];
}
