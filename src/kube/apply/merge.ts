import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { type Draft, setOwn } from '../patch/own.ts';
import type { Schema } from '../schema.ts';
import { itemElement } from './path-element.ts';
import { memberSchema, shapeOf } from './typed.ts';

/**
 * The live object with an applied configuration laid over it: leaves of the configuration win, nothing is removed. Items keep the
 * live order where the configuration does not say otherwise. Shares all that did not change. Models merge.go.
 */
export function mergeValues(schema: Schema | undefined, live: Json, applied: Json): Json {
  if (live === applied) return live;
  const shape = shapeOf(schema, applied ?? live);
  if (shape.kind === 'list' && (live === null || Array.isArray(live)) && (applied === null || Array.isArray(applied))) {
    return isVacant(live) && isVacant(applied) ? leaf(live, applied) : mergeLists(shape.schema, live ?? [], applied ?? []);
  }
  if (shape.kind === 'map' && (live === null || isObject(live)) && (applied === null || isObject(applied))) {
    return isVacant(live) && isVacant(applied) ? leaf(live, applied) : mergeObjects(shape.schema, live ?? {}, applied ?? {});
  }
  return leaf(live, applied);
}

const leaf = (live: Json, applied: Json): Json => (equal(live, applied) ? live : applied);
const isVacant = (value: Json): boolean => value === null || Object.keys(value).length === 0;

function mergeObjects(schema: Schema | undefined, live: JsonObject, applied: JsonObject): JsonObject {
  let next: Draft | undefined;
  for (const key of Object.keys(applied)) {
    const theirs = applied[key] as Json; // its own key
    const ours = Object.hasOwn(live, key) ? live[key] : undefined;
    const merged = ours === undefined ? theirs : mergeValues(memberSchema(schema, key), ours, theirs);
    if (merged === ours) continue;
    next ??= { ...live };
    setOwn(next, key, merged);
  }
  return next ?? live;
}

/** An item of the live list under its element; the element is "" where it has none. */
interface Item {
  readonly element: string;
  readonly value: Json;
}

function mergeLists(list: Schema, live: readonly Json[], applied: readonly Json[]): readonly Json[] {
  const ours = live.map((value): Item => ({ element: itemElement(list, value) ?? '', value }));
  const theirs = applied.map((value): Item => ({ element: itemElement(list, value) ?? '', value }));
  const merged = new ListMerge(list, ours, theirs).run();
  return merged.length === live.length && merged.every((item, i) => item === live[i]) ? live : merged;
}

/** Interleaves both lists: shared items in the order of the configuration, live-only items where they were relative to them. */
class ListMerge {
  readonly #list: Schema;
  readonly #ours: readonly Item[];
  readonly #theirs: readonly Item[];
  /** Live item by element; null for one that occurs twice, which is not merged with but replaced. */
  readonly #oursByElement = new Map<string, Json>();
  readonly #theirsByElement: ReadonlyMap<string, Json>;
  readonly #done = new Set<string>();
  readonly #shared: readonly string[];
  #nextShared = 0;

  constructor(list: Schema, ours: readonly Item[], theirs: readonly Item[]) {
    this.#list = list;
    this.#ours = ours;
    this.#theirs = theirs;
    for (const { element, value } of ours) this.#oursByElement.set(element, this.#oursByElement.has(element) ? null : value);
    this.#theirsByElement = new Map(theirs.map(({ element, value }) => [element, value]));
    this.#shared = theirs.map(({ element }) => element).filter((element) => this.#oursByElement.has(element));
  }

  run(): readonly Json[] {
    const result: Json[] = [];
    let l = 0;
    let r = 0;
    while (l < this.#ours.length || r < this.#theirs.length) {
      const mine = this.#ours[l];
      const yours = this.#theirs[r];
      if (mine && yours && mine.element === yours.element) {
        result.push(this.#take(yours));
        this.#nextShared++;
        l++;
        r++;
        continue;
      }
      const next = this.#shared[this.#nextShared];
      const isShared = mine !== undefined && this.#theirsByElement.has(mine.element);
      if (mine && yours && isShared && next !== undefined && next !== mine.element) {
        l++;
        continue;
      }
      if (mine && !isShared) {
        result.push(mine.value);
        l++;
        continue;
      }
      if (mine && this.#done.has(mine.element)) l++;
      if (yours) {
        result.push(this.#take(yours));
        r++;
        if (next === yours.element) this.#nextShared++;
      }
    }
    return result;
  }

  #take({ element, value }: Item): Json {
    this.#done.add(element);
    const ours = this.#oursByElement.get(element);
    return ours === undefined || ours === null ? value : mergeValues(this.#list.items, ours, value);
  }
}
