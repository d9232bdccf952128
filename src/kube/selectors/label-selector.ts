import { isObject, type Json } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import { parseRequirements } from './label-syntax.ts';
import { type Labels, newRequirement, type Operator, type Requirement } from './requirement.ts';

export type { Labels };

/** A parsed label selector: a conjunction of requirements, sorted by key. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
  /** Absent labels count as none. */
  matches(labels: Labels | undefined): boolean;
  /** The single value that this key must have, where the selector demands one; for index look-ups. */
  exact(key: string): string | undefined;
}

export const everything: LabelSelector = { requirements: [], matches: () => true, exact: () => undefined };
/** What an absent LabelSelector object selects. */
export const nothing: LabelSelector = { requirements: [], matches: () => false, exact: () => undefined };

const NO_LABELS: Labels = {};

/** Selector of these requirements. */
export function selectorOf(requirements: readonly Requirement[]): LabelSelector {
  if (requirements.length === 0) return everything;
  const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return {
    requirements: sorted,
    matches: (labels = NO_LABELS) => sorted.every((requirement) => requirement.matches(labels)),
    exact: (key) => {
      const requirement = sorted.find((item) => item.key === key);
      const positive = requirement?.operator === '=' || requirement?.operator === '==' || requirement?.operator === 'in';
      return positive && requirement.values.length === 1 ? requirement.values[0] : undefined;
    },
  };
}

/** Reads the text of `?labelSelector=`; the error is upstream's text (400). Empty text selects everything. */
export function parseLabelSelector(text: string): Outcome<LabelSelector> {
  if (text === '') return { value: everything };
  const { value, error } = parseRequirements(text);
  return value ? { value: selectorOf(value) } : { error };
}

/** Selector of a map that must be contained in an object's labels (Service, ReplicationController). Empty selects everything. */
export function selectorOfMap(labels: Labels | undefined): LabelSelector {
  const requirements = Object.entries(labels ?? {}).flatMap(([key, value]) => newRequirement(key, '=', [value], false).value ?? []);
  return selectorOf(requirements);
}

const OPERATORS: ReadonlyMap<Json | undefined, Operator> = new Map<Json | undefined, Operator>([
  ['In', 'in'],
  ['NotIn', 'notin'],
  ['Exists', 'exists'],
  ['DoesNotExist', '!'],
]);

/**
 * Selector of a LabelSelector object (matchLabels, matchExpressions). Absent selects nothing, empty everything.
 * The error is upstream's text. Parsed once per object: the stored reference is the cache key.
 */
export function labelSelectorOf(selector: Json | undefined): Outcome<LabelSelector> {
  if (!isObject(selector)) return { value: nothing };
  const known = parsed.get(selector);
  if (known) return known;
  const outcome = parseObject(selector);
  parsed.set(selector, outcome);
  return outcome;
}

const parsed = new WeakMap<object, Outcome<LabelSelector>>();

function parseObject(selector: { readonly [key: string]: Json }): Outcome<LabelSelector> {
  const requirements: Requirement[] = [];
  const add = ({ value, error }: Outcome<Requirement>): string | undefined => {
    if (value) requirements.push(value);
    return error;
  };
  for (const [key, value] of Object.entries(isObject(selector.matchLabels) ? selector.matchLabels : {})) {
    const error = add(newRequirement(key, '=', [String(value)], true));
    if (error !== undefined) return { error };
  }
  for (const expression of Array.isArray(selector.matchExpressions) ? selector.matchExpressions : []) {
    if (!isObject(expression)) continue;
    const operator = OPERATORS.get(expression.operator);
    if (!operator) return { error: `${JSON.stringify(expression.operator ?? '')} is not a valid label selector operator` };
    const values = Array.isArray(expression.values) ? expression.values.map(String) : [];
    const error = add(newRequirement(String(expression.key ?? ''), operator, values, true));
    if (error !== undefined) return { error };
  }
  return { value: selectorOf(requirements) };
}
