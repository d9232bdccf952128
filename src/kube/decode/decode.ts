import type { Json, JsonObject } from '../../kernel/json.ts';
import { isObject } from '../../kernel/json.ts';
import type { Outcome } from '../outcome.ts';
import type { GroupVersionKind } from '../schema/table.ts';
import type { Schema } from '../schema.ts';
import type { Findings } from './convert.ts';
import { convert } from './convert.ts';
import { diagnose } from './diagnose.ts';
import type { StrictFault } from './duplicates.ts';
import { duplicateFields, mayHaveDuplicates, strictFaults } from './duplicates.ts';
import { planOf } from './plan.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

export interface Decoded {
  readonly value: Json;
  /** Texts of Warning headers: `unknown field "spec.foo"`. */
  readonly warnings: readonly string[];
}

const NO_WARNINGS: readonly string[] = [];

/** At most this many strict errors are kept, as upstream. */
const MAX_STRICT_ERRORS = 100;

/** What fieldValidation makes of strict errors: nothing, warnings, or a refusal that lists them all. */
function judge(value: Json, messages: readonly string[], validation: FieldValidation): Outcome<Decoded> {
  if (messages.length === 0 || validation === 'Ignore') return { value: { value, warnings: NO_WARNINGS } };
  const kept = messages.slice(0, MAX_STRICT_ERRORS);
  if (validation === 'Strict') return { error: `strict decoding error: ${kept.join(', ')}` };
  return { value: { value, warnings: kept } };
}

/**
 * Decodes a parsed JSON value as Go decodes into the type of the schema: types checked, unknown fields dropped (and reported as
 * `validation` says), nulls and hidden zeros gone, always-written structs present. For patched objects as for bodies.
 * Never writes into `value`, and shares with it what needed no change. The error is Go's message, without the pipeline's prefix.
 * `text` is the JSON the value was parsed from, needed to see duplicate fields.
 */
export function decodeValue(value: Json, schema: Schema, validation: FieldValidation, text?: string): Outcome<Decoded> {
  const plan = planOf(schema);
  const findings: Findings = { hasTypeError: false, hasUnknown: false };
  const out = convert(value, plan, findings) ?? plan.zero;
  if (findings.hasTypeError) {
    const { error } = diagnose(value, plan);
    if (error !== undefined) return { error };
  }
  if (validation === 'Ignore') return { value: { value: out, warnings: NO_WARNINGS } };
  const duplicated = text !== undefined && mayHaveDuplicates(text, value);
  if (!duplicated && !findings.hasUnknown) return { value: { value: out, warnings: NO_WARNINGS } };
  let faults: readonly StrictFault[];
  if (plan.typed && duplicated) faults = strictFaults(text, plan);
  else {
    const unknown = diagnose(value, plan).unknown.map((path): StrictFault => ({ what: 'unknown field', path }));
    // A custom resource is decoded without a type and pruned after, by sorted path.
    if (!plan.typed) unknown.sort((a, b) => (a.path < b.path ? -1 : 1));
    faults = [...(duplicated ? duplicateFields(text) : []), ...unknown];
  }
  const messages = new Set(faults.map((fault) => `${fault.what} ${JSON.stringify(fault.path)}`));
  return judge(out, [...messages], validation);
}

/**
 * Checks a value like `decodeValue` and returns it as the client wrote it, zeros, nulls and all: for server-side apply, where what
 * was written is what is owned. Unknown fields stay in the value.
 */
export function checkValue(value: Json, schema: Schema, validation: FieldValidation, text?: string): Outcome<Decoded> {
  const decoded = decodeValue(value, schema, validation, text);
  return decoded.value === undefined ? decoded : { value: { value, warnings: decoded.value.warnings } };
}

/** Group, version and kind that an object names; what it doesn't name comes from the request. The error is Go's message. */
export function interpretKind(value: Json, fallback: GroupVersionKind): Outcome<GroupVersionKind> {
  const prefix = "couldn't get version/kind; json parse error: json: cannot unmarshal";
  if (value === null) return { value: fallback };
  if (!isObject(value)) {
    const what = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    return {
      error: `${prefix} ${what} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    };
  }
  for (const field of ['apiVersion', 'kind']) {
    const item = value[field] ?? '';
    if (typeof item === 'string') continue;
    const what = Array.isArray(item) ? 'array' : typeof item === 'boolean' ? 'bool' : typeof item;
    return { error: `${prefix} ${what} into Go struct field .${field} of type string` };
  }
  return mergeKind(String(value['apiVersion'] ?? ''), String(value['kind'] ?? ''), fallback);
}

/** The kind that an apiVersion and a kind name, empty ones replaced by those of the request. */
export function mergeKind(apiVersion: string, kind: string, fallback: GroupVersionKind): Outcome<GroupVersionKind> {
  const parts = apiVersion.split('/');
  if (parts.length > 2) return { error: `unexpected GroupVersion string: ${apiVersion}` };
  const [group, version] = apiVersion === '' ? [fallback.group, fallback.version] : parts.length === 2 ? parts : ['', parts[0]];
  return { value: { group: group ?? '', version: version ?? '', kind: kind || fallback.kind } };
}

/** Puts the names of a kind in front of an object that lacks or differs in them. */
export function withKind(value: JsonObject, kind: GroupVersionKind): JsonObject {
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  if (value['apiVersion'] === apiVersion && value['kind'] === kind.kind) return value;
  return { ...value, apiVersion, kind: kind.kind };
}
