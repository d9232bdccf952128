import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { compareElements, elementJson } from './path-element.ts';

/**
 * A set of field paths, in the very shape of FieldsV1: `{"f:spec":{"f:replicas":{},"f:template":{".":{},…}}}`. A node without
 * children is a member; one with children is a member when it has ".". So the stored JSON is the set: nothing is decoded or
 * encoded, and unchanged parts are shared. Invariant: no node but the root is without members below it. Models
 * structured-merge-diff fieldpath.Set.
 */
export type FieldSet = { readonly [element: string]: FieldSet };

export const EMPTY: FieldSet = Object.freeze({});
/** A member without children. */
export const LEAF: FieldSet = EMPTY;
const SELF = '.';

type Draft = { [element: string]: FieldSet };

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether a node is itself in the set, not only something below it. */
export const isMember = (node: FieldSet): boolean => SELF in node || isEmpty(node);

/** A node from its parts; undefined when nothing of it is left. `children` is taken over. */
export function node(member: boolean, children: Draft | undefined): FieldSet | undefined {
  if (children === undefined || isEmpty(children)) return member ? LEAF : undefined;
  return member ? { [SELF]: LEAF, ...children } : children;
}

/** Paths in either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a;
  if (isEmpty(a)) return b;
  let next: Draft | undefined;
  for (const element in b) {
    const theirs = b[element] as FieldSet; // element comes from b
    const ours = a[element];
    const both = ours === undefined ? theirs : unionNodes(ours, theirs);
    if (both === ours) continue;
    next ??= { ...a };
    next[element] = both;
  }
  return next ?? a;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const children = union(isEmpty(a) ? { [SELF]: LEAF } : a, isEmpty(b) ? { [SELF]: LEAF } : b);
  return isLoneSelf(children) ? LEAF : children === a ? a : children;
}

function isLoneSelf(set: FieldSet): boolean {
  for (const element in set) if (element !== SELF) return false;
  return SELF in set;
}

/** Paths in both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const result: Draft = {};
  for (const element in a) {
    const theirs = b[element];
    if (element === SELF || theirs === undefined) continue;
    const ours = a[element] as FieldSet; // element comes from a
    const children = intersection(ours, theirs);
    const both = node(isMember(ours) && isMember(theirs), isEmpty(children) ? undefined : (withoutSelf(children) as Draft));
    if (both) result[element] = both;
  }
  return result;
}

/** Paths of `a` that are not in `b`. A parent in `b` removes nothing below it. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, false);

/** Paths of `a` that are neither in `b` nor below a path in `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, true);

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  if (isEmpty(a) || isEmpty(b)) return a;
  if (a === b) return EMPTY;
  let next: Draft | undefined;
  for (const element in a) {
    const theirs = b[element];
    if (element === SELF || theirs === undefined) continue;
    const ours = a[element] as FieldSet; // element comes from a
    const left = subtractNode(ours, theirs, recursive);
    if (left === ours) continue;
    next ??= { ...a };
    if (left === undefined) delete next[element];
    else next[element] = left;
  }
  return next ?? a;
}

function subtractNode(ours: FieldSet, theirs: FieldSet, recursive: boolean): FieldSet | undefined {
  const removes = isMember(theirs);
  if (removes && recursive) return undefined;
  const children = subtract(withoutSelf(ours), theirs, recursive);
  const member = isMember(ours) && !removes;
  if (member === isMember(ours) && sameChildren(ours, children)) return ours;
  return node(member, children as Draft); // node spreads or returns it, never writes
}

/** The children of a node, as a set. */
export function withoutSelf(set: FieldSet): FieldSet {
  if (!(SELF in set)) return set;
  const { [SELF]: _, ...children } = set;
  return children;
}

function sameChildren(a: FieldSet, children: FieldSet): boolean {
  let count = 0;
  for (const element in a) {
    if (element === SELF) continue;
    if (children[element] !== a[element]) return false;
    count++;
  }
  for (const _ in children) count--;
  return count === 0;
}

/** Same paths; order does not matter. */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const element in a) {
    const theirs = b[element];
    if (theirs === undefined || !sameSet(a[element] as FieldSet, theirs)) return false; // element comes from a
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/** The set below a path; undefined where nothing is. */
export const below = (set: FieldSet, path: readonly string[]): FieldSet | undefined =>
  path.reduce<FieldSet | undefined>((at, element) => at?.[element], set);

/** Whether a path itself is in the set. */
export function has(set: FieldSet, path: readonly string[]): boolean {
  const at = below(set, path);
  return at !== undefined && isMember(at);
}

/** The set of these paths. */
export const setOf = (...paths: readonly (readonly string[])[]): FieldSet =>
  paths.reduce<FieldSet>(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((child, element) => ({ [element]: child }), LEAF),
      ),
    EMPTY,
  );

/** All paths, those of a level before those below it: the order in which upstream lists conflicts. */
export function pathsOf(set: FieldSet, prefix: readonly string[] = []): readonly (readonly string[])[] {
  const elements = Object.keys(set)
    .filter((element) => element !== SELF)
    .sort(compareElements);
  const members = elements.filter((element) => isMember(set[element] as FieldSet)).map((element) => [...prefix, element]); // its own keys
  return [...members, ...elements.flatMap((element) => pathsOf(set[element] as FieldSet, [...prefix, element]))];
}

const canonical = new WeakSet<object>();

/** The same set with its elements in upstream's order, "." first. Known results are recognised by reference. */
export function inOrder(set: FieldSet): FieldSet {
  if (canonical.has(set)) return set;
  const elements = Object.keys(set);
  let sorted = true;
  let next: Draft | undefined;
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i] as string; // i is in bounds
    const before = i === 0 ? undefined : elements[i - 1];
    if (element === SELF ? i > 0 : before !== undefined && before !== SELF && compareElements(before, element) > 0) sorted = false;
    const child = set[element] as FieldSet; // its own key
    const ordered = inOrder(child);
    if (ordered === child) continue;
    next ??= { ...set };
    next[element] = ordered;
  }
  const result = sorted ? (next ?? set) : sort(next ?? set);
  canonical.add(result);
  return result;
}

function sort(set: FieldSet): FieldSet {
  const elements = Object.keys(set).sort((a, b) => (a === SELF ? -1 : b === SELF ? 1 : compareElements(a, b)));
  return Object.fromEntries(elements.map((element) => [element, set[element] as FieldSet])); // its own keys
}

const checked = new WeakMap<object, FieldSet>();

/** The set that a fieldsV1 value from a client stands for, elements made canonical; undefined for what is no set. Cached by reference. */
export function readFieldSet(fields: Json): FieldSet | undefined {
  if (!isObject(fields)) return undefined;
  if (canonical.has(fields)) return fields as FieldSet; // was made or checked here
  const known = checked.get(fields);
  if (known) return known;
  const set = readNode(fields);
  const ordered = set && inOrder(set);
  if (ordered) checked.set(fields, ordered);
  return ordered;
}

function readNode(fields: JsonObject): FieldSet | undefined {
  const result: Draft = {};
  for (const [element, child] of Object.entries(fields)) {
    const name = element === SELF ? SELF : canonicalElement(element);
    const set = name !== undefined && isObject(child) ? readNode(child) : undefined;
    if (name === undefined || set === undefined) return undefined;
    const known = result[name];
    result[name] = known ? unionNodes(known, set) : set;
  }
  return isLoneSelf(result) ? LEAF : result;
}

function canonicalElement(element: string): string | undefined {
  if (element.startsWith('f:')) return element;
  if (/^i:\d+$/.test(element)) return element;
  if (!element.startsWith('k:') && !element.startsWith('v:')) return undefined;
  try {
    const value = JSON.parse(element.slice(2)) as Json; // checked below
    if (element.startsWith('v:')) return typeof value === 'object' ? undefined : `v:${elementJson(value)}`;
    if (!isObject(value)) return undefined;
    const keys = Object.keys(value).sort();
    return `k:{${keys.map((key) => `${elementJson(key)}:${elementJson(value[key] as Json)}`).join(',')}}`; // its own keys
  } catch {
    return undefined;
  }
}
