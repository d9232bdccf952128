import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { PatchError } from './failure.ts';
import { goText, goType } from './go-text.ts';
import { getOwn } from './own.ts';
import { DIRECTIVE, type ListRule, withoutDirectives, withoutNulls } from './patch-rules.ts';

type List = readonly Json[];
type MergeObject = (original: JsonObject, patch: JsonObject, schema: Schema | undefined) => JsonObject;

/** Merges a patch list into a list whose strategy is merge, or deletes the listed scalars. Models strategicpatch.mergeSlice. */
export function mergeList(original: List, patch: List, rule: ListRule, isDeletion: boolean, mergeObject: MergeObject): List {
  if (original.length === 0 && patch.length === 0) return original;
  if (!elementsAreObjects(original, patch)) {
    if (isDeletion) {
      const deleted = new Set(patch);
      return original.filter((item) => !deleted.has(item));
    }
    const merged = [...new Set([...original, ...patch])];
    return arrange(merged, patch, original, '');
  }
  if (rule.mergeKey === '') throw new PatchError(500, 'cannot merge lists without merge key for struct');
  const { kept, changes } = applyDirectives(original, patch, rule.mergeKey);
  const merged = mergeByKey(kept, changes, rule, mergeObject);
  return arrange(merged, changes, kept, rule.mergeKey);
}

/**
 * The list that a $setElementOrder directive orders, merged with the patch list of that name if there is one.
 * undefined where neither exists. Precedence: directive, then the order of the patch list, then that of the stored list.
 */
export function orderList(
  original: List | undefined,
  patch: List | undefined,
  order: List,
  rule: ListRule,
  mergeObject: MergeObject,
): List | undefined {
  checkOrder(patch ?? [], order, rule.mergeKey);
  let merged: List;
  if (patch === undefined) {
    if (original === undefined) return undefined;
    merged = original;
  } else if (original === undefined)
    merged = withoutDirectives(patch) as List; // a list stays one
  else merged = rule.merges ? mergeList(original, patch, rule, false, mergeObject) : patch;
  elementsAreObjects(original ?? [], patch ?? []);
  const before = original && patch && rule.merges ? orderAfterDeletion(original, patch, rule.mergeKey) : (original ?? []);
  return arrange(merged, order, before, rule.mergeKey);
}

/**
 * The stored order that upstream goes by once elements were deleted: it deletes and appends in the very array it then consults, so
 * that new elements count as stored in the places of deleted ones.
 */
function orderAfterDeletion(original: List, patch: List, mergeKey: string): List {
  const key = (item: Json): Json | undefined => (isObject(item) ? getOwn(item, mergeKey) : item);
  const directive = (item: Json): Json | undefined => (isObject(item) ? getOwn(item, DIRECTIVE) : undefined);
  const deleted = new Set(patch.filter((item) => directive(item) === 'delete').map(key));
  if (deleted.size === 0) return original;
  const kept = original.filter((item) => !deleted.has(key(item)));
  const stored = new Set(kept.map(key));
  const added = patch.filter((item) => directive(item) === undefined && !stored.has(key(item)));
  return [...kept, ...added].slice(0, original.length);
}

/** Removes the elements named by `$patch: delete`; `$patch: replace` anywhere makes the rest of the patch the whole list. */
function applyDirectives(original: List, patch: List, mergeKey: string): { kept: List; changes: List } {
  const changes: Json[] = [];
  const deleted = new Set<Json>();
  let replaces = false;
  for (const item of patch) {
    const element = item as JsonObject; // elementsAreObjects
    const directive = getOwn(element, DIRECTIVE);
    if (directive === undefined) changes.push(item);
    else if (directive === 'delete') deleted.add(keyOf(element, mergeKey));
    else if (directive === 'replace') replaces = true;
    else if (directive === 'merge') throw new PatchError(500, 'merging lists cannot yet be specified in the patch');
    else throw new PatchError(500, `unknown patch type: ${goText(directive)} in map: ${goText(element)}`);
  }
  if (replaces) return { kept: changes, changes: [] };
  const kept = deleted.size === 0 ? original : original.filter((item) => !deleted.has(getOwn(item as JsonObject, mergeKey) ?? null));
  return { kept, changes };
}

function mergeByKey(original: List, patch: List, rule: ListRule, mergeObject: MergeObject): List {
  const merged = original.slice();
  const places = new Map<Json, number>();
  original.forEach((item, i) => {
    const key = getOwn(item as JsonObject, rule.mergeKey); // elementsAreObjects
    if (key !== undefined && !places.has(key)) places.set(key, i);
  });
  for (const item of patch) {
    const element = item as JsonObject; // elementsAreObjects
    const key = keyOf(element, rule.mergeKey);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, merged.length);
      // Upstream keeps nulls here and drops them when it decodes the result.
      merged.push(withoutNulls(element));
    } else merged[place] = mergeObject(merged[place] as JsonObject, element, rule.element);
  }
  return merged;
}

/** Orders `items`: those named in `order` so, the others as in `before`, interleaved by their places in `before`. */
function arrange(items: List, order: List, before: List, mergeKey: string): List {
  const identify = (item: Json): Json => (isObject(item) ? (getOwn(item, mergeKey) ?? null) : item);
  const byObject = items.some(isObject) || order.some(isObject);
  if (byObject) for (const list of [items, order]) for (const item of list) keyOf(item, mergeKey);
  const orderPlaces = placesOf(order, identify);
  const beforePlaces = placesOf(before, identify);
  const named = sortByPlace(
    items.filter((item) => orderPlaces.has(identify(item))),
    orderPlaces,
    identify,
  );
  const others = sortByPlace(
    items.filter((item) => !orderPlaces.has(identify(item))),
    beforePlaces,
    identify,
  );
  const result: Json[] = [];
  let i = 0;
  for (const item of named) {
    const place = beforePlaces.get(identify(item));
    while (i < others.length) {
      const other = others[i] as Json; // i is in bounds
      const otherPlace = beforePlaces.get(identify(other));
      if (place === undefined || otherPlace === undefined || otherPlace >= place) break;
      result.push(other);
      i++;
    }
    result.push(item);
  }
  for (; i < others.length; i++) result.push(others[i] as Json); // i is in bounds
  return result;
}

function placesOf(list: List, identify: (item: Json) => Json): Map<Json, number> {
  const places = new Map<Json, number>();
  list.forEach((item, i) => {
    const id = identify(item);
    if (!places.has(id)) places.set(id, i);
  });
  return places;
}

/** Insertion sort as Go's stable sort does it on short lists, because upstream's comparison is no order for unlisted elements. */
function sortByPlace(items: Json[], places: ReadonlyMap<Json, number>, identify: (item: Json) => Json): Json[] {
  const less = (a: Json, b: Json): boolean => {
    const left = places.get(identify(a));
    const right = places.get(identify(b));
    return left === undefined || right === undefined ? true : left < right;
  };
  for (let i = 1; i < items.length; i++) {
    for (let j = i; j > 0 && less(items[j] as Json, items[j - 1] as Json); j--) {
      const moved = items[j] as Json; // j and j - 1 are in bounds
      items[j] = items[j - 1] as Json;
      items[j - 1] = moved;
    }
  }
  return items;
}

/** The patch list must be a subsequence of the order list, by merge key; deleted elements do not count. */
function checkOrder(patch: List, order: List, mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const kept = mergeKey === '' ? patch : patch.filter((item) => !isObject(item) || getOwn(item, DIRECTIVE) !== 'delete');
  let next = 0;
  for (let at = 0; next < kept.length && at < order.length; ) {
    const item = kept[next] as Json; // next is in bounds
    if (isObject(item) && getOwn(item, DIRECTIVE) !== undefined) next++;
    else if (identity(item, mergeKey) === identity(order[at++], mergeKey)) next++;
  }
  if (next < kept.length) {
    const message = `The order in patch list:\n${goText(patch)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`;
    throw new PatchError(500, message);
  }
}

const identity = (item: Json | undefined, mergeKey: string): Json | undefined => (mergeKey === '' ? item : keyOf(item, mergeKey));

function keyOf(item: Json | undefined, mergeKey: string): Json {
  if (!isObject(item)) throw new PatchError(500, `expected a map[string]interface {}, but received a ${goType(item)}`);
  const key = getOwn(item, mergeKey);
  if (key === undefined) throw new PatchError(500, `map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
  return key;
}

/** Whether the elements of both lists are objects. Errors: they differ in type, or are lists. */
function elementsAreObjects(...lists: readonly List[]): boolean {
  let type: string | undefined;
  for (const list of lists) {
    for (const item of list) {
      const itemType = goType(item);
      if (itemType === '[]interface {}') throw new PatchError(422, 'lists of lists are not supported');
      type ??= itemType;
      if (type !== itemType) throw new PatchError(500, `list element types are not identical: [${lists.map(goText).join(' ')}]`);
    }
  }
  if (type === undefined) throw new PatchError(500, 'no elements in any of the given slices');
  return type === 'map[string]interface {}';
}
