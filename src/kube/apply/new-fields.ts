import { equal, isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { changed, compare, ignoring } from './compare.ts';
import type { FieldSet } from './field-set.ts';
import { interned } from './intern.ts';
import { withoutNeverOwned } from './managers.ts';
import { itemElement } from './path-element.ts';
import { memberSchema, shapeOf } from './typed.ts';

/** Places in all trees of forms together: objects of one workload have the same form, and there are few workloads. */
const MAX_FORMS = 200_000;

/**
 * The form of an object as far as a walk over it has come: which members and items are there, and of a leaf whether it is what Go writes
 * for an absent one. Ownership sees nothing else of a value.
 */
class Form {
  map: Form | undefined;
  list: Form | undefined;
  zero: Form | undefined;
  set: Form | undefined;
  end: Form | undefined;
  /** By the name of a member, or the element of an item. */
  names: Map<string, Form> | undefined;
  /** What is owned by whoever creates an object of this form. */
  fields: FieldSet | undefined;
}

let forms = new WeakMap<Schema, Map<FieldSet | undefined, Form>>();
let count = 0;

/**
 * The fields that whoever creates `object` comes to own, `resetFields` aside. They follow from its form alone, so that they are worked
 * out once for all objects of one form: at a tenth of the cost, and with one set between them.
 */
export function fieldsOfNew(schema: Schema, object: JsonObject, resetFields: FieldSet | undefined): FieldSet {
  if (count > MAX_FORMS) {
    forms = new WeakMap();
    count = 0;
  }
  const form = walk(startOf(schema, resetFields), schema, object);
  form.fields ??= interned(withoutNeverOwned(changed(ignoring(compare(schema, {}, object), resetFields))));
  return form.fields;
}

function startOf(schema: Schema, resetFields: FieldSet | undefined): Form {
  const byReset = forms.get(schema) ?? new Map<FieldSet | undefined, Form>();
  const start = byReset.get(resetFields);
  if (start) return start;
  const made = new Form();
  forms.set(schema, byReset.set(resetFields, made));
  return made;
}

function walk(from: Form, schema: Schema | undefined, value: Json): Form {
  const shape = shapeOf(schema, value);
  if (shape.kind === 'list' && Array.isArray(value)) {
    let at = step(from, 'list');
    for (const item of value) at = walk(named(at, itemElement(shape.schema, item) ?? ''), shape.schema.items, item);
    return step(at, 'end');
  }
  if (shape.kind === 'map' && isObject(value)) {
    let at = step(from, 'map');
    for (const key in value) at = walk(named(at, key), memberSchema(shape.schema, key), value[key] as Json); // its own key
    return step(at, 'end');
  }
  return step(from, equal(value, schema?.zero ?? null) ? 'zero' : 'set');
}

function step(from: Form, to: 'map' | 'list' | 'zero' | 'set' | 'end'): Form {
  const known = from[to];
  if (known) return known;
  count++;
  const made = new Form();
  from[to] = made;
  return made;
}

function named(from: Form, name: string): Form {
  from.names ??= new Map();
  const known = from.names.get(name);
  if (known) return known;
  count++;
  const made = new Form();
  from.names.set(name, made);
  return made;
}
