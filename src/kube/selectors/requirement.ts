import { labelValue, qualifiedName } from '../names/labels.ts';
import type { Outcome } from '../outcome.ts';

export type Labels = { readonly [key: string]: string };

export type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | '>' | '<';

/** One condition on one label. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
  matches(labels: Labels): boolean;
}

/** A requirement, checked as upstream's labels.NewRequirement does; without `validate` for labels that were checked before. */
export function newRequirement(key: string, operator: Operator, values: readonly string[], validate: boolean): Outcome<Requirement> {
  const faults = validate ? faultsOf(key, operator, values) : [];
  if (faults.length === 1) return { error: faults[0] as string }; // its length is 1
  if (faults.length > 1) return { error: `[${faults.join(', ')}]` };
  const condition = conditionOf(operator, values);
  return { value: { key, operator, values, matches: (labels) => condition(Object.hasOwn(labels, key) ? labels[key] : undefined) } };
}

/** A fault with its path and value, as field.Invalid renders it. */
export const invalidText = (path: string, value: unknown, detail: string): string =>
  `${path}: Invalid value: ${JSON.stringify(value)}: ${detail}`;

function faultsOf(key: string, operator: Operator, values: readonly string[]): readonly string[] {
  const faults: string[] = [];
  const keyFaults = qualifiedName(key);
  if (keyFaults.length > 0) faults.push(invalidText('key', key, keyFaults.join('; ')));
  const arity = arityFault(operator, values);
  if (arity !== undefined) faults.push(invalidText('values', values.length > 0 ? values : null, arity));
  values.forEach((value, i) => {
    if ((operator === '>' || operator === '<') && parseInt64(value) === undefined) {
      faults.push(invalidText(`values[${i}]`, value, "for 'Gt', 'Lt' operators, the value must be an integer"));
    }
  });
  values.forEach((value, i) => {
    const valueFaults = labelValue(value);
    if (valueFaults.length > 0) faults.push(invalidText(`values[${i}][${key}]`, value, valueFaults.join('; ')));
  });
  return [...new Set(faults)];
}

function arityFault(operator: Operator, values: readonly string[]): string | undefined {
  switch (operator) {
    case 'in':
    case 'notin':
      return values.length === 0 ? "for 'in', 'notin' operators, values set can't be empty" : undefined;
    case 'exists':
    case '!':
      return values.length > 0 ? 'values set must be empty for exists and does not exist' : undefined;
    case '>':
    case '<':
      return values.length === 1 ? undefined : "for 'Gt', 'Lt' operators, exactly one value is required";
    default:
      return values.length === 1 ? undefined : 'exact-match compatibility requires one single value';
  }
}

function conditionOf(operator: Operator, values: readonly string[]): (value: string | undefined) => boolean {
  const [first] = values;
  const accepts = values.length === 1 ? (value: string) => value === first : (value: string) => values.includes(value);
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return (value) => value !== undefined && accepts(value);
    case '!=':
    case 'notin':
      return (value) => value === undefined || !accepts(value);
    case 'exists':
      return (value) => value !== undefined;
    case '!':
      return (value) => value === undefined;
    default:
      return comparison(operator, parseInt64(first ?? ''));
  }
}

function comparison(operator: '>' | '<', bound: bigint | undefined): (value: string | undefined) => boolean {
  return (text) => {
    const value = text === undefined ? undefined : parseInt64(text);
    if (value === undefined || bound === undefined) return false;
    return operator === '>' ? value > bound : value < bound;
  };
}

function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
