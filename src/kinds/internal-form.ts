import table from '../../gen/kubernetes/internal.json' with { type: 'json' };
import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import { unifiedDiff } from './unified-diff.ts';

/** A field of one of Go's types: how it is shown, where it is in the stored shape, and what it holds. */
interface Field {
  readonly shown: string;
  readonly path: readonly string[];
  /** The path is one of the object that holds this one: what pods say of the host beside their security context. */
  readonly isOutside: boolean;
  readonly type: string;
  readonly omitsEmpty: boolean;
}
/** A type of the table, or `*` and its name where an absent value is shown as null. */
export type InternalType = keyof typeof table | `*${keyof typeof table}`;

const lines: { readonly [type: string]: readonly string[] } = table;
const read = new Map<string, readonly Field[]>();

function fieldsOf(type: string): readonly Field[] {
  const known = read.get(type);
  if (known) return known;
  const fields = (lines[type] ?? []).map((line): Field => {
    const [shown = '', path = '', of = '', rule] = line.split(' ');
    return { shown, path: path.replace('^', '').split('.'), isOutside: path.startsWith('^'), type: of, omitsEmpty: rule === 'o' };
  });
  read.set(type, fields);
  return fields;
}

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || value === 0 || value === false || (typeof value === 'object' && Object.keys(value).length === 0);

const at = (value: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, step) => (isObject(inner) ? inner[step] : undefined), value);

function struct(type: string, value: JsonObject, owner: JsonObject): Json {
  const form: { [field: string]: Json } = {};
  for (const field of fieldsOf(type)) {
    const shown = formed(field.type, at(field.isOutside ? owner : value, field.path), value);
    if (!field.omitsEmpty || !isEmpty(shown)) form[field.shown] = shown;
  }
  return form;
}

function formed(type: string, value: Json | undefined, owner: JsonObject): Json {
  if (/^[*[{]/.test(type)) {
    if (value === undefined || value === null) return null;
    if (type.startsWith('*')) return formed(type.slice(1), value, owner);
    // What must be there and is not is kept as an empty one.
    if (typeof value === 'object' && Object.keys(value).length === 0) return null;
    const of = type.slice(2);
    if (Array.isArray(value)) return value.map((item: Json) => formed(of, item, owner));
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, formed(of, item, owner)]));
  }
  if (type in lines) return struct(type, isObject(value) ? value : {}, owner);
  return value ?? (JSON.parse(type) as Json);
}

/**
 * A value as Go writes the type in which kube-apiserver holds it: all fields by their Go names and in Go's order. That is how messages
 * show what is no plain text. Source: gen/kubernetes/internal.json.
 */
export const internalForm = (type: InternalType, value: unknown): Json =>
  // Values of stored or decoded objects are JSON.
  formed(type, value as Json, {});

/** A map of labels or amounts as Go writes it: by key. */
export const internalMap = (value: { readonly [key: string]: string } | null | undefined): JsonObject | null =>
  value ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : null;

/** Go writes these for HTML's sake. */
const escaped = (text: string): string => text.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);

const text = (type: InternalType, value: unknown): string => escaped(JSON.stringify(internalForm(type, value), undefined, 1));

/** How two values differ, as messages tell it. Models apimachinery util/diff. */
export const internalDiff = (type: InternalType, before: unknown, after: unknown): string =>
  unifiedDiff(text(type, before).split('\n'), text(type, after).split('\n'));
