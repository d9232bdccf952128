import type { Outcome } from '../../kube/outcome.ts';

/** A parsed schedule: for each field the values at which it fires. Days match by either field when both are restricted. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly daysOfWeek: ReadonlySet<number>;
  /** The field was written as "*" or "?". */
  readonly anyDayOfMonth: boolean;
  readonly anyDayOfWeek: boolean;
}

type Bounds = { readonly min: number; readonly max: number; readonly names?: readonly string[] };

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];

const DESCRIPTORS: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** Reads a schedule of five fields or a descriptor; the error is robfig/cron's text, which Kubernetes shows. */
export function parseCronSchedule(text: string): Outcome<CronSchedule> {
  if (text === '') return { error: 'empty spec string' };
  if (text.startsWith('@')) {
    const known = DESCRIPTORS.get(text);
    return known ? parseCronSchedule(known) : { error: `unrecognized descriptor: ${text}` };
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== BOUNDS.length) return { error: `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]` };
  const sets: ReadonlySet<number>[] = [];
  for (const [i, bounds] of BOUNDS.entries()) {
    const parsed = parseField(fields[i] ?? '', bounds);
    if (parsed.error !== undefined) return { error: parsed.error };
    sets.push(parsed.value);
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = sets;
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return { error: 'expected exactly 5 fields' };
  const isAny = (field: string | undefined): boolean => /^[*?](\/1)?$/.test(field ?? '');
  return {
    value: { minutes, hours, daysOfMonth, months, daysOfWeek, anyDayOfMonth: isAny(fields[2]), anyDayOfWeek: isAny(fields[4]) },
  };
}

function parseField(field: string, bounds: Bounds): Outcome<ReadonlySet<number>> {
  const values = new Set<number>();
  for (const part of field.split(',').filter((text) => text !== '')) {
    const range = parseRange(part, bounds);
    if (range.error !== undefined) return { error: range.error };
    const { start, end, step } = range.value;
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return { value: values };
}

type Range = { readonly start: number; readonly end: number; readonly step: number };

/** "*", "5", "1-5", each with an optional "/step". */
function parseRange(text: string, bounds: Bounds): Outcome<Range> {
  const [range = '', stepText, ...moreSteps] = text.split('/');
  const [low = '', high, ...moreEnds] = range.split('-');
  const isAny = low === '*' || low === '?';
  if (!isAny && moreEnds.length > 0) return { error: `too many hyphens: ${text}` };
  const first = isAny ? { value: bounds.min } : parseNumber(low, bounds);
  if (first.error !== undefined) return { error: first.error };
  const last = isAny ? { value: bounds.max } : high === undefined ? first : parseNumber(high, bounds);
  if (last.error !== undefined) return { error: last.error };
  if (moreSteps.length > 0) return { error: `too many slashes: ${text}` };
  const step = stepText === undefined ? { value: 1 } : parseNumber(stepText, { min: 0, max: 0 });
  if (step.error !== undefined) return { error: step.error };
  // "5/15" means from 5 to the end.
  const end = stepText !== undefined && !isAny && high === undefined ? bounds.max : last.value;
  const start = first.value;
  if (start < bounds.min) return { error: `beginning of range (${start}) below minimum (${bounds.min}): ${text}` };
  if (end > bounds.max) return { error: `end of range (${end}) above maximum (${bounds.max}): ${text}` };
  if (start > end) return { error: `beginning of range (${start}) beyond end of range (${end}): ${text}` };
  if (step.value === 0) return { error: `step of range should be a positive number: ${text}` };
  return { value: { start, end, step: step.value } };
}

function parseNumber(text: string, { names, min }: Bounds): Outcome<number> {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return { value: named + min };
  if (/^[+-]?\d+$/.test(text)) {
    const value = Number(text);
    return value < 0 ? { error: `negative number (${value}) not allowed: ${text}` } : { value };
  }
  return { error: `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax` };
}
