import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import type { Schema } from '../schema.ts';
import { attempt, PatchError, type PatchFailure } from './failure.ts';
import { goText, goType } from './go-text.ts';
import { mergeList, orderList } from './merge-list.ts';
import { type Draft, getOwn, setOwn } from './own.ts';
import {
  DELETE_FROM_LIST,
  DIRECTIVE,
  listRule,
  member,
  RETAIN_KEYS,
  SET_ELEMENT_ORDER,
  withoutDirectives,
  withoutNulls,
} from './patch-rules.ts';

/**
 * Applies a strategic merge patch. Models k8s.io/apimachinery strategicpatch.StrategicMergeMapPatch; strategies and merge keys come
 * from the schema. Shares all that did not change, and returns `document` itself where nothing did.
 * Errors: 400 for a malformed directive or a patch that is no object, 422 for lists of lists, 500 with upstream's text otherwise.
 */
export function applyStrategicMergePatch(document: JsonObject, patch: Json, schema: Schema): Outcome<JsonObject, PatchFailure> {
  return attempt(() => {
    if (!isObject(patch)) {
      const got = Array.isArray(patch) ? 'array' : typeof patch === 'boolean' ? 'bool' : typeof patch;
      throw new PatchError(400, `error decoding patch: json: cannot unmarshal ${got} into Go value of type map[string]interface {}`);
    }
    return mergeObject(document, patch, schema);
  });
}

/** One object under change: copied on the first write. */
interface Target {
  readonly before: JsonObject;
  after: Draft | undefined;
}

const current = (target: Target): JsonObject => target.after ?? target.before;

function write(target: Target, key: string, value: Json | undefined): void {
  const old = getOwn(current(target), key);
  if (old === value || (old !== undefined && value !== undefined && equal(old, value))) return;
  target.after ??= { ...target.before };
  if (value === undefined) delete target.after[key];
  else setOwn(target.after, key, value);
}

function mergeObject(original: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  const directive = getOwn(patch, DIRECTIVE);
  if (directive !== undefined) return replaceOrDelete(directive, patch);
  const target: Target = { before: original, after: undefined };
  retainKeys(target, patch);
  const done = mergeOrdered(target, patch, schema);
  for (const patchKey of Object.keys(patch)) {
    if (patchKey === RETAIN_KEYS || patchKey.startsWith(SET_ELEMENT_ORDER) || done.has(patchKey)) continue;
    const isDeletion = patchKey.startsWith(DELETE_FROM_LIST);
    const key = isDeletion ? directiveField(patchKey, DELETE_FROM_LIST, 'invalid patch format of primitive list') : patchKey;
    const value = patch[patchKey] as Json; // keys come from the patch itself
    mergeMember(target, key, value, isDeletion, schema);
  }
  return target.after ?? target.before;
}

function mergeMember(target: Target, key: string, value: Json, isDeletion: boolean, schema: Schema | undefined): void {
  const old = getOwn(current(target), key);
  if (value === null) write(target, key, undefined);
  else if (old === undefined || goType(old) !== goType(value)) {
    if (!isDeletion) write(target, key, withoutDirectives(withoutNulls(value)));
  } else if (isObject(old) && isObject(value)) {
    const field = member(schema, key);
    const replaces = field?.patchStrategy?.split(',').includes('replace') === true;
    write(target, key, replaces ? value : mergeObject(old, value, field));
  } else if (Array.isArray(old) && Array.isArray(value)) {
    const rule = listRule(member(schema, key));
    write(target, key, rule.merges || isDeletion ? mergeList(old, value, rule, isDeletion, mergeObject) : value);
  } else write(target, key, value);
}

function replaceOrDelete(directive: Json, patch: JsonObject): JsonObject {
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw new PatchError(500, `unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
  const { [DIRECTIVE]: _, ...content } = patch;
  return withoutNulls(content) as JsonObject; // an object stays one
}

/** $retainKeys clears the members that it does not name; the patch may only set those that it does. */
function retainKeys(target: Target, patch: JsonObject): void {
  const retained = getOwn(patch, RETAIN_KEYS);
  if (retained === undefined) return;
  if (!Array.isArray(retained)) throw new PatchError(400, 'invalid patch format of retainKeys');
  const names = new Set<Json>(retained);
  for (const key of Object.keys(patch)) {
    const exempt = key === RETAIN_KEYS || patch[key] === null || key.startsWith(DELETE_FROM_LIST) || key.startsWith(SET_ELEMENT_ORDER);
    if (!exempt && !names.has(key)) throw new PatchError(400, 'invalid patch format of retainKeys');
  }
  for (const key of Object.keys(target.before)) if (!names.has(key)) write(target, key, undefined);
}

/** Merges the lists that a $setElementOrder directive orders; returns the members that need no further merging. */
function mergeOrdered(target: Target, patch: JsonObject, schema: Schema | undefined): ReadonlySet<string> {
  const done = new Set<string>();
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(SET_ELEMENT_ORDER)) continue;
    const order = patch[directive] as Json; // keys come from the patch itself
    if (!Array.isArray(order)) throw new PatchError(500, `expected a []interface {}, but received a ${goType(order)}`);
    const key = directiveField(directive, SET_ELEMENT_ORDER, 'invalid patch format of setElementOrder list');
    const old = listOf(getOwn(current(target), key));
    const change = listOf(getOwn(patch, key));
    const rule = listRule(member(schema, key));
    const merged = orderList(old, change, order, rule, mergeObject);
    if (merged === undefined) continue;
    write(target, key, merged);
    done.add(key);
  }
  return done;
}

function listOf(value: Json | undefined): readonly Json[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  throw new PatchError(500, `expected a []interface {}, but received a ${goType(value)}`);
}

function directiveField(directive: string, prefix: string, otherwise: string): string {
  if (directive[prefix.length] !== '/') throw new PatchError(400, otherwise);
  return directive.slice(prefix.length + 1);
}
