import type { Json } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';
import type { ScalarType } from '../schema.ts';

/** Message of a scalar that Go's own unmarshaller refuses; undefined means a plain type error (`json: cannot unmarshal …`). */
export interface ScalarError {
  readonly message?: string;
  /** For plain type errors: the type named instead of the field's (IntOrString tries int32). */
  readonly goType?: string;
}
type Scalar = (value: Json) => Outcome<Json, ScalarError>;

const typeError: Outcome<Json, ScalarError> = { error: {} };
const CACHE_LIMIT = 4096;

/** Few distinct texts make up most quantities; parsing one costs a microsecond. */
const canonical = new Map<string, string>();

function quantity(value: Json): Outcome<Json, ScalarError> {
  const known = typeof value === 'string' ? canonical.get(value) : undefined;
  if (known !== undefined) return { value: known };
  const text = typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  const parsed = parseQuantity(text);
  if (parsed.value === undefined) return { error: { message: parsed.error } };
  const out = formatQuantity(parsed.value);
  if (canonical.size >= CACHE_LIMIT) canonical.clear();
  canonical.set(String(text), out);
  return { value: out };
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/;
const layouts = { time: '2006-01-02T15:04:05Z07:00', microTime: '2006-01-02T15:04:05.000000Z07:00' } as const;
const layoutParts = [/^\d{4}/, /^-/, /^\d\d/, /^-/, /^\d\d/, /^T/, /^\d\d/, /^:/, /^\d\d/, /^:/, /^\d\d/, /^(Z|[+-]\d\d:\d\d)/];
const layoutNames = ['2006', '-', '01', '-', '02', 'T', '15', ':', '04', ':', '05', 'Z07:00'];

/** Go's time.ParseError: names the part of the layout that the rest of the text does not fit. */
function timeError(text: string, type: 'time' | 'microTime'): string {
  const head = `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layouts[type])}: `;
  let rest = text;
  for (const [i, part] of layoutParts.entries()) {
    if (i === layoutParts.length - 1) {
      const fraction = /^[.,]\d+/.exec(rest)?.[0] ?? '';
      if (type === 'microTime' && fraction.length < 7) return `${head}cannot parse ${JSON.stringify(rest)} as ".000000"`;
      rest = rest.slice(fraction.length);
    }
    const match = part.exec(rest);
    if (match === null) return `${head}cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(layoutNames[i])}`;
    rest = rest.slice(match[0].length);
  }
  if (rest !== '') return `${head}extra text: ${JSON.stringify(rest)}`;
  return `parsing time ${JSON.stringify(text)}: ${outOfRange(text)} out of range`;
}

function outOfRange(text: string): string {
  const [, , month = 0, , hour = 0, minute = 0, second = 0] = (RFC3339.exec(text) ?? []).map(Number);
  if (month < 1 || month > 12) return 'month';
  if (hour > 23) return 'hour';
  if (minute > 59) return 'minute';
  return second > 59 ? 'second' : 'day';
}

/** Texts that are stored as they come: UTC, no fraction. */
const PLAIN_TIME = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

const timeOf =
  (type: 'time' | 'microTime'): Scalar =>
  (value) => {
    if (typeof value !== 'string') return { error: { goType: 'string' } };
    if (type === 'time' && PLAIN_TIME.test(value)) return { value };
    const parts = RFC3339.exec(value);
    const fraction = parts?.[7] ?? '';
    if (parts === null || (type === 'microTime' && fraction.length < 6)) return { error: { message: timeError(value, type) } };
    const epochMs = Date.parse(`${value.slice(0, 19)}${parts[8]}`);
    const day = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]))).getUTCDate();
    if (Number.isNaN(epochMs) || day !== Number(parts[3])) return { error: { message: timeError(value, type) } };
    const seconds = new Date(epochMs).toISOString().slice(0, 19);
    return { value: type === 'time' ? `${seconds}Z` : `${seconds}.${fraction.slice(0, 6)}Z` };
  };

function bytes(value: Json): Outcome<Json, ScalarError> {
  if (typeof value !== 'string') return typeError;
  const text = value.replace(/[\r\n]/g, '');
  const wrong = /[^A-Za-z0-9+/]/.exec(text.replace(/={1,2}$/, ''));
  if (wrong) return { error: { message: `illegal base64 data at input byte ${wrong.index}` } };
  if (text.length % 4 !== 0) return { error: { message: `illegal base64 data at input byte ${text.length - (text.length % 4)}` } };
  return { value: text };
}

const isInt32 = (value: Json): boolean => Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;

/** Checks one scalar as Go's decoder does and returns what Go would encode: quantities canonical, times in UTC. null never gets here. */
export const scalars: Readonly<Record<ScalarType, Scalar>> = {
  string: (value) => (typeof value === 'string' ? { value } : typeError),
  boolean: (value) => (typeof value === 'boolean' ? { value } : typeError),
  int32: (value) => (isInt32(value) ? { value } : typeError),
  // JSON.parse has lost what is beyond 2^53; such numbers pass as their nearest double.
  int64: (value) => (Number.isInteger(value) && Math.abs(value as number) < 2 ** 63 ? { value } : typeError),
  double: (value) => (typeof value === 'number' ? { value } : typeError),
  bytes,
  time: timeOf('time'),
  microTime: timeOf('microTime'),
  quantity,
  intOrString: (value) => (typeof value === 'string' || isInt32(value) ? { value } : { error: { goType: 'int32' } }),
  any: (value) => ({ value }),
};
