import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { EMPTY, type FieldSet, isEmpty, isMember, withoutSelf } from './field-set.ts';
import { fieldElement, itemElement } from './path-element.ts';
import { memberSchema, shapeOf } from './typed.ts';

/**
 * The value without the fields and items of a set; undefined when nothing is left of a map or list that had something removed.
 * Inside atomic values nothing is removed. Shares all that did not change. Models remove.go.
 */
export function removeItems(schema: Schema | undefined, value: Json, set: FieldSet): Json | undefined {
  if (isEmpty(set)) return value;
  const shape = shapeOf(schema, value);
  if (shape.kind === 'list' && Array.isArray(value)) return removeFromList(shape.schema, value, set);
  if (shape.kind === 'map' && isObject(value)) return removeFromObject(shape.schema, value, set);
  return shape.kind === 'leaf' && (Array.isArray(value) || isObject(value)) ? undefined : value;
}

function removeFromObject(schema: Schema | undefined, value: JsonObject, set: FieldSet): JsonObject | undefined {
  let next: { [key: string]: Json } | undefined;
  for (const key in value) {
    const at = set[fieldElement(key)];
    if (at === undefined) continue;
    const item = value[key] as Json; // its own key
    const left = isMember(at) ? undefined : removeItems(memberSchema(schema, key), item, at);
    if (left === item) continue;
    next ??= { ...value };
    if (left === undefined) delete next[key];
    else next[key] = left;
  }
  return next && Object.keys(next).length === 0 ? undefined : (next ?? value);
}

function removeFromList(list: Schema, value: readonly Json[], set: FieldSet): readonly Json[] | undefined {
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
    result.push(left ?? null);
  }
  return changed ? (result.length > 0 ? result : undefined) : value;
}
