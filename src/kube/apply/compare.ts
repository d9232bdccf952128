import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { EMPTY, type FieldSet, LEAF, recursiveDifference, union } from './field-set.ts';
import { fieldElement } from './path-element.ts';
import { itemsByElement, memberSchema, memberValue, shapeOf, wholeNode } from './typed.ts';

/** What changed between two objects. Models structured-merge-diff typed.Comparison. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

export const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY };

type Draft = { [element: string]: FieldSet };
/** Change below one node; absent parts are empty. */
interface Change {
  added?: Draft | FieldSet;
  modified?: Draft | FieldSet;
  removed?: Draft | FieldSet;
}
const PARTS = ['added', 'modified', 'removed'] as const;
const MODIFIED: Change = { modified: LEAF };

/** Compares two objects of a schema. Cost: what differs by reference. */
export function compare(schema: Schema, before: JsonObject, after: JsonObject): Comparison {
  if (before === after) return SAME;
  const change = compareValues(schema, before, after);
  if (change === undefined) return SAME;
  return { added: change.added ?? EMPTY, modified: change.modified ?? EMPTY, removed: change.removed ?? EMPTY };
}

/** The comparison without the fields of `ignored` and all below them. */
export function ignoring(comparison: Comparison, ignored: FieldSet | undefined): Comparison {
  if (ignored === undefined || comparison === SAME) return comparison;
  return {
    added: recursiveDifference(comparison.added, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    removed: recursiveDifference(comparison.removed, ignored),
  };
}

/** Fields that the later object sets otherwise than the earlier one. */
export const changed = (comparison: Comparison): FieldSet => union(comparison.modified, comparison.added);

function compareValues(schema: Schema | undefined, before: Json, after: Json): Change | undefined {
  if (before === after) return undefined;
  const shape = shapeOf(schema, after ?? before);
  if (shape.kind === 'list' && isListOrNull(before) && isListOrNull(after)) {
    return isVacant(before) && isVacant(after) ? compareLeaves(before, after) : compareLists(shape.schema, before ?? [], after ?? []);
  }
  if (shape.kind === 'map' && isObjectOrNull(before) && isObjectOrNull(after)) {
    return isVacant(before) && isVacant(after) ? compareLeaves(before, after) : compareObjects(shape.schema, before ?? {}, after ?? {});
  }
  return compareLeaves(before, after);
}

const compareLeaves = (before: Json, after: Json): Change | undefined => (equal(before, after) ? undefined : MODIFIED);

const isListOrNull = (value: Json): value is readonly Json[] | null => value === null || Array.isArray(value);
const isObjectOrNull = (value: Json): value is JsonObject | null => value === null || isObject(value);

function isVacant(value: readonly Json[] | JsonObject | null): boolean {
  if (value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

function compareObjects(schema: Schema | undefined, before: JsonObject, after: JsonObject): Change | undefined {
  const change: Change = {};
  for (const key in after) {
    const now = after[key] as Json; // its own key
    if (now === before[key] && Object.hasOwn(before, key)) continue;
    const field = memberSchema(schema, key);
    const old = memberValue(before, key, field);
    if (old === undefined) {
      if (!isUnsetTime(field, now)) put(change, 'added', fieldElement(key), wholeNode(field, now));
    } else merge(change, fieldElement(key), compareValues(field, old, now));
  }
  for (const key in before) {
    if (Object.hasOwn(after, key)) continue;
    const field = memberSchema(schema, key);
    const old = before[key] as Json; // its own key
    const now = memberValue(after, key, field);
    if (now === undefined) {
      if (!isUnsetTime(field, old)) put(change, 'removed', fieldElement(key), wholeNode(field, old));
    } else merge(change, fieldElement(key), compareValues(field, old, now));
  }
  return settle(change);
}

/** A time that Go writes as null was there before as well, unset: writing it is no change. */
const isUnsetTime = (schema: Schema | undefined, value: Json): boolean =>
  value === null && (schema?.type === 'time' || schema?.type === 'microTime');

function compareLists(list: Schema, before: readonly Json[], after: readonly Json[]): Change | undefined {
  if (before.length === after.length && before.every((item, i) => item === after[i])) return undefined;
  const change: Change = {};
  const olds = itemsByElement(list, before);
  const news = itemsByElement(list, after);
  for (const [element, now] of news) {
    const old = olds.get(element);
    if (now.count > 1 && (old?.count ?? 0) > 1) {
      merge(change, element, sameDuplicates(list, element, before, after) ? undefined : MODIFIED);
    } else if (now.count > 1) {
      if (old) put(change, 'removed', element, wholeNode(list.items, old.item));
      put(change, 'added', element, LEAF);
    } else if (old === undefined || old.count > 1) {
      put(change, 'added', element, wholeNode(list.items, now.item));
      if (old) put(change, 'removed', element, LEAF);
    } else merge(change, element, compareValues(list.items, old.item, now.item));
  }
  for (const [element, old] of olds) {
    if (!news.has(element)) put(change, 'removed', element, old.count > 1 ? LEAF : wholeNode(list.items, old.item));
  }
  return settle(change);
}

function sameDuplicates(list: Schema, element: string, before: readonly Json[], after: readonly Json[]): boolean {
  const matching = (items: readonly Json[]): readonly Json[] => items.filter((item) => itemsByElement(list, [item]).has(element));
  return equal(matching(before), matching(after));
}

function put(change: Change, part: (typeof PARTS)[number], element: string, set: FieldSet): void {
  let draft = change[part] as Draft | undefined; // drafts are made here only
  if (draft === undefined) {
    draft = {};
    change[part] = draft;
  }
  draft[element] = set;
}

function merge(change: Change, element: string, below: Change | undefined): void {
  if (below === undefined) return;
  for (const part of PARTS) {
    const set = below[part];
    if (set !== undefined) put(change, part, element, set);
  }
}

const settle = (change: Change): Change | undefined => (change.added || change.modified || change.removed ? change : undefined);
