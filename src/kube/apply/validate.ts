import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { goText, goType } from '../patch/go-text.ts';
import type { Schema } from '../schema.ts';
import { elementText, fieldElement, itemElement } from './path-element.ts';
import { memberSchema } from './typed.ts';

/**
 * Faults of an applied configuration against its schema, as `.path: message`: undeclared fields, wrong types, items that cannot be
 * told apart. Models structured-merge-diff typed/validate.go, texts included.
 */
export function configurationFaults(schema: Schema | undefined, value: Json, path = ''): readonly string[] {
  if (schema === undefined || schema.type === 'any' || value === null) return [];
  if (schema.type === 'list')
    return Array.isArray(value) ? listFaults(schema, value, path) : [`${path}: expected list, got &{${goText(value)}}`];
  if (schema.type !== 'object' && schema.type !== 'map') {
    const fault = scalarFault(schema.type, value);
    return fault === undefined ? [] : [`${path}: ${fault}`];
  }
  return isObject(value) ? objectFaults(schema, value, path) : [`${path}: expected map, got &{${goText(value)}}`];
}

function objectFaults(schema: Schema, value: JsonObject, path: string): readonly string[] {
  const faults: string[] = [];
  for (const key of Object.keys(value)) {
    const at = `${path}${elementText(fieldElement(key))}`;
    const member = memberSchema(schema, key);
    if (member === undefined && schema.preserveUnknown !== true) {
      // Upstream reads no further in an object with an undeclared field.
      return [...faults, `${at}: field not declared in schema`];
    }
    faults.push(...configurationFaults(member, value[key] as Json, at)); // its own key
  }
  return faults;
}

function listFaults(list: Schema, items: readonly Json[], path: string): readonly string[] {
  const granular = list.listType === 'map' || list.listType === 'set';
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const element = granular ? itemElement(list, item) : `i:${i}`;
    // No element below can be named when this one cannot.
    if (element === undefined) return [...faults, `${path}: element ${i}: ${namelessFault(list, item)}`];
    if (seen.has(element)) faults.push(`${path}: duplicate entries for key ${elementText(element)}`);
    seen.add(element);
    faults.push(...configurationFaults(list.items, item, `${path}${elementText(element)}`));
  }
  return faults;
}

function namelessFault(list: Schema, item: Json): string {
  if (list.listType === 'set') {
    if (item === null) return "associative list without keys has an element that's an explicit null";
    return Array.isArray(item)
      ? 'not supported: associative list with lists as elements'
      : "associative list without keys has an element that's a map type";
  }
  if (item === null) return 'associative list with keys may not have a null element';
  if (!isObject(item)) return 'associative list with keys may not have non-map elements';
  const keys = (list.listMapKeys ?? []).map((key) => JSON.stringify(key)).join(' ');
  return `associative list with keys has an element that omits all key fields [${keys}] (and doesn't have default values for any key fields)`;
}

function scalarFault(type: Schema['type'], value: Json): string | undefined {
  switch (type) {
    case 'int32':
    case 'int64':
    case 'double':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${goType(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got &{${goText(value)}}`;
    case 'quantity':
    case 'intOrString':
      return typeof value === 'object' ? `expected any scalar, got &{${goText(value)}}` : undefined;
    default:
      return typeof value === 'string' ? undefined : `expected string, got &value.valueUnstructured{Value:${goText(value)}}`;
  }
}
