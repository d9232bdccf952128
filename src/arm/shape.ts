import { PROPERTY_SHAPES, SHAPES } from '../../gen/azure/container-service-shapes.ts';
import { type FieldError, invalid } from '../kernel/field-error.ts';
import { type DraftObject, isObject, type Json, type JsonObject } from '../kernel/json.ts';

/** Name of the generated shape of a type's `properties`; undefined for types that have none: they take any JSON. */
export const shapeOf = (type: string): string | undefined => PROPERTY_SHAPES[type.toLowerCase()];

/** An expression of the generated table, taken apart: `~Name[]!`. */
const parse = (expression: string): { readonly kind: string; readonly readOnly: boolean } => ({
  kind: expression.replace(/^~|!$/g, ''),
  readOnly: expression.startsWith('~'),
});

/**
 * The object without members that only the service writes: clients send back what they got, and it is ignored. Members that the
 * shape does not know stay (DESIGN §7). Shares what it does not change.
 */
export function withoutReadOnly(shape: string, value: JsonObject): JsonObject {
  const members = SHAPES[shape];
  if (!members) return value;
  const kept: DraftObject = {};
  for (const [name, item] of Object.entries(value)) {
    const { kind, readOnly } = parse(members[name] ?? 'any');
    if (!readOnly) kept[name] = strip(kind, item);
  }
  return kept;
}

function strip(kind: string, value: Json): Json {
  if (kind.endsWith('[]')) return Array.isArray(value) ? value.map((item) => strip(kind.slice(0, -2), item)) : value;
  if (!isObject(value)) return value;
  if (kind.endsWith('{}')) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, strip(kind.slice(0, -2), item)]));
  return withoutReadOnly(kind, value);
}

/** Members of the wrong JSON kind. Null is no value, whatever the kind. Read-only members are not looked at. */
export function checkShape(shape: string, value: JsonObject, path: string): FieldError[] {
  const members = SHAPES[shape] ?? {};
  return Object.entries(value).flatMap(([name, item]) => {
    const { kind, readOnly } = parse(members[name] ?? 'any');
    return readOnly ? [] : checkKind(kind, item, `${path}.${name}`);
  });
}

function checkKind(kind: string, value: Json, path: string): FieldError[] {
  if (value === null || kind === 'any') return [];
  if (kind.endsWith('[]')) {
    if (!Array.isArray(value)) return [wrongKind(path, value, 'array')];
    return value.flatMap((item: Json, i: number) => checkKind(kind.slice(0, -2), item, `${path}[${i}]`));
  }
  if (kind.endsWith('{}')) {
    if (!isObject(value)) return [wrongKind(path, value, 'map')];
    return Object.entries(value).flatMap(([name, item]) => checkKind(kind.slice(0, -2), item, `${path}.${name}`));
  }
  if (kind === 'integer') return typeof value === 'number' ? [] : [wrongKind(path, value, 'int32')];
  if (kind === 'boolean') return typeof value === 'boolean' ? [] : [wrongKind(path, value, 'bool')];
  if (kind === 'string') return typeof value === 'string' ? [] : [wrongKind(path, value, 'string')];
  return isObject(value) ? checkShape(kind, value, path) : [wrongKind(path, value, kind)];
}

/** In the words of the resource provider, which is written in Go. */
const wrongKind = (path: string, value: Json, kind: string): FieldError => {
  const actual = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const detail = `UnmarshalEntity encountered error: json: cannot unmarshal ${actual} into Go struct field ${path} of type ${kind}.`;
  return { ...invalid(path, value, detail), code: 'UnmarshalError' };
};
