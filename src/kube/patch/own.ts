import type { Json, JsonObject } from '../../kernel/json.ts';

export type Draft = { [key: string]: Json };

/** Writes an own member; unlike assignment also for "__proto__", which is a legal ConfigMap key. */
export function setOwn(target: Draft, key: string, value: Json): void {
  if (key === '__proto__') Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
  else target[key] = value;
}

/** The own member of that name: never what the prototype has ("constructor"). */
export const getOwn = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined);
