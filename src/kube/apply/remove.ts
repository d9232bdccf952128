import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { type Draft, setOwn } from '../patch/own.ts';
import type { Schema } from '../schema.ts';
import { EMPTY, type FieldSet, isEmpty, isMember, withoutSelf } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { memberSchema, shapeOf } from './typed.ts';

/**
 * The value without the fields and items of a set; null when nothing is left of a map or list. As upstream: the null counts as
 * present when ownership is settled, so that who owns the emptied field keeps it; `withoutEmptied` drops it afterwards. Shares all that did not change. Models remove.go.
 */
export function removeItems(schema: Schema | undefined, value: Json, set: FieldSet): Json {
  if (isEmpty(set)) return value;
  const shape = shapeOf(schema, value);
  if (shape.kind === 'list' && Array.isArray(value)) return removeFromList(shape.schema, value, set);
  if (shape.kind === 'map' && isObject(value)) return removeFromObject(shape.schema, value, set);
  return shape.kind === 'leaf' && (Array.isArray(value) || isObject(value)) ? null : value;
}

function removeFromObject(schema: Schema | undefined, value: JsonObject, set: FieldSet): JsonObject | null {
  let next: Draft | undefined;
  for (const key in value) {
    const at = set[fieldElement(key)];
    if (at === undefined) continue;
    const item = value[key] as Json; // its own key
    const left = isMember(at) ? undefined : removeItems(memberSchema(schema, key), item, at);
    if (left === item) continue;
    next ??= { ...value };
    if (left === undefined) delete next[key];
    else setOwn(next, key, left);
  }
  return next && Object.keys(next).length === 0 ? null : (next ?? value);
}

function removeFromList(list: Schema, value: readonly Json[], set: FieldSet): readonly Json[] | null {
  let changed = false;
  const result: Json[] = [];
  for (const item of value) {
    const at = set[itemElement(list, item) ?? ''];
    if (at !== undefined && isMember(at)) {
      changed = true;
      continue;
    }
    const left = at === undefined ? item : removeItems(list.items, item, withoutSelf(at ?? EMPTY));
    if (left !== item) changed = true;
    result.push(left);
  }
  return changed ? (result.length > 0 ? result : null) : value;
}

/** The value without the nulls that removing left in place of what `before` holds. */
export function withoutEmptied(value: Json, before: Json | undefined): Json {
  if (value === before) return value;
  if (Array.isArray(value))
    return value.map((item) => (Array.isArray(before) && before.includes(item) ? item : withoutEmptied(item, undefined)));
  if (!isObject(value)) return value;
  const old = isObject(before) ? before : undefined;
  const kept = Object.entries(value).filter(([key, item]) => item !== null || (old !== undefined && old[key] === null));
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutEmptied(item, old?.[key])]));
}
