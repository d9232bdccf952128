import masks from '../../../gen/azure/masks.json' with { type: 'json' };

/** What a namespace's types look like in all its known api-versions. Written by tools/generate-azure, see gen/azure/PROVENANCE.md. */
export interface Table {
  readonly namespace: string;
  /** Known api-versions, oldest first: version i is bit i. */
  readonly versions: readonly string[];
  readonly roots: { readonly [type: string]: string };
  readonly shapes: { readonly [shape: string]: { readonly [member: string]: string } };
  /** Values of string types, with the bits of the versions that know them; "": all. */
  readonly enums: { readonly [name: string]: { readonly [value: string]: string } };
}

/** Kind of a value, taken apart: `Foo[]{}` is a map of lists of Foo. */
export type Kind =
  | { readonly form: 'string' | 'number' | 'boolean' | 'any' }
  | { readonly form: 'list' | 'map'; readonly of: Kind }
  | { readonly form: 'enum' | 'shape'; readonly name: string };

export interface Field {
  readonly kind: Kind;
  /** Bits of the versions that know it. */
  readonly known: number;
  /** Bits of the versions in which only the service writes it. */
  readonly readOnly: number;
}
export type Shape = ReadonlyMap<string, Field>;

export interface EnumValue {
  readonly value: string;
  readonly known: number;
}

const tables = new Map<string, Table>(
  Object.entries(masks).map(([namespace, table]) => [namespace.toLowerCase(), { namespace, ...(table as Omit<Table, 'namespace'>) }]),
);
/** Root shapes by lower-case type. */
const roots = new Map<string, { readonly table: Table; readonly shape: string }>(
  [...tables.values()].flatMap((table) =>
    Object.entries(table.roots).map(([type, shape]): [string, { table: Table; shape: string }] => [type.toLowerCase(), { table, shape }]),
  ),
);

export const rootOf = (type: string): { readonly table: Table; readonly shape: string } | undefined => roots.get(type.toLowerCase());

// Taken apart when first asked for: a start reads none of it.
const shapes = new WeakMap<Table, Map<string, Shape>>();
const enums = new Map<string, ReadonlyMap<string, EnumValue>>();

const all = (table: Table): number => 2 ** table.versions.length - 1;

/** The members of a shape by name. */
export function shapeOf(table: Table, name: string): Shape {
  let known = shapes.get(table);
  if (!known) {
    known = new Map();
    shapes.set(table, known);
  }
  let shape = known.get(name);
  if (!shape) {
    shape = new Map(Object.entries(table.shapes[name] ?? {}).map(([member, line]) => [member, parseField(line, all(table))]));
    known.set(name, shape);
  }
  return shape;
}

/** The values of an enum by their lower-case spelling. */
export function valuesOf(table: Table, name: string): ReadonlyMap<string, EnumValue> {
  const key = `${table.namespace}/${name}`;
  let values = enums.get(key);
  if (!values) {
    const listed = Object.entries(table.enums[name] ?? {});
    values = new Map(
      listed.map(([value, bits]) => [value.toLowerCase(), { value, known: bits === '' ? all(table) : Number.parseInt(bits, 16) }]),
    );
    enums.set(key, values);
  }
  return values;
}

/** `Foo[] @3f ~3c`: kind, versions that know it, versions in which it is read-only; `~` alone: in all of them. */
function parseField(line: string, everywhere: number): Field {
  const [kind = 'any', ...flags] = line.split(' ');
  const bits = (mark: string): number | undefined => {
    const flag = flags.find((part) => part.startsWith(mark));
    return flag === undefined ? undefined : flag.length === 1 ? everywhere : Number.parseInt(flag.slice(1), 16);
  };
  return { kind: parseKind(kind), known: bits('@') ?? everywhere, readOnly: bits('~') ?? 0 };
}

function parseKind(text: string): Kind {
  if (text.endsWith('[]')) return { form: 'list', of: parseKind(text.slice(0, -2)) };
  if (text.endsWith('{}')) return { form: 'map', of: parseKind(text.slice(0, -2)) };
  if (text === 'string' || text === 'number' || text === 'boolean' || text === 'any') return { form: text };
  return text.startsWith('=') ? { form: 'enum', name: text.slice(1) } : { form: 'shape', name: text };
}
