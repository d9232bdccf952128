import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { PatchError } from './failure.ts';
import { type Draft, getOwn, setOwn } from './own.ts';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
export const SET_ELEMENT_ORDER = '$setElementOrder';

/** How a list is patched: merged (by `mergeKey` when its elements are objects) or replaced. */
export interface ListRule {
  readonly merges: boolean;
  readonly mergeKey: string;
  readonly element: Schema | undefined;
}

/** The schema of a member. Error 500 with upstream's text where the type has no such field. */
export function member(schema: Schema | undefined, key: string): Schema | undefined {
  if (schema === undefined) return undefined;
  if (schema.type === 'map') return schema.items;
  const field = schema.properties?.get(key);
  if (field || schema.preserveUnknown) return field;
  const struct = schema.name?.slice(schema.name.lastIndexOf('.') + 1) ?? '';
  throw new PatchError(500, `unable to find api field in struct ${struct} for the json field ${JSON.stringify(key)}`);
}

export const listRule = (schema: Schema | undefined): ListRule => ({
  merges: schema?.patchStrategy?.split(',').includes('merge') === true,
  mergeKey: schema?.patchMergeKey ?? '',
  element: schema?.items,
});

/** A copy without object members that are null, at any depth; the value itself where it has none. */
export function withoutNulls(value: Json): Json {
  return rebuild(value, (item) => (item === null ? undefined : withoutNulls(item)), withoutNulls);
}

/** A copy without the objects that carry $patch; undefined where the value itself does. */
export function withoutDirectives(value: Json): Json | undefined {
  if (isObject(value) && getOwn(value, DIRECTIVE) !== undefined) return undefined;
  return rebuild(value, withoutDirectives, withoutDirectives);
}

/** Maps members and elements, leaving out those mapped to undefined, and copies only where something changed. */
function rebuild(value: Json, inObject: (item: Json) => Json | undefined, inList: (item: Json) => Json | undefined): Json {
  if (Array.isArray(value)) {
    const items = value.map(inList).filter((item) => item !== undefined);
    return items.length === value.length && items.every((item, i) => item === value[i]) ? value : items;
  }
  if (!isObject(value)) return value;
  let next: Draft | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key] as Json; // keys come from the value itself
    const mapped = inObject(item);
    if (mapped === item) continue;
    next ??= { ...(value as JsonObject) };
    if (mapped === undefined) delete next[key];
    else setOwn(next, key, mapped);
  }
  return next ?? value;
}
