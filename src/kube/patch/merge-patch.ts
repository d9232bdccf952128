import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import type { PatchFailure } from './failure.ts';
import { type Draft, setOwn } from './own.ts';
import { withoutNulls } from './patch-rules.ts';

/**
 * Applies an RFC 7386 merge patch to an object. Shares all that did not change, and returns `document` itself where nothing did.
 * Errors: 400 when the patch is no object.
 */
export function applyMergePatch(document: JsonObject, patch: Json): Outcome<JsonObject, PatchFailure> {
  if (!isObject(patch)) {
    const got = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
    const message = `error decoding patch: json: cannot unmarshal ${got} into Go value of type map[string]interface {}`;
    return { error: { code: 400, message } };
  }
  return { value: mergeObject(document, patch) };
}

function mergeObject(target: JsonObject, patch: JsonObject): JsonObject {
  let next: Draft | undefined;
  for (const key of Object.keys(patch)) {
    const value = patch[key] as Json; // keys come from the patch itself
    const present = Object.hasOwn(target, key);
    if (value === null) {
      if (present) {
        next ??= { ...target };
        delete next[key];
      }
      continue;
    }
    const current = present ? target[key] : undefined;
    // As upstream: what replaces an object is taken as it is, with its nulls.
    const merged = isObject(value) ? mergeObject(isObject(current) ? current : {}, value) : isObject(current) ? value : withoutNulls(value);
    if (present && equal(current, merged)) continue;
    next ??= { ...target };
    setOwn(next, key, merged);
  }
  return next ?? target;
}
