import type { Json, JsonObject } from '../../kernel/json.ts';
import { isObject } from '../../kernel/json.ts';
import type { Plan } from './plan.ts';

/** Where a value stands, as Go's decoder keeps it: names of struct fields for errors, full path for strict errors. */
interface Place {
  readonly struct: string | undefined;
  readonly fields: readonly string[];
  readonly path: string;
}

export interface Diagnosis {
  /** Message of the error that Go's decoder would return, if any. */
  readonly error?: string;
  /** Paths of unknown fields, in the order of the text. */
  readonly unknown: readonly string[];
}

/** A refusal by a type's own unmarshaller ends decoding at once; plain type errors are only remembered. */
class Refused {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Names what is wrong with a value in the words of sigs.k8s.io/json (first type error, every unknown field). */
export function diagnose(value: Json, plan: Plan): Diagnosis {
  const unknown: string[] = [];
  const errors: string[] = [];
  try {
    visit(value, plan, { struct: undefined, fields: [], path: '' }, unknown, errors);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    return { error: refusal.message, unknown };
  }
  const [error] = errors;
  return error === undefined ? { unknown } : { error, unknown };
}

const nameOfValue = (value: Json): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

/** UnmarshalTypeError: integers name the number that doesn't fit. */
function typeError(value: Json, goType: string, place: Place): string {
  const isIntegerType = /^(u?int\d*|float64)$/.test(goType);
  const what = typeof value === 'number' && isIntegerType ? `number ${value}` : nameOfValue(value);
  const where = place.struct === undefined ? 'Go value' : `Go struct field ${place.struct}.${place.fields.join('.')}`;
  return `json: cannot unmarshal ${what} into ${where} of type ${goType}`;
}

function visit(value: Json, plan: Plan, place: Place, unknown: string[], errors: string[]): void {
  if (value === null) return;
  if (plan.kind === 'any') {
    if (plan.items) visitUnion(value, plan.items);
    return;
  }
  const goType = plan.schema.goType ?? 'interface {}';
  if (plan.kind === 'scalar' || plan.kind === 'string') {
    const { error } = plan.scalar(value);
    if (error === undefined) return;
    if (error.message !== undefined) throw new Refused(error.message);
    if (error.goType !== undefined) throw new Refused(typeError(value, error.goType, place));
    errors.push(typeError(value, goType, place));
  } else if (plan.kind === 'list' && Array.isArray(value)) {
    const list: readonly Json[] = value;
    if (plan.items)
      for (const [i, item] of list.entries()) visit(item, plan.items, { ...place, path: `${place.path}[${i}]` }, unknown, errors);
  } else if (plan.kind !== 'list' && isObject(value)) {
    visitMembers(value, plan, place, unknown, errors);
  } else if (plan.typed) {
    errors.push(typeError(value, goType, place));
  }
}

/** A type with an unmarshaller of its own: decoded apart, so errors lose their place, and unknown fields go unnoticed. */
function visitUnion(value: Json, items: Plan): void {
  for (const item of Array.isArray(value) ? (value as readonly Json[]) : [value]) {
    const { error } = isObject(item) ? diagnose(item, items) : {};
    if (error !== undefined) throw new Refused(error);
  }
}

const below = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function visitMembers(value: JsonObject, plan: Plan, place: Place, unknown: string[], errors: string[]): void {
  for (const [key, item] of Object.entries(value)) {
    const path = below(place.path, key);
    if (plan.kind === 'map') {
      if (plan.items) visit(item, plan.items, { ...place, path }, unknown, errors);
      continue;
    }
    const field = plan.fields.get(key);
    if (field === undefined) {
      if (!plan.keepsUnknown) unknown.push(path);
      continue;
    }
    const struct = plan.schema.goType?.slice(plan.schema.goType.lastIndexOf('.') + 1);
    visit(item, field, { struct, fields: [...place.fields, key], path }, unknown, errors);
  }
}
