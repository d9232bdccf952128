import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Plan } from './plan.ts';

/** What the walk met; the details are found by `diagnose` on a second walk, which few requests need. */
export interface Findings {
  hasTypeError: boolean;
  hasUnknown: boolean;
}

/**
 * The value as Go would encode it after decoding into the type: unknown fields and nulls gone, empty values that `omitempty` hides
 * gone, structs that are always written present, quantities and times in their canonical form. Never writes into what it is
 * given; what needs no change is returned as the same reference. undefined: the value is the same as absent.
 */
export function convert(value: Json, plan: Plan, findings: Findings): Json | undefined {
  if (value === null) return plan.typed ? undefined : null;
  switch (plan.kind) {
    case 'string':
      if (typeof value !== 'string') findings.hasTypeError = true;
      return value === '' && plan.dropsZero ? undefined : value;
    case 'scalar':
      return convertScalar(value, plan, findings);
    case 'any':
      return plan.items === undefined ? value : convertUnion(value, plan.items, findings);
    case 'list':
      if (Array.isArray(value))
        return value.length === 0 && plan.dropsZero ? undefined : convertList(value as readonly Json[], plan, findings);
      break;
    case 'map':
      if (isPlain(value)) return convertMap(value, plan, findings);
      break;
    default:
      if (isPlain(value)) return convertObject(value, plan, findings);
  }
  if (plan.typed) findings.hasTypeError = true;
  return value;
}

const isPlain = (value: Json): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A type with an unmarshaller of its own that reads objects leniently: their unknown fields go without notice. */
function convertUnion(value: Json, items: Plan, findings: Findings): Json {
  const own: Findings = { hasTypeError: false, hasUnknown: false };
  let out = value;
  if (Array.isArray(value)) out = value.map((item: Json) => (isPlain(item) ? convertObject(item, items, own) : item));
  else if (isPlain(value)) out = convertObject(value, items, own);
  findings.hasTypeError ||= own.hasTypeError;
  return out;
}

function convertScalar(value: Json, plan: Plan, findings: Findings): Json | undefined {
  const { value: out, error } = plan.scalar(value);
  if (error !== undefined || out === undefined) {
    findings.hasTypeError = true;
    return value;
  }
  return plan.dropsZero && (out === false || out === 0 || out === '') ? undefined : out;
}

function convertList(list: readonly Json[], plan: Plan, findings: Findings): Json {
  const { items } = plan;
  if (items === undefined) return list;
  let out: Json[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as Json;
    // An element can't be absent: what a field would drop is its zero value here.
    const next = convert(item, items, findings) ?? (item === null ? items.zero : item);
    if (out !== undefined) out.push(next);
    else if (next !== item) {
      out = list.slice(0, i);
      out.push(next);
    }
  }
  return out ?? list;
}

function convertMap(map: JsonObject, plan: Plan, findings: Findings): Json | undefined {
  const { items } = plan;
  let out: { [key: string]: Json } | undefined;
  let count = 0;
  for (const key in map) {
    count++;
    const item = map[key] as Json;
    const next = items === undefined ? item : (convert(item, items, findings) ?? (item === null ? items.zero : item));
    if (next === item) continue;
    out ??= { ...map };
    out[key] = next;
  }
  return count === 0 && plan.dropsZero ? undefined : (out ?? map);
}

function convertObject(object: JsonObject, plan: Plan, findings: Findings): Json {
  let out: { [key: string]: Json } | undefined;
  for (const key in object) {
    const item = object[key] as Json;
    const field = plan.fields.get(key);
    let next: Json | undefined;
    if (field !== undefined) next = convert(item, field, findings);
    else if (plan.keepsUnknown) next = item;
    else findings.hasUnknown = true;
    if (out !== undefined) {
      if (next !== undefined) out[key] = next;
    } else if (next !== item) {
      out = copyUntil(object, key);
      if (next !== undefined) out[key] = next;
    }
  }
  for (const [name, zero] of plan.writes) {
    if ((out ?? object)[name] !== undefined) continue;
    out ??= { ...object };
    out[name] = zero;
  }
  return out ?? object;
}

/** The fields before `end`: deleting from a full copy would turn it into a slow dictionary. */
function copyUntil(object: JsonObject, end: string): { [key: string]: Json } {
  const out: { [key: string]: Json } = {};
  for (const key in object) {
    if (key === end) break;
    out[key] = object[key] as Json;
  }
  return out;
}
