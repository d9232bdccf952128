import { type FieldError, invalid, tooLong } from '../../kernel/field-error.ts';
import { byteLength, check, dnsSubdomain, patternFault, tooLongFault } from './dns.ts';

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${NAME})?`;
const namePattern = new RegExp(`^${NAME}$`);
const valuePattern = new RegExp(`^${VALUE}$`);
const NAME_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_FAULT = patternFault(NAME_RULE, NAME, 'MyName', 'my.name', '123-abc');
const VALUE_FAULT = patternFault(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  VALUE,
  'MyValue',
  'my_value',
  '12345',
);
const MAX_ANNOTATION_BYTES = 256 * 1024;

const NONE: readonly never[] = [];
/** Names that were found right: the same few come with nearly every object. */
const right = new Set<string>();
const MAX_RIGHT = 4_096;

/** An optional DNS prefix with "/", and a name of at most 63: label keys, finalizers, resource names. Upstream's messages. */
export function qualifiedName(value: string): readonly string[] {
  if (right.has(value)) return NONE;
  const faults = nameFaults(value);
  if (faults.length > 0) return faults;
  if (right.size >= MAX_RIGHT) right.clear();
  right.add(value);
  return NONE;
}

function nameFaults(value: string): readonly string[] {
  const slash = value.indexOf('/');
  if (slash === -1) return namePart(value);
  if (value.indexOf('/', slash + 1) !== -1) {
    return [`a valid label key ${NAME_FAULT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const prefix = value.slice(0, slash);
  // Models api/validate/content, whose limits say bytes.
  const prefixFaults =
    prefix === ''
      ? ['must be non-empty']
      : dnsSubdomain(prefix).map((fault) => (fault === tooLongFault(253) ? tooLongFault(253, 'bytes') : fault));
  return [...prefixFaults.map((fault) => `prefix part ${fault}`), ...namePart(value.slice(slash + 1))];
}

function namePart(name: string): readonly string[] {
  if (name === '') return ['name part must be non-empty', `name part ${NAME_FAULT}`];
  return check(name, 63, namePattern, NAME_FAULT, 'bytes').map((fault) => `name part ${fault}`);
}

/** A label's value: empty, or at most 63 of letters, digits, "-", "_", ".". Upstream's messages. */
export const labelValue = (value: string): readonly string[] => check(value, 63, valuePattern, VALUE_FAULT, 'bytes');

/** Faults of a map of labels at `path`. */
export function validateLabels(labels: { readonly [key: string]: string } | undefined, path: string): readonly FieldError[] {
  if (!labels) return NONE;
  const faults: FieldError[] = [];
  for (const key in labels) {
    const value = labels[key] as string; // its own key
    for (const fault of qualifiedName(key)) faults.push(invalid(path, key, fault));
    for (const fault of labelValue(value)) faults.push(invalid(path, value, fault));
  }
  return faults;
}

/** Faults of a map of annotations at `path`: keys (in any case), and 256 KiB for all keys and values together. */
export function validateAnnotations(annotations: { readonly [key: string]: string } | undefined, path: string): readonly FieldError[] {
  if (!annotations) return NONE;
  const entries = Object.entries(annotations);
  const faults = entries.flatMap(([key]) => qualifiedName(key.toLowerCase()).map((fault) => invalid(path, key, fault)));
  const sizeBytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return sizeBytes > MAX_ANNOTATION_BYTES ? [...faults, tooLong(path, MAX_ANNOTATION_BYTES)] : faults;
}
