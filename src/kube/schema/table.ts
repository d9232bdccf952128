import table from '../../../gen/kubernetes/definitions.json' with { type: 'json' };
import { sha256Hex } from '../../kernel/hash.ts';

/** One field of a definition as the generator found it (grammar: gen/PROVENANCE.md). */
export interface FieldFacts {
  /** Protobuf field numbers from the message inwards: [2, 3] is field 3 of the message embedded as field 2; empty where protobuf has none. */
  readonly numbers: readonly number[];
  /** Type expression: `*` pointer, `[]` list, `{}` map, `wrapped[]` list in a message of its own; then a scalar or definition name. */
  readonly type: string;
  readonly required: boolean;
  /** Go tags: `omitempty`, `omitzero`, or none. */
  readonly omit: 'empty' | 'zero' | 'never';
  /** Go type where the expression doesn't tell it (`v1.RestartPolicy`). */
  readonly goType?: string;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly default?: string | number | boolean;
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface DefinitionFacts {
  /** Short name: the OpenAPI name without `io.k8s.`. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldFacts>;
  readonly kinds: readonly GroupVersionKind[];
  readonly mapType?: 'atomic' | 'granular';
  /** The JSON of this type is any value, whatever its Go fields are. */
  readonly isOpaque: boolean;
  /** x-kubernetes-unions, as published. */
  readonly unions?: unknown;
}

type Lines = Readonly<Record<string, string>>;
// The table is generated; its rows differ in their keys only, which makes the inferred union type useless.
const definitions = table.definitions as unknown as Readonly<Record<string, Lines>>;

let fingerprint: string | undefined;

/** Hash of the whole table: changes when what is generated from it does. Computed when first asked for. */
export function tableFingerprint(): string {
  fingerprint ??= sha256Hex(JSON.stringify(table));
  return fingerprint;
}

/** Minor releases in the table, ascending. */
export const knownMinors: readonly number[] = table.minors;

/** Minor number for a version such as "1.36" or "1.36.2"; one that is not known maps to the nearest that is. */
export function minorOf(version: string): number {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  const last = knownMinors[knownMinors.length - 1] ?? 0;
  return Number.isNaN(minor) ? last : Math.min(Math.max(minor, knownMinors[0] ?? 0), last);
}

/** Tokens `since=34 until=35` hold for a release; so do lines without them. */
function holds(tokens: readonly string[], minor: number): boolean {
  return tokens.every((token) => {
    if (token.startsWith('since=')) return minor >= Number(token.slice(6));
    return !token.startsWith('until=') || minor <= Number(token.slice(6));
  });
}

function isRequired(tokens: readonly string[], minor: number): boolean {
  const token = tokens.find((item) => item.startsWith('!'));
  if (token === undefined || token === '!') return token !== undefined;
  return token.startsWith('!>=') ? minor >= Number(token.slice(3)) : minor <= Number(token.slice(3));
}

function parseField(line: string, minor: number): FieldFacts | undefined {
  const [numbers = '-', type = 'any', ...tokens] = line.split(' ');
  if (!holds(tokens, minor)) return undefined;
  const values = new Map(
    tokens.flatMap((token) =>
      token.includes('=') ? [[token.slice(0, token.indexOf('=')), token.slice(token.indexOf('=') + 1)] as const] : [],
    ),
  );
  const [listType, listMapKeys] = values.get('list')?.split(':') ?? [];
  const facts: { -readonly [K in keyof FieldFacts]: FieldFacts[K] } = {
    numbers: numbers === '-' ? [] : numbers.split('.').map(Number),
    type,
    required: isRequired(tokens, minor),
    omit: tokens.includes('z') ? 'zero' : tokens.includes('o') ? 'empty' : 'never',
  };
  // The casts below name the only words that the generator writes there.
  if (listType) facts.listType = listType as 'atomic' | 'set' | 'map';
  if (listMapKeys) facts.listMapKeys = listMapKeys.split(',');
  const [goType, mapType, patchStrategy, patchMergeKey] = ['go', 'map', 'patch', 'key'].map((key) => values.get(key));
  if (goType) facts.goType = goType;
  if (mapType) facts.mapType = mapType as 'atomic' | 'granular';
  if (patchStrategy) facts.patchStrategy = patchStrategy;
  if (patchMergeKey) facts.patchMergeKey = patchMergeKey;
  const fallback = values.get('default');
  if (fallback !== undefined) facts.default = JSON.parse(fallback) as string | number | boolean;
  return facts;
}

/** Facts of one definition in one release; undefined where the release doesn't have it. Parses its line on each call. */
export function readDefinition(name: string, minor: number): DefinitionFacts | undefined {
  const lines = definitions[name];
  const tokens = (lines?.[''] ?? '').split(' ');
  if (lines === undefined || !holds(tokens, minor)) return undefined;
  const fields = new Map<string, FieldFacts>();
  for (const [field, line] of Object.entries(lines)) {
    const facts = field === '' ? undefined : parseField(line, minor);
    if (facts !== undefined) fields.set(field, facts);
  }
  const kinds = tokens.flatMap((token) => (token.startsWith('kind=') ? [parseKind(token.slice(5))] : []));
  const unions = tokens.find((token) => token.startsWith('unions='))?.slice(7);
  const mapType = tokens.find((token) => token.startsWith('map='))?.slice(4) as 'atomic' | 'granular' | undefined;
  return {
    name,
    fields,
    kinds,
    isOpaque: tokens.includes('any'),
    ...(mapType ? { mapType } : {}),
    ...(unions ? { unions: JSON.parse(unions) as unknown } : {}),
  };
}

function parseKind(text: string): GroupVersionKind {
  const [group = '', version = '', kind = ''] = text.split('/');
  return { group, version, kind };
}

/** Names of the definitions that a release has, in the table's (alphabetical) order. */
export function definitionNames(minor: number): string[] {
  return Object.keys(definitions).filter((name) => holds((definitions[name]?.[''] ?? '').split(' '), minor));
}

let kindIndex: ReadonlyMap<string, string> | undefined;

/** Definition that declares a kind at its top level: short name by `group/version/kind`, over all releases. */
export function definitionOfKind(group: string, version: string, kind: string): string | undefined {
  kindIndex ??= new Map(
    Object.entries(definitions).flatMap(([name, lines]) =>
      (lines[''] ?? '').split(' ').flatMap((token) => (token.startsWith('kind=') ? [[token.slice(5), name] as const] : [])),
    ),
  );
  // Go registers options and watch events in every group version.
  const shared = `apimachinery.pkg.apis.meta.v1.${kind}`;
  return kindIndex.get(`${group}/${version}/${kind}`) ?? (/Options$|^WatchEvent$/.test(kind) && shared in definitions ? shared : undefined);
}
