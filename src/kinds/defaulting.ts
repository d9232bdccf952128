import { isObject, type Json, type JsonObject } from '../kernel/json.ts';
import type { KubeObject } from '../kube/object.ts';

/**
 * What a field becomes, from its value and the object that it lies in. A rule that has nothing to add returns the very value that it
 * got, so that an object without anything to default is passed on by reference.
 */
export type Rule = (value: Json | undefined, owner: JsonObject) => Json | undefined;

/** Copy-on-write: a draft is made at the first field that changes. */
function applyRules(rules: readonly (readonly [string, Rule])[], object: JsonObject): JsonObject {
  let draft: { [key: string]: Json } | undefined;
  for (const [field, rule] of rules) {
    const current = draft ?? object;
    const before = current[field];
    const after = rule(before, current);
    if (after === before || after === undefined) continue;
    draft ??= { ...object };
    draft[field] = after;
  }
  return draft ?? object;
}

/** What counts as not set. */
const isUnset = (value: Json | undefined): boolean => value === undefined || value === null;

/** The value where nothing is set. */
export const constant =
  (fallback: Json): Rule =>
  (value) =>
    isUnset(value) ? fallback : value;

/** The value where nothing, or "", is set: texts that Go writes as "" when they were left out. */
export const nonEmpty =
  (fallback: string): Rule =>
  (value) =>
    isUnset(value) || value === '' ? fallback : value;

/** The value where nothing, or 0, is set: numbers that Go writes as 0 when they were left out. */
export const nonZero =
  (fallback: number): Rule =>
  (value) =>
    isUnset(value) || value === 0 ? fallback : value;

/** Defaults of an object's fields, in this order: later rules see what earlier ones set. Absent objects stay absent. */
export function fields(declared: { readonly [field: string]: Json | Rule }): Rule {
  const rules = Object.entries(declared).map(([field, rule]) => [field, typeof rule === 'function' ? rule : constant(rule)] as const);
  return (value) => (isObject(value) ? applyRules(rules, value) : value);
}

/** The same rule for every element of a list. An absent list stays absent. */
export const each =
  (rule: Rule): Rule =>
  (value, owner) => {
    if (!Array.isArray(value)) return value;
    let draft: Json[] | undefined;
    value.forEach((item: Json, i) => {
      const after = rule(item, owner);
      if (after === item || after === undefined) return;
      draft ??= [...value];
      draft[i] = after;
    });
    return draft ?? value;
  };

/** A rule for an object that exists once the rule has run: absent is taken as `{}`. */
export const present =
  (rule: Rule = (value) => value): Rule =>
  (value, owner) =>
    rule(value === undefined || value === null ? {} : value, owner);

/** A rule that holds only where the owner says so. */
export const when =
  (condition: (owner: JsonObject) => boolean, rule: Json | Rule): Rule =>
  (value, owner) => {
    if (!condition(owner)) return value;
    return typeof rule === 'function' ? rule(value, owner) : constant(rule)(value, owner);
  };

/** Several rules on one value, one after the other. */
export const chain =
  (...rules: readonly Rule[]): Rule =>
  (value, owner) =>
    rules.reduce<Json | undefined>((current, rule) => rule(current, owner), value);

/** A default computed from the owner where nothing is set; undefined sets nothing. */
export const derived =
  (from: (owner: JsonObject) => Json | undefined): Rule =>
  (value, owner) =>
    isUnset(value) ? from(owner) : value;

/** A rule for whole objects as the defaulting of a kind. */
export const defaultsOf =
  (rule: Rule): ((object: KubeObject) => KubeObject) =>
  (object) =>
    // Rules for objects map objects to objects and never touch apiVersion, kind or what metadata requires.
    rule(object, object) as KubeObject;

/** The defaulting of a kind: rules for the fields of the whole object. */
export const defaults = (declared: { readonly [field: string]: Json | Rule }): ((object: KubeObject) => KubeObject) =>
  defaultsOf(fields(declared));
