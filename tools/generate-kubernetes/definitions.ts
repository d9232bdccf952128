import { maskTokens } from './releases.ts';
import type { GoField, OpenApiSchema, Source } from './sources.ts';

/** Go types that are scalars of the schema; the definition that OpenAPI names for them is known to `src/kube/openapi`. */
const scalars: Readonly<Record<string, string>> = {
  bool: 'boolean',
  float64: 'double',
  'k8s.io/apimachinery/pkg/api/resource.Quantity': 'quantity',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Time': 'time',
  'k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime': 'microTime',
  'k8s.io/apimachinery/pkg/apis/meta/v1.Duration': 'duration',
  'k8s.io/apimachinery/pkg/util/intstr.IntOrString': 'intOrString',
  interface: 'any',
};
/** Definitions whose JSON is any value: custom (un)marshalling in Go. */
const opaque = /\.(RawExtension|FieldsV1|JSON|JSONSchemaPropsOr(Array|Bool|StringArray))$/;
/** Go types that are no part of any document. */
const internal =
  /^(time|math\/big|gopkg)|runtime\.(Unknown|TypeMeta)$|^k8s\.io\/apimachinery\/pkg\/(api\/resource|util\/intstr)\.|\.(Time|MicroTime|Duration)$/;

/** `k8s.io/api/core/v1.Pod` → `api.core.v1.Pod`: the OpenAPI name without its `io.k8s.` prefix. */
export const shortName = (goName: string): string => goName.replace(/^k8s\.io\//, '').replaceAll('/', '.');

const split = (type: string): [prefix: string, leaf: string] => {
  const prefix = /^(?:\*|\[\]|\{\}|wrapped\[\])*/.exec(type)?.[0] ?? '';
  return [prefix, type.slice(prefix.length)];
};

function expression(type: string): string {
  const [prefix, leaf] = split(type);
  return prefix + (scalars[leaf] ?? (leaf.includes('.') ? shortName(leaf) : leaf));
}

/** The Go type a decoding error would print if nothing were named: what `src/kube/schema` derives from the expression alone. */
function plainGoType(type: string): string {
  const [prefix, leaf] = split(type);
  const name = leaf.includes('/') ? leaf.slice(leaf.lastIndexOf('/') + 1) : leaf === 'bytes' ? '[]uint8' : leaf;
  return prefix.replaceAll('{}', 'map[string]').replaceAll('wrapped[]', '[]') + name;
}

interface FlatField {
  readonly field: GoField;
  readonly number: string;
}

/** The fields of a struct with embedded structs flattened; `number` is the protobuf path (`2.3` inside the embed at 2). */
function flatten(source: Source, goName: string, outer: string): FlatField[] {
  return (source.go.structs[goName] ?? []).flatMap((field) => {
    const number = outer === '-' || field.number === undefined ? '-' : outer + field.number;
    if (field.inline) return flatten(source, split(field.type)[1], number === '-' ? '-' : `${number}.`);
    return field.json === '' ? [] : [{ field, number }];
  });
}

/** Extensions of one property; list and map facts can stand on the property or on the definition it refers to. */
function factTokens(schema: OpenApiSchema | undefined, field: GoField): string[] {
  const out: string[] = [];
  const listType = schema?.['x-kubernetes-list-type'];
  const keys = schema?.['x-kubernetes-list-map-keys'] as readonly string[] | undefined;
  if (listType !== undefined && /\[\]|^bytes$/.test(field.type)) out.push(`list=${listType}${keys ? `:${keys.join(',')}` : ''}`);
  if (schema?.['x-kubernetes-map-type'] !== undefined) out.push(`map=${schema['x-kubernetes-map-type']}`);
  const strategy = (schema?.['x-kubernetes-patch-strategy'] as string | undefined) ?? field.strategy;
  const mergeKey = (schema?.['x-kubernetes-patch-merge-key'] as string | undefined) ?? field.mergeKey;
  if (strategy) out.push(`patch=${strategy}`);
  if (mergeKey) out.push(`key=${mergeKey}`);
  return out;
}

const zeros: Readonly<Record<string, unknown>> = { string: '', int32: 0, int64: 0, boolean: false, double: 0 };

/** Defaults that don't follow from the Go type: a scalar that is always written has its zero as default. */
function defaultToken(value: unknown, field: GoField): string[] {
  const implied = field.omit ? undefined : zeros[expression(field.type)];
  return value === undefined || typeof value === 'object' || value === implied ? [] : [`default=${JSON.stringify(value)}`];
}

function requiredToken(name: string, field: string, holders: readonly Source[]): string[] {
  const minors = holders
    .filter((source) => source.swagger.definitions[`io.k8s.${name}`]?.required?.includes(field))
    .map((source) => source.minor);
  if (minors.length === 0) return [];
  if (minors.length === holders.length) return ['!'];
  return [minors.includes(holders[holders.length - 1]!.minor) ? `!>=${Math.min(...minors)}` : `!<=${Math.max(...minors)}`];
}

function fieldLine(name: string, flat: FlatField, holders: readonly Source[], masks: readonly string[]): string {
  const { field, number } = flat;
  const newest = holders[holders.length - 1]!;
  const schema = newest.swagger.definitions[`io.k8s.${name}`]?.properties?.[field.json];
  const omit = field.omit?.includes('omitzero') ? ['z'] : field.omit?.includes('omitempty') ? ['o'] : [];
  const go = field.go.replace(/^\*+/, '').replaceAll(' ', '');
  const goToken = go === plainGoType(field.type.replace(/^\*+/, '')) ? [] : [`go=${go}`];
  const defaults = defaultToken(newest.v3[`io.k8s.${name}`]?.properties?.[field.json]?.default, field);
  const required = requiredToken(name, field.json, holders);
  return [number, expression(field.type), ...required, ...omit, ...goToken, ...factTokens(schema, field), ...defaults, ...masks].join(' ');
}

/** Facts of the definition itself, under the empty key. */
function definitionLine(name: string, goName: string, holders: readonly Source[], masks: readonly string[]): string {
  const schema = holders[holders.length - 1]!.swagger.definitions[`io.k8s.${name}`];
  const out: string[] = [];
  if (opaque.test(name)) out.push('any');
  if (schema?.['x-kubernetes-map-type'] !== undefined) out.push(`map=${schema['x-kubernetes-map-type']}`);
  const kinds = holders.flatMap((source) => source.go.kinds.filter((kind) => kind.type === goName));
  const own = new Set(isOwnKind(goName) ? kinds.map((kind) => `${kind.group}/${kind.version}/${kind.kind}`) : []);
  for (const kind of own) out.push(`kind=${kind}`);
  if (schema?.['x-kubernetes-unions'] !== undefined) out.push(`unions=${JSON.stringify(schema['x-kubernetes-unions'])}`);
  return [...out, ...masks].join(' ');
}

/** Options and watch events are registered in every group version, so that the table names none. */
const isOwnKind = (goName: string): boolean => !/apis\/meta\/v1\.(\w+Options|WatchEvent)$/.test(goName);

/** All definitions of all releases: short name → field → one line of facts. Grammar: gen/PROVENANCE.md. */
export function definitionTable(sources: readonly Source[]): Record<string, Record<string, string>> {
  const names = [...new Set(sources.flatMap((source) => Object.keys(source.go.structs)))].filter((name) => !internal.test(name)).sort();
  const table: Record<string, Record<string, string>> = {};
  for (const goName of names) {
    const name = shortName(goName);
    const holders = sources.filter((source) => goName in source.go.structs);
    const entry: Record<string, string> = {};
    const line = definitionLine(name, goName, holders, maskTokens(holders.map((source) => source.minor)));
    if (line !== '') entry[''] = line;
    if (!opaque.test(name)) Object.assign(entry, fieldLines(name, goName, holders));
    table[name] = entry;
  }
  return table;
}

function fieldLines(name: string, goName: string, holders: readonly Source[]): Record<string, string> {
  const byRelease = holders.map((source) => ({
    source,
    fields: new Map(flatten(source, goName, '').map((flat) => [flat.field.json, flat])),
  }));
  const order = [...byRelease].reverse().flatMap(({ fields }) => [...fields.keys()]);
  const out: Record<string, string> = {};
  for (const json of new Set(order)) {
    const having = byRelease.filter(({ fields }) => fields.has(json));
    const minors = having.map(({ source }) => source.minor);
    const masks = minors.length === holders.length ? [] : maskTokens(minors);
    const newest = having[having.length - 1]!;
    out[json] = fieldLine(
      name,
      newest.fields.get(json)!,
      having.map(({ source }) => source),
      masks,
    );
  }
  return out;
}
