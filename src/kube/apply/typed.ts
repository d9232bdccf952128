import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { EMPTY, type FieldSet, isEmpty, isMember, LEAF, node, withoutSelf } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';

/**
 * How field ownership sees a value: a leaf is owned as a whole, the others by their parts. `schema` is absent for fields that
 * a schema does not know; there, objects are maps of unknown fields and lists are leaves (structured-merge-diff "deduced").
 */
export type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'map'; readonly schema: Schema | undefined }
  | { readonly kind: 'list'; readonly schema: Schema };

const LEAF_SHAPE: Shape = { kind: 'leaf' };
const DEDUCED_MAP: Shape = { kind: 'map', schema: undefined };
const shapes = new WeakMap<Schema, Shape>();

/** The shape of values of a schema; `sample` tells it where there is none. */
export function shapeOf(schema: Schema | undefined, sample: Json | undefined): Shape {
  if (schema === undefined || (schema.type === 'any' && schema.preserveUnknown)) return isObject(sample) ? DEDUCED_MAP : LEAF_SHAPE;
  const known = shapes.get(schema);
  if (known) return known;
  const shape = shapeFrom(schema);
  shapes.set(schema, shape);
  return shape;
}

function shapeFrom(schema: Schema): Shape {
  if (schema.type === 'object' || schema.type === 'map') return schema.mapType === 'atomic' ? LEAF_SHAPE : { kind: 'map', schema };
  const granular = schema.type === 'list' && (schema.listType === 'map' || schema.listType === 'set');
  return granular ? { kind: 'list', schema } : LEAF_SHAPE;
}

/** Whether an object's field is named by the schema, other than a key of a map. */
export const isNamedField = (schema: Schema | undefined, key: string): boolean => schema?.properties?.has(key) === true;

/** Schema of a member of an object or map. */
export const memberSchema = (schema: Schema | undefined, key: string): Schema | undefined => schema?.properties?.get(key) ?? schema?.items;

const isEmptyValue = (value: Json): boolean =>
  value === null || (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** The parts of a list by element, in order. An element that occurs twice has no single item. */
export function itemsByElement(list: Schema, items: readonly Json[]): Map<string, { readonly item: Json; count: number }> {
  const found = new Map<string, { readonly item: Json; count: number }>();
  for (const item of items) {
    const element = itemElement(list, item);
    if (element === undefined) continue;
    const known = found.get(element);
    if (known) known.count++;
    else found.set(element, { item, count: 1 });
  }
  return found;
}

/**
 * The node of a value that one of two compared objects lacks: it, and all below it, are members.
 * Models compare.go with one side absent.
 */
export function wholeNode(schema: Schema | undefined, value: Json): FieldSet {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'leaf' || isEmptyValue(value)) return LEAF;
  const children: { [element: string]: FieldSet } = { '.': LEAF };
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) return LEAF;
    for (const [element, { item, count }] of itemsByElement(shape.schema, value)) {
      children[element] = count > 1 ? LEAF : wholeNode(shape.schema.items, item);
    }
    return children;
  }
  if (!isObject(value)) return LEAF;
  for (const key in value) children[fieldElement(key)] = wholeNode(memberSchema(shape.schema, key), value[key] as Json); // its own key
  return children;
}

/** The fields that an applied configuration claims. Models tofieldset.go: named fields only where they are leaves or empty. */
export function fieldSetOf(schema: Schema | undefined, value: Json): FieldSet {
  const claimed = claimedNode(schema, value);
  return claimed === undefined || isEmpty(claimed) ? EMPTY : withoutSelf(claimed);
}

function claimedNode(schema: Schema | undefined, value: Json): FieldSet | undefined {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'leaf') return LEAF;
  if (shape.kind === 'list') return Array.isArray(value) ? claimedItems(shape.schema, value) : undefined;
  if (!isObject(value)) return undefined;
  const children: { [element: string]: FieldSet } = {};
  for (const key in value) {
    const item = value[key] as Json; // its own key
    const below = claimedNode(memberSchema(shape.schema, key), item);
    const member = isEmptyMapOrNull(item) || !isNamedField(shape.schema, key);
    const claimed = below === undefined ? node(member, undefined) : member ? asMember(below) : below;
    if (claimed) children[fieldElement(key)] = claimed;
  }
  return node(false, children);
}

function claimedItems(list: Schema, items: readonly Json[]): FieldSet | undefined {
  const children: { [element: string]: FieldSet } = {};
  for (const [element, { item, count }] of itemsByElement(list, items)) {
    children[element] = count > 1 ? LEAF : asMember(claimedNode(list.items, item) ?? LEAF);
  }
  return node(false, children);
}

const isEmptyMapOrNull = (value: Json): boolean => value === null || (isObject(value) && Object.keys(value).length === 0);

const asMember = (set: FieldSet): FieldSet => (isMember(set) ? set : { '.': LEAF, ...set });

/** The set with every named field above a member made a member too; items of maps and lists are not. */
export function withNamedFields(set: FieldSet, schema: Schema | undefined): FieldSet {
  let next: { [element: string]: FieldSet } | undefined;
  for (const element in set) {
    if (element === '.') continue;
    const child = set[element] as FieldSet; // its own key
    if (isEmpty(child)) continue;
    const key = element.slice(2);
    const isField = element.startsWith('f:');
    const below = withNamedFields(child, isField ? memberSchema(schema, key) : schema?.items);
    const named = isField && isNamedField(schema, key) ? asMember(below) : below;
    if (named === child) continue;
    next ??= { ...set };
    next[element] = named;
  }
  return next ?? set;
}

/** An object's member; a field whose Go value always exists reads as that value's zero when absent. */
export function memberValue(object: JsonObject | undefined, key: string, schema: Schema | undefined): Json | undefined {
  const value = object !== undefined && Object.hasOwn(object, key) ? object[key] : undefined;
  return value === undefined && schema?.presence === 'write' ? (schema.zero ?? null) : value;
}
