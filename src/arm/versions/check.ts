import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Mask } from './mask.ts';
import { type Kind, shapeOf, valuesOf } from './table.ts';

/** Members of the wrong JSON kind, and values that an enum does not have. Null is no value, whatever the kind. */
export const check = (mask: Mask, properties: JsonObject, path: string): FieldError[] => checkObject(mask, mask.shape, properties, path);

function checkObject(mask: Mask, shape: string, value: JsonObject, path: string): FieldError[] {
  const fields = shapeOf(mask.table, shape);
  const errors: FieldError[] = [];
  for (const [name, item] of Object.entries(value)) {
    const field = fields.get(name);
    // What is read-only, or unknown to this version, is ignored, right or wrong.
    if (field && item !== null && field.known & mask.own && !(field.readOnly & mask.own))
      errors.push(...checkKind(mask, field.kind, item, `${path}.${name}`));
  }
  return errors;
}

function checkKind(mask: Mask, kind: Kind, value: Json, path: string): FieldError[] {
  if (value === null) return [];
  switch (kind.form) {
    case 'any':
      return [];
    case 'list':
      if (!Array.isArray(value)) return [wrongKind(mask, path, value, kind)];
      return value.flatMap((item: Json, i: number) => checkKind(mask, kind.of, item, `${path}[${i}]`));
    case 'map':
      if (!isObject(value)) return [wrongKind(mask, path, value, kind)];
      return Object.entries(value).flatMap(([name, item]) => checkKind(mask, kind.of, item, `${path}.${name}`));
    case 'shape':
      return isObject(value) ? checkObject(mask, kind.name, value, path) : [wrongKind(mask, path, value, kind)];
    case 'enum':
      return typeof value === 'string' ? checkEnum(mask, kind.name, value, path) : [wrongKind(mask, path, value, kind)];
    default:
      return typeof value === kind.form || isReadable(mask, kind.form, value) ? [] : [wrongKind(mask, path, value, kind)];
  }
}

const isReadable = (mask: Mask, form: string, value: Json): boolean => {
  if (!mask.isLenient || typeof value === 'object') return false;
  if (form === 'string') return true;
  return form === 'number'
    ? typeof value === 'string' && /^-?\d+$/.test(value)
    : typeof value === 'string' && /^(true|false)$/i.test(value);
};

/** Other providers check the values of their enums themselves, each with words of its own. */
function checkEnum(mask: Mask, name: string, value: string, path: string): FieldError[] {
  const values = valuesOf(mask.table, name);
  if (value === '' || mask.isPreview || mask.isLenient) return [];
  // A value that only another version knows is what a client of this one may have read: it is taken back.
  if (values.has(value.toLowerCase())) return [];
  const supported = [...values.values()].filter((item) => item.known & mask.own).map((item) => item.value);
  return [invalid(path.replace(/^properties\./, ''), value, `'${value}' is not one of the allowed values: ${supported.join(', ')}.`)];
}

function wrongKind(mask: Mask, path: string, value: Json, kind: Kind): FieldError {
  if (!mask.isLenient) {
    const actual = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    const detail = `UnmarshalEntity encountered error: json: cannot unmarshal ${actual} into Go struct field ${path} of type ${GO[kind.form] ?? nameOf(kind)}.`;
    return { ...invalid(path, value, detail), code: 'UnmarshalError' };
  }
  const detail = `Cannot parse the request: Error converting value ${JSON.stringify(value)} to type '${DOTNET[kind.form] ?? nameOf(kind)}'. Path '${path}'.`;
  return { ...invalid(path, value, detail), code: 'InvalidRequestFormat' };
}

const nameOf = (kind: Kind): string => ('name' in kind ? kind.name.replace('#properties', 'Properties') : kind.form);
const GO: { readonly [form: string]: string } = {
  string: 'string',
  enum: 'string',
  number: 'int32',
  boolean: 'bool',
  list: 'array',
  map: 'map',
};
const DOTNET: { readonly [form: string]: string } = {
  string: 'System.String',
  number: 'System.Int32',
  boolean: 'System.Boolean',
  list: 'System.Collections.Generic.List',
  map: 'System.Collections.Generic.Dictionary',
};
