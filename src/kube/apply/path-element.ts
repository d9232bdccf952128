import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';

// A path element is one step of a field path in the text of FieldsV1: "f:<field>", "k:<keys of a list item>",
// "v:<value of a set item>", "i:<index>". Two elements are the same exactly when their canonical texts are.

const fieldElements = new Map<string, string>();
/** Schemas have a few thousand names; keys of labels and data could be any number. */
const MAX_FIELD_ELEMENTS = 8_192;
const MAX_NAME_LENGTH = 64;

/** "f:<name>", the same text each time: a fresh one would have to be looked up before it can be a key. */
export function fieldElement(name: string): string {
  const known = fieldElements.get(name);
  if (known !== undefined) return known;
  const element = `f:${name}`;
  if (name.length > MAX_NAME_LENGTH) return element;
  if (fieldElements.size >= MAX_FIELD_ELEMENTS) fieldElements.clear();
  fieldElements.set(name, element);
  return element;
}

/** JSON text as Go's encoder writes it, which is what managedFields of a real server hold. */
export function elementJson(value: Json): string {
  const text = JSON.stringify(value);
  return /[<>&\u2028\u2029]/.test(text)
    ? text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

const sortedKeys = new WeakMap<Schema, readonly string[]>();

function keysOf(list: Schema): readonly string[] {
  const known = sortedKeys.get(list);
  if (known) return known;
  const keys = (list.listMapKeys ?? []).toSorted();
  sortedKeys.set(list, keys);
  return keys;
}

/**
 * Element of an item of a list-map or set: keys that are absent take the default of their field, if it has one.
 * undefined for an item that cannot be told from others (no key at all, an object in a set).
 */
export function itemElement(list: Schema, item: Json): string | undefined {
  if (list.listType === 'set') return typeof item === 'object' ? undefined : `v:${elementJson(item)}`;
  if (!isObject(item)) return undefined;
  let text = '';
  for (const key of keysOf(list)) {
    const value = item[key] ?? keyDefault(list.items?.properties?.get(key));
    if (value !== undefined) text += `${text === '' ? '' : ','}${elementJson(key)}:${elementJson(value)}`;
  }
  return text === '' ? undefined : `k:{${text}}`;
}

/** What an absent key stands for: its default, or the zero that Go always writes. */
function keyDefault(key: Schema | undefined): Json | undefined {
  if (key === undefined || key.default !== undefined) return key?.default;
  return key.presence === 'write' && key.zero !== null ? key.zero : undefined;
}

const RANK: ReadonlyMap<string, number> = new Map([
  ['f', 0],
  ['k', 1],
  ['v', 2],
  ['i', 3],
]);

const PLAIN = /^(k:\{"\w+":|v:)"[\w./-]*"\}?$/;

/** Upstream's order of path elements: fields, keys, values, indices; keys and values by value, so that 80 comes before 443. */
export function compareElements(a: string, b: string): number {
  const kind = a.charCodeAt(0);
  if (kind !== b.charCodeAt(0)) return (RANK.get(a.charAt(0)) ?? 9) - (RANK.get(b.charAt(0)) ?? 9);
  if (a === b) return 0;
  if (a.startsWith('f:')) return a < b ? -1 : 1;
  // Where all characters sort behind the quote that ends a value, the texts sort as the values do.
  if (PLAIN.test(a) && PLAIN.test(b)) return a < b ? -1 : 1;
  return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
}

function compareValues(a: Json, b: Json): number {
  if (isObject(a) && isObject(b)) return compareKeys(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  const rank = (value: Json): number => ['number', 'string', 'boolean'].indexOf(typeof value);
  return rank(a) - rank(b) || Number(a) - Number(b);
}

function compareKeys(a: JsonObject, b: JsonObject): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i];
    if (!other) return 1;
    if (name !== other[0]) return name < other[0] ? -1 : 1;
    const order = compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** A path element as conflict messages show it: `.field`, `[name="web"]`, `[="value"]`, `[3]`. */
export function elementText(element: string): string {
  const content = element.slice(2);
  if (element.startsWith('f:')) return `.${content}`;
  if (element.startsWith('i:')) return `[${content}]`;
  const value = JSON.parse(content) as Json; // canonical elements hold JSON
  if (element.startsWith('v:')) return `[=${JSON.stringify(value)}]`;
  const keys = isObject(value) ? Object.entries(value) : [];
  return `[${keys.map(([name, key]) => `${name}=${JSON.stringify(key)}`).join(',')}]`;
}
