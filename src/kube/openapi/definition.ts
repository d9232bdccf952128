import enums from '../../../gen/kubernetes/enums.json' with { type: 'json' };
import type { FieldFacts } from '../schema/table.ts';
import { readDefinition } from '../schema/table.ts';
import type { Texts } from './texts.ts';

/** A schema object of a document. Version 2 has no defaults and knows siblings of $ref; version 3 wraps references in allOf. */
export type SchemaObject = { [key: string]: unknown };
export type DocumentVersion = 2 | 3;

export const prefixOf = (version: DocumentVersion): string => (version === 2 ? '#/definitions/io.k8s.' : '#/components/schemas/io.k8s.');

/** Scalars that are definitions of their own, by type expression. */
const namedScalars: Readonly<Record<string, string>> = {
  time: 'apimachinery.pkg.apis.meta.v1.Time',
  microTime: 'apimachinery.pkg.apis.meta.v1.MicroTime',
  duration: 'apimachinery.pkg.apis.meta.v1.Duration',
  quantity: 'apimachinery.pkg.api.resource.Quantity',
  intOrString: 'apimachinery.pkg.util.intstr.IntOrString',
};

const plainScalars: Readonly<Record<string, SchemaObject>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

const scalarZeros: Readonly<Record<string, unknown>> = { string: '', boolean: false, int32: 0, int64: 0, double: 0 };

/** Definitions without fields, whose form is decided by Go's marshallers. */
function specialDefinition(name: string, version: DocumentVersion): SchemaObject | undefined {
  switch (name.slice(name.lastIndexOf('.') + 1)) {
    case 'Time':
    case 'MicroTime':
      return { type: 'string', format: 'date-time' };
    case 'Quantity':
      return version === 2 ? { type: 'string' } : { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'IntOrString':
      return { format: 'int-or-string', ...(version === 2 ? { type: 'string' } : { oneOf: [{ type: 'integer' }, { type: 'string' }] }) };
    case 'Duration':
      return { type: 'string' };
    case 'FieldsV1':
    case 'RawExtension':
    case 'Patch':
    case 'CustomResourceSubresourceStatus':
      return { type: 'object' };
    default:
      return /\.JSON(SchemaPropsOr\w+)?$/.test(name) ? {} : undefined;
  }
}

interface Context {
  readonly minor: number;
  readonly version: DocumentVersion;
}

const enumTable: Readonly<Record<string, readonly string[]>> = enums;

/** Name of an enumerated Go type in the tables. Go names a type by its package's last part; the package is told by the definition. */
function enumName(goType: string | undefined, definition: string): string | undefined {
  if (goType === undefined) return undefined;
  const type = goType.slice(goType.lastIndexOf('.') + 1);
  const own = `${definition.slice(0, definition.lastIndexOf('.'))}.${type}`;
  return [own, `api.core.v1.${type}`].find((name) => name in enumTable);
}

/** Keys of maps can be enumerated types as well (ResourceList); only what values are counts. */
function typeSchema(type: string, facts: FieldFacts, owner: string, context: Context): SchemaObject {
  if (type.startsWith('*')) return typeSchema(type.slice(1), facts, owner, context);
  if (type.startsWith('wrapped')) return typeSchema(type.slice('wrapped'.length), facts, owner, context);
  if (type.startsWith('[]')) return { type: 'array', items: typeSchema(type.slice(2), facts, owner, context) };
  if (type.startsWith('{}')) return { type: 'object', additionalProperties: typeSchema(type.slice(2), facts, owner, context) };
  const named = namedScalars[type] ?? (type.includes('.') ? type : undefined);
  if (named !== undefined) return { $ref: prefixOf(context.version) + named };
  const values = enumTable[(type === 'string' && enumName(facts.goType, owner)) || ''];
  return { ...plainScalars[type], ...(values ? { enum: [...values] } : {}) };
}

const isOpaque = (type: string, minor: number): boolean => readDefinition(type, minor)?.isOpaque === true;

/** Structs default to empty; what decides its own JSON has no default. */
function structDefault(type: string, minor: number): unknown {
  return /^[*[{w]/.test(type) || !type.includes('.') || isOpaque(type, minor) ? undefined : {};
}

function withDefault(schema: SchemaObject, value: unknown): SchemaObject {
  if (value === undefined) return schema;
  const { $ref, ...rest } = schema;
  return $ref === undefined ? { ...rest, default: value } : { default: value, allOf: [{ $ref }] };
}

function fieldDefault(facts: FieldFacts, minor: number): unknown {
  if (facts.default !== undefined) return facts.default;
  if (facts.type in scalarZeros) return facts.omit === 'never' ? scalarZeros[facts.type] : undefined;
  return structDefault(facts.type, minor);
}

/** How upstream ends the description of an enumerated field. */
function enumText(schema: SchemaObject, facts: FieldFacts, owner: string, texts: Texts): string {
  const values = schema['enum'] as readonly string[] | undefined;
  const meanings = texts[enumName(facts.goType, owner) ?? ''];
  const lines = values?.map((value) => ` - \`${JSON.stringify(value)}\`${meanings?.[value] ? ` ${meanings[value]}` : ''}`);
  return lines ? `\n\nPossible enum values:\n${lines.join('\n')}` : '';
}

function propertySchema(field: string, facts: FieldFacts, owner: string, context: Context, texts: Texts): SchemaObject {
  let schema = typeSchema(facts.type, facts, owner, context);
  const extra: SchemaObject = {};
  const text = texts[owner]?.[field];
  if (text) extra['description'] = text + enumText(schema, facts, owner, texts);
  if (facts.listMapKeys) extra['x-kubernetes-list-map-keys'] = facts.listMapKeys;
  if (facts.listType) extra['x-kubernetes-list-type'] = facts.listType;
  if (facts.mapType) extra['x-kubernetes-map-type'] = facts.mapType;
  if (facts.patchMergeKey) extra['x-kubernetes-patch-merge-key'] = facts.patchMergeKey;
  if (facts.patchStrategy) extra['x-kubernetes-patch-strategy'] = facts.patchStrategy;
  if (context.version === 3) {
    schema = withDefault(schema, fieldDefault(facts, context.minor));
    const { $ref, ...rest } = schema;
    if ($ref !== undefined && Object.keys(extra).length > 0) schema = { ...rest, allOf: [{ $ref }] };
  }
  return { ...schema, ...extra };
}

/** Which group versions the shared option types are shown for. */
export type SharedVersions = readonly { readonly group: string; readonly version: string }[];

/**
 * One definition as a document shows it, by short name; undefined where the release doesn't have it.
 * `shared` are the group versions listed at DeleteOptions and WatchEvent.
 */
export function definitionSchema(
  name: string,
  minor: number,
  version: DocumentVersion,
  shared: SharedVersions,
  texts: Texts,
): SchemaObject | undefined {
  const description = texts[name]?.[''];
  const described = description ? { description } : {};
  const special = specialDefinition(name, version);
  if (special !== undefined) return { ...described, ...special };
  const facts = readDefinition(name, minor);
  if (facts === undefined) return undefined;
  const out: SchemaObject = { ...described, type: 'object' };
  const required = [...facts.fields].filter(([, field]) => field.required).map(([field]) => field);
  if (required.length > 0) out['required'] = required;
  const context: Context = { minor, version };
  const fields = [...facts.fields].sort(([a], [b]) => (a < b ? -1 : 1));
  const properties = fields.map(([field, item]) => [field, propertySchema(field, item, name, context, texts)] as const);
  if (properties.length > 0) out['properties'] = Object.fromEntries(properties);
  const own = /\.(DeleteOptions|WatchEvent)$/.exec(name)?.[1];
  const kinds = own ? shared.map((item) => ({ group: item.group, kind: own, version: item.version })) : facts.kinds;
  if (kinds.length > 0)
    out['x-kubernetes-group-version-kind'] = kinds.map(({ group, version: served, kind }) => ({ group, kind, version: served }));
  if (facts.mapType) out['x-kubernetes-map-type'] = facts.mapType;
  if (facts.unions) out['x-kubernetes-unions'] = facts.unions;
  return out;
}

/** Short names of the definitions that a schema refers to, each once. */
export function referencesOf(schema: unknown, into: Set<string>, version: DocumentVersion): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$ref' && typeof value === 'string') into.add(value.slice(prefixOf(version).length));
    else referencesOf(value, into, version);
  }
}
