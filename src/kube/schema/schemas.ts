import type { Json } from '../../kernel/json.ts';
import type { ScalarType, Schema, Schemas } from '../schema.ts';
import type { DefinitionFacts, FieldFacts } from './table.ts';
import { definitionOfKind, knownMinors, minorOf, readDefinition } from './table.ts';

/** Prefix that OpenAPI names have and the tables leave out. */
export const namePrefix = 'io.k8s.';

type Draft = { -readonly [K in keyof Schema]: Schema[K] };

/** What one release's schemas are made from: facts parsed once, definitions created before they are filled so that cycles close. */
interface Builder {
  readonly minor: number;
  readonly facts: Map<string, DefinitionFacts | undefined>;
  readonly schemas: Map<string, Schema | undefined>;
}

const scalarTypes: ReadonlySet<string> = new Set<ScalarType>([
  'string',
  'boolean',
  'int32',
  'int64',
  'double',
  'bytes',
  'time',
  'microTime',
  'quantity',
  'intOrString',
  'any',
]);

const scalarGoTypes: Readonly<Record<string, string>> = {
  boolean: 'bool',
  double: 'float64',
  bytes: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  any: 'interface {}',
};

/** Name as reflect prints it for a definition or scalar: package and type. */
const leafGoType = (leaf: string): string => scalarGoTypes[leaf] ?? (leaf.includes('.') ? leaf.split('.').slice(-2).join('.') : leaf);

const scalarZeros: Readonly<Record<string, Json>> = {
  string: '',
  boolean: false,
  int32: 0,
  int64: 0,
  double: 0,
  quantity: '0',
  intOrString: 0,
  duration: '0s',
};

function factsOf(builder: Builder, name: string): DefinitionFacts | undefined {
  let facts = builder.facts.get(name);
  if (facts === undefined) {
    facts = readDefinition(name, builder.minor);
    builder.facts.set(name, facts);
  }
  return facts;
}

/**
 * The value of a field that was never set, undefined where Go writes null. Go's nil lists and maps are iterable, so here they are
 * empty ones: nobody has to expect null where the type says list.
 */
function zeroOf(builder: Builder, type: string): Json | undefined {
  if (type.startsWith('*')) return undefined;
  if (type.startsWith('[]') || type.startsWith('wrapped')) return [];
  if (type.startsWith('{}')) return {};
  if (!type.includes('.')) return scalarZeros[type];
  const facts = factsOf(builder, type);
  if (facts === undefined || facts.isOpaque) return undefined;
  const zero: { [field: string]: Json } = {};
  for (const [name, field] of facts.fields) {
    const value = isWritten(field) ? zeroOf(builder, field.type) : undefined;
    if (value !== undefined) zero[name] = value;
  }
  return zero;
}

/** Struct values are written even with omitempty; lists, maps and scalars only without. */
function isWritten(facts: FieldFacts): boolean {
  if (facts.omit !== 'empty') return facts.omit === 'never';
  if (facts.type.includes('.')) return !/^[*[{w]/.test(facts.type);
  return /^(time|microTime|quantity|intOrString|duration)$/.test(facts.type);
}

function typeSchema(builder: Builder, type: string): Draft {
  if (type.startsWith('*')) return typeSchema(builder, type.slice(1));
  if (type.startsWith('wrapped')) return typeSchema(builder, type.slice('wrapped'.length));
  if (type.startsWith('[]') || type.startsWith('{}')) {
    const items = typeSchema(builder, type.slice(2));
    const goType = (type.startsWith('[]') ? '[]' : 'map[string]') + (items.goType ?? '');
    return { type: type.startsWith('[]') ? 'list' : 'map', items, goType };
  }
  if (!type.includes('.')) return { type: scalarTypes.has(type) ? (type as ScalarType) : 'string', goType: leafGoType(type) };
  const target = definition(builder, type);
  if (target === undefined) throw new Error(`the schema table refers to ${type}, which release 1.${builder.minor} lacks`);
  return { ...target };
}

function fieldSchema(builder: Builder, facts: FieldFacts): Schema {
  const schema = typeSchema(builder, facts.type);
  if (facts.goType) schema.goType = facts.goType;
  // Published at a field of bytes as well, where it says nothing.
  if (facts.listType && schema.type === 'list') schema.listType = facts.listType;
  if (facts.listMapKeys) schema.listMapKeys = facts.listMapKeys;
  if (facts.mapType) schema.mapType = facts.mapType;
  if (facts.patchStrategy) schema.patchStrategy = facts.patchStrategy;
  if (facts.patchMergeKey) schema.patchMergeKey = facts.patchMergeKey;
  if (facts.default !== undefined) schema.default = facts.default;
  const zero = isWritten(facts) ? zeroOf(builder, facts.type) : undefined;
  if (zero !== undefined) {
    schema.presence = 'write';
    schema.zero = zero;
  } else if (!isWritten(facts) && !facts.type.startsWith('*')) schema.presence = 'drop';
  return schema;
}

function definition(builder: Builder, name: string): Schema | undefined {
  if (builder.schemas.has(name)) return builder.schemas.get(name);
  const facts = factsOf(builder, name);
  if (facts === undefined) return undefined;
  const properties = new Map<string, Schema>();
  const required = [...facts.fields].filter(([, item]) => item.required).map(([field]) => field);
  const schema: Draft = { type: 'any', name: namePrefix + name, goType: leafGoType(name) };
  if (facts.mapType) schema.mapType = facts.mapType;
  if (!facts.isOpaque) Object.assign(schema, { type: 'object', properties, required });
  builder.schemas.set(name, schema);
  // A schema, or a list of them, or something simpler: the value itself tells.
  const nested = /^(.*\.JSONSchemaProps)Or\w+$/.exec(name)?.[1];
  const items = nested === undefined ? undefined : definition(builder, nested);
  if (items) schema.items = items;
  if (!facts.isOpaque) for (const [field, item] of facts.fields) properties.set(field, fieldSchema(builder, item));
  return schema;
}

function build(minor: number): Schemas {
  const builder: Builder = { minor, facts: new Map(), schemas: new Map() };
  return {
    version: `1.${minor}`,
    definition: (name) => definition(builder, name.startsWith(namePrefix) ? name.slice(namePrefix.length) : name),
    ofKind(group, version, kind) {
      const name = definitionOfKind(group, version, kind);
      return name === undefined ? undefined : definition(builder, name);
    },
  };
}

const byMinor = new Map<number, Schemas>();

/**
 * Schemas of the Kubernetes release that a version such as "1.35" or "1.35.2" names; a release that the tables don't have is answered
 * with the nearest one they do (`Schemas.version` tells which). Built once per release; a definition, with all that it reaches,
 * when it is first asked for.
 */
export function schemasFor(version: string): Schemas {
  const minor = minorOf(version);
  let schemas = byMinor.get(minor);
  if (schemas === undefined) {
    schemas = build(minor);
    byMinor.set(minor, schemas);
  }
  return schemas;
}

/** Versions for which tables exist, ascending: "1.33" … */
export const schemaVersions: readonly string[] = knownMinors.map((minor) => `1.${minor}`);
