import type { Json } from '../../kernel/json.ts';
import type { Plan } from './plan.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Number of member names in a JSON text, never too low unless a name ends in a backslash: colons that follow a closing quote. */
function countNames(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (before >= 0 && text.charCodeAt(before) <= 0x20) before--;
    if (text.charCodeAt(before) === QUOTE && text.charCodeAt(before - 1) !== BACKSLASH) count++;
  }
  return count;
}

function countKeys(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) if (typeof item === 'object') count += countKeys(item);
    return count;
  }
  for (const key in value) {
    count++;
    const item = (value as { readonly [key: string]: Json })[key] as Json;
    if (typeof item === 'object') count += countKeys(item);
  }
  return count;
}

/** Could a text that parsed to this value name a member twice? Cheap, and never wrong when it says no. */
export const mayHaveDuplicates = (text: string, value: Json): boolean => countNames(text) !== countKeys(value);

/** A strict decoding error at a place in the text. */
export interface StrictFault {
  readonly what: 'unknown field' | 'duplicate field';
  readonly path: string;
}

/** Every duplicate field at any depth, as decoding without a type finds them. The text is known to be valid JSON. */
export function duplicateFields(text: string): StrictFault[] {
  const faults: StrictFault[] = [];
  scanValue({ text, at: 0, faults, isTyped: false }, undefined, '');
  return faults;
}

/**
 * Unknown and duplicate fields in the order of the text, as sigs.k8s.io/json reports them: nothing below an unknown field, nothing
 * inside values of any shape, each fault once. The text is known to be valid JSON.
 */
export function strictFaults(text: string, plan: Plan): StrictFault[] {
  const faults: StrictFault[] = [];
  scanValue({ text, at: 0, faults, isTyped: true }, plan, '');
  return faults;
}

interface Scan {
  readonly text: string;
  at: number;
  readonly faults: StrictFault[];
  readonly isTyped: boolean;
}

function skipSpace(scan: Scan): number {
  while (scan.text.charCodeAt(scan.at) <= 0x20) scan.at++;
  return scan.text.charCodeAt(scan.at);
}

/** Moves behind a string and returns its value. */
function readString(scan: Scan): string {
  const start = scan.at++;
  for (let code = scan.text.charCodeAt(scan.at); code !== QUOTE; code = scan.text.charCodeAt(scan.at))
    scan.at += code === BACKSLASH ? 2 : 1;
  scan.at++;
  // Valid JSON by precondition, so this is a string.
  return JSON.parse(scan.text.slice(start, scan.at)) as string;
}

function scanValue(scan: Scan, plan: Plan | undefined, path: string): void {
  const first = skipSpace(scan);
  if (first === QUOTE) readString(scan);
  else if (first === 0x7b) scanObject(scan, plan, path);
  else if (first === 0x5b) scanArray(scan, plan, path);
  else while (scan.at < scan.text.length && !/[\s,\]}]/.test(scan.text.charAt(scan.at))) scan.at++;
}

function scanArray(scan: Scan, plan: Plan | undefined, path: string): void {
  scan.at++;
  for (let i = 0; skipSpace(scan) !== 0x5d; i++) {
    scanValue(scan, plan?.kind === 'list' ? plan.items : undefined, `${path}[${i}]`);
    if (skipSpace(scan) === 0x2c) scan.at++;
  }
  scan.at++;
}

function scanObject(scan: Scan, plan: Plan | undefined, path: string): void {
  const reports = plan?.kind === 'object' || plan?.kind === 'map' ? plan : undefined;
  const seen = new Set<string>();
  scan.at++;
  while (skipSpace(scan) !== 0x7d) {
    const name = readString(scan);
    const below = path === '' ? name : `${path}.${name}`;
    const child = reports?.kind === 'map' ? reports.items : reports?.fields.get(name);
    const isUnknown = reports?.kind === 'object' && child === undefined && !reports.keepsUnknown;
    if (isUnknown) addFault(scan, 'unknown field', below);
    else if ((reports || !scan.isTyped) && seen.has(name)) addFault(scan, 'duplicate field', below);
    seen.add(name);
    skipSpace(scan);
    if (scan.text.charCodeAt(scan.at) === COLON) scan.at++;
    scanValue(scan, child, below);
    if (skipSpace(scan) === 0x2c) scan.at++;
  }
  scan.at++;
}

function addFault(scan: Scan, what: StrictFault['what'], path: string): void {
  if (!scan.faults.some((fault) => fault.what === what && fault.path === path)) scan.faults.push({ what, path });
}
