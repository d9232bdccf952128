import type { Outcome } from './outcome.ts';

// Models k8s.io/apimachinery resource.Quantity: a decimal number down to 1e-9 and the style in which it is printed.

/** decimal: `m k M G`; binary: `Ki Mi Gi`; exponent: `e3`. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent';

export interface Quantity {
  /** Billionths. */
  readonly nano: bigint;
  readonly format: QuantityFormat;
  /** The text it was read from where upstream prints that again unchanged. */
  readonly text?: string;
}

const NANO = 1_000_000_000n;
const MAX_BINARY = (2n ** 63n - 1n) * NANO;
/** Beyond this, exponents are refused: upstream's cost is in digits as well. */
const MAX_EXPONENT = 400;
const PARTS = /^([+-]?)0*(\d*)(?:(\.)(\d*))?([eEinumkKMGTP]*[+-]?\d*)$/;
const DECIMAL_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const DECIMAL_SUFFIXES = new Map([...DECIMAL_EXPONENTS].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIXES = new Map([...BINARY_EXPONENTS].map(([suffix, exponent]) => [exponent, suffix]));

const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX_WRONG = "unable to parse quantity's suffix";

/** Outcomes by text: the same few amounts come with every pod, and are asked for by defaults, validation, quota and scheduler. */
const parsed = new Map<string | number, Outcome<Quantity>>();
const MAX_PARSED = 4096;
const MAX_PARSED_LENGTH = 32;

/** Reads a quantity; the error is upstream's text. Numbers are read as their decimal text, as JSON decoding does. */
export function parseQuantity(source: string | number): Outcome<Quantity> {
  const known = parsed.get(source);
  if (known) return known;
  const outcome = parse(source);
  if (typeof source === 'string' && source.length > MAX_PARSED_LENGTH) return outcome;
  if (parsed.size >= MAX_PARSED) parsed.clear();
  parsed.set(source, outcome);
  return outcome;
}

function parse(source: string | number): Outcome<Quantity> {
  const text = String(source).trim();
  const parts = text === '' ? null : PARTS.exec(text);
  if (!parts) return { error: FORMAT_WRONG };
  const [, sign, digits = '', , fraction = '', suffix = ''] = parts;
  const scale = scaleOf(suffix);
  if (!scale) return { error: SUFFIX_WRONG };
  const { exponent, format } = scale;
  const mantissa = BigInt((digits || '0') + fraction);
  let nano = roundUp(mantissa, format, exponent, fraction.length);
  let printed = format;
  if (format === 'binary') {
    if (nano > MAX_BINARY) nano = MAX_BINARY;
    if (nano > 0n && nano < NANO) printed = 'decimal';
  }
  if (sign === '-') nano = -nano;
  return keepsText(text, digits || '0', fraction, exponent, format)
    ? { value: { nano, format: printed, text } }
    : { value: { nano, format: printed } };
}

function scaleOf(suffix: string): { exponent: number; format: QuantityFormat } | undefined {
  const decimal = DECIMAL_EXPONENTS.get(suffix);
  if (decimal !== undefined) return { exponent: decimal, format: 'decimal' };
  const binary = BINARY_EXPONENTS.get(suffix);
  if (binary !== undefined) return { exponent: binary, format: 'binary' };
  if (!/^[eE][+-]?\d+$/.test(suffix)) return undefined;
  const exponent = Number(suffix.slice(1));
  return Math.abs(exponent) <= MAX_EXPONENT ? { exponent, format: 'exponent' } : undefined;
}

/** Billionths of a magnitude; what is finer is rounded away from zero, so that asking for little is not asking for nothing. */
function roundUp(mantissa: bigint, format: QuantityFormat, exponent: number, fractionDigits: number): bigint {
  const scaled = format === 'binary' ? mantissa << BigInt(exponent) : mantissa;
  const shift = 9 - fractionDigits + (format === 'binary' ? 0 : exponent);
  if (shift >= 0) return scaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (scaled + divisor - 1n) / divisor;
}

/** Upstream's fast path prints the text again when it looks canonical, which is not always the canonical form ("1.123"). */
function keepsText(text: string, digits: string, fraction: string, exponent: number, format: QuantityFormat): boolean {
  const shifted = digits + fraction;
  if (text === '0') return true;
  if (format === 'binary') {
    const precision = 15 - digits.length - Math.trunc((exponent * 3) / 10) - 1;
    return fraction === '' && precision >= 0 && (BigInt(shifted) & 7n) !== 0n;
  }
  const scale = exponent - fraction.length;
  return 18 - shifted.length >= 0 && scale >= -9 && scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
}

/** Negative, zero or positive as `a` is below, at or above `b`. */
export const compareQuantities = (a: Quantity, b: Quantity): number => (a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0);

/** The sum, in the format of `a` unless that is zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano + b.nano,
  format: a.nano === 0n ? b.format : a.format,
});

/** The difference, in the format of `a` unless that is zero. */
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity => ({
  nano: a.nano - b.nano,
  format: a.nano === 0n ? b.format : a.format,
});

/** A whole number of units (bytes, pieces, cores). */
export const wholeQuantity = (value: number, format: QuantityFormat): Quantity => ({ nano: BigInt(Math.trunc(value)) * NANO, format });

/** A whole number of thousandths (CPU). */
export const milliQuantity = (milli: number): Quantity => ({ nano: BigInt(Math.trunc(milli)) * 1_000_000n, format: 'decimal' });

/** The canonical text: the largest suffix that leaves a whole number. */
export function formatQuantity(quantity: Quantity): string {
  const { nano, format, text } = quantity;
  if (text !== undefined) return text;
  if (nano === 0n) return '0';
  const whole = nano % NANO === 0n;
  const small = nano > -1024n * NANO && nano < 1024n * NANO;
  return format === 'binary' && whole && !small ? formatBinary(nano / NANO) : formatDecimal(nano, format);
}

function formatBinary(value: bigint): string {
  let exponent = 0;
  let mantissa = value;
  while (exponent < 60 && mantissa % 1024n === 0n) {
    mantissa /= 1024n;
    exponent += 10;
  }
  return `${mantissa}${exponent === 0 ? '' : BINARY_SUFFIXES.get(exponent)}`;
}

function formatDecimal(nano: bigint, format: QuantityFormat): string {
  let exponent = -9;
  let mantissa = nano;
  while ((format === 'exponent' || exponent < 18) && mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (format === 'exponent') return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${DECIMAL_SUFFIXES.get(exponent)}`;
}

/** Canonical text of a quantity as the API serves it; text that is no quantity comes back unchanged. */
export function canonicalQuantity(source: string | number): string {
  const { value } = parseQuantity(source);
  return value ? formatQuantity(value) : String(source);
}

/** Thousandths, rounded up; 0 for what is absent or no quantity. Plain integers and `m` take a fast path. */
export function cpuMilli(source: unknown): number {
  if (typeof source === 'number') return Math.ceil(source * 1000);
  if (typeof source !== 'string') return 0;
  const end = leadingDigits(source);
  if (end > 0 && end < 13) {
    if (end === source.length) return Number(source) * 1000;
    if (end === source.length - 1 && source.charCodeAt(end) === 0x6d) return Number(source.slice(0, end));
  }
  return ceilTo(source, 1_000_000n);
}

/** Whole units (bytes, pieces), rounded up; 0 for what is absent or no quantity. Exact below 2^53. */
export function bytes(source: unknown): number {
  if (typeof source === 'number') return Math.ceil(source);
  if (typeof source !== 'string') return 0;
  const end = leadingDigits(source);
  if (end > 0 && end < 16) {
    if (end === source.length) return Number(source);
    const binary = BINARY_EXPONENTS.get(source.slice(end));
    if (binary !== undefined && binary < 50) return Number(source.slice(0, end)) * 2 ** binary;
  }
  return ceilTo(source, NANO);
}

function leadingDigits(text: string): number {
  let end = 0;
  while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end;
}

function ceilTo(text: string, unit: bigint): number {
  const nano = parseQuantity(text).value?.nano ?? 0n;
  const quotient = nano / unit;
  return Number(nano > 0n && nano % unit !== 0n ? quotient + 1n : quotient);
}
