import type { Json } from '../../kernel/json.ts';
import type { Schema } from '../schema.ts';
import { scalars } from './scalars.ts';

/** A schema in the shape that the walk over every request body wants: everything decided that doesn't depend on the value. */
export interface Plan {
  readonly schema: Schema;
  readonly kind: 'object' | 'map' | 'list' | 'scalar' | 'string' | 'any';
  /** Values are checked as Go's decoder does. False for custom resources, whose types validation checks. */
  readonly typed: boolean;
  readonly fields: ReadonlyMap<string, Plan>;
  /** Fields that Go writes even when absent, with their zero values. */
  readonly writes: readonly (readonly [name: string, zero: Json])[];
  readonly items: Plan | undefined;
  /** Zero value that is the same as absent, for fields with presence "drop". */
  readonly dropsZero: boolean;
  /** What null means as an element of a list or map. */
  readonly zero: Json;
  readonly keepsUnknown: boolean;
  readonly scalar: (typeof scalars)['any'];
}

type Draft = { -readonly [K in keyof Plan]: Plan[K] };
interface Fields {
  readonly fields: Map<string, Plan>;
  readonly writes: (readonly [string, Json])[];
}

const plans = new WeakMap<Schema, Plan>();
/** Field nodes of one definition are copies that share its map of properties. */
const fieldsOf = new WeakMap<ReadonlyMap<string, Schema>, Fields>();
const noFields: Fields = { fields: new Map(), writes: [] };
const scalarZeros: Readonly<Record<string, Json>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  quantity: '0',
  intOrString: 0,
};

/** The plan of a schema, made once and kept as long as the schema. */
export function planOf(schema: Schema): Plan {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = compile(schema);
  }
  return plan;
}

function compile(schema: Schema): Plan {
  const typed = schema.goType !== undefined;
  const { fields, writes } = schema.type === 'object' && schema.properties ? compileFields(schema.properties) : noFields;
  const plan: Draft = {
    schema,
    kind: kindOf(schema, typed),
    typed,
    fields,
    writes,
    items: undefined,
    dropsZero: schema.presence === 'drop',
    zero: typed ? zeroOf(schema) : null,
    keepsUnknown: schema.preserveUnknown === true,
    scalar: schema.type in scalars ? scalars[schema.type as keyof typeof scalars] : scalars.any,
  };
  plans.set(schema, plan);
  if (schema.items) plan.items = planOf(schema.items);
  return plan;
}

function kindOf(schema: Schema, typed: boolean): Plan['kind'] {
  if (schema.type === 'object' || schema.type === 'map' || schema.type === 'list') return schema.type;
  if (schema.type === 'any' || !typed) return 'any';
  return schema.type === 'string' ? 'string' : 'scalar';
}

function compileFields(properties: ReadonlyMap<string, Schema>): Fields {
  const known = fieldsOf.get(properties);
  if (known) return known;
  const made: Fields = { fields: new Map(), writes: [] };
  fieldsOf.set(properties, made);
  for (const [name, schema] of properties) {
    made.fields.set(name, planOf(schema));
    if (schema.presence === 'write') made.writes.push([name, schema.zero ?? null]);
  }
  return made;
}

function zeroOf(schema: Schema): Json {
  if (schema.type !== 'object') return scalarZeros[schema.type] ?? null;
  const written = [...(schema.properties ?? [])].filter(([, field]) => field.presence === 'write');
  return Object.fromEntries(written.map(([name, field]) => [name, field.zero ?? null]));
}
