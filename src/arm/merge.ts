import { type DraftObject, isObject, type Json, type JsonObject } from '../kernel/json.ts';

/** JSON merge patch (RFC 7396) on objects: null removes, objects merge, everything else is taken whole. Shares what it does not change. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: DraftObject = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    const old = merged[name];
    if (value === null) delete merged[name];
    else merged[name] = isObject(value) ? mergePatch(isObject(old) ? old : {}, value) : value;
  }
  return merged;
}

/** `over` on top of `base`, objects deeply, without null meaning removal. */
export function overlay(base: JsonObject, over: JsonObject): JsonObject {
  const merged: DraftObject = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const old = merged[name];
    merged[name] = isObject(value) && isObject(old) ? overlay(old, value) : value;
  }
  return merged;
}

/** The value without members that are null: to ARM, null and absent are the same on PUT. */
export function withoutNulls(value: JsonObject): JsonObject {
  const kept: DraftObject = {};
  for (const [name, item] of Object.entries(value)) if (item !== null) kept[name] = cleaned(item);
  return kept;
}
const cleaned = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(cleaned);
  return isObject(value) ? withoutNulls(value) : value;
};

/** The value at a dotted path, undefined when any part is missing. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let current = value;
  for (const part of path.split('.')) current = isObject(current) ? current[part] : undefined;
  return current;
}

/** The object without what stands at a dotted path. Shares what it does not change. */
export function without(value: JsonObject, path: string): JsonObject {
  const [head = '', ...rest] = path.split('.');
  const inner = value[head];
  if (inner === undefined) return value;
  if (rest.length === 0) {
    const { [head]: _removed, ...kept } = value;
    return kept;
  }
  return isObject(inner) ? { ...value, [head]: without(inner, rest.join('.')) } : value;
}

/** The member as an object, `{}` when it is anything else. */
export const objectAt = (value: JsonObject | undefined, name: string): JsonObject => {
  const member = value?.[name];
  return isObject(member) ? member : {};
};
/** The member as a list of objects; entries that are none are left out. */
export const objectsAt = (value: JsonObject | undefined, name: string): readonly JsonObject[] => {
  const member = value?.[name];
  return Array.isArray(member) ? member.filter(isObject) : [];
};
/** The member as a list of strings. */
export const stringsAt = (value: JsonObject | undefined, name: string): readonly string[] => {
  const member = value?.[name];
  return Array.isArray(member) ? member.filter((item): item is string => typeof item === 'string') : [];
};
/** The member as text, "" when it is anything else. */
export const textAt = (value: JsonObject | undefined, name: string): string => {
  const member = value?.[name];
  return typeof member === 'string' ? member : '';
};
