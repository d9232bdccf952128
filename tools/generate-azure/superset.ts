import type { Member, Model } from './model.ts';
import { RECORDED_SPELLINGS } from './packages.ts';

/** One version of a namespace: its model, and the class behind each type. */
export interface Edition {
  readonly version: string;
  readonly model: Model;
}

interface Merged {
  /** Kind in the newest version that knows the member. */
  readonly kind: string;
  known: number;
  readOnly: number;
}

/** The union of what all editions know, with a bit per edition on what they don't share. */
export interface Superset {
  readonly versions: readonly string[];
  readonly roots: { readonly [type: string]: string };
  readonly shapes: { readonly [shape: string]: { readonly [member: string]: string } };
  readonly enums: { readonly [name: string]: { readonly [value: string]: string } };
}

/**
 * @param editions oldest first: edition i is bit i.
 * @param roots class of the whole resource, by type.
 */
export function superset(editions: readonly Edition[], roots: { readonly [type: string]: string }): Superset {
  const shapes = new Map<string, Map<string, Merged>>();
  const enums = new Map<string, Map<string, number>>();
  const starts: { [type: string]: string } = {};
  for (let i = editions.length - 1; i >= 0; i--) {
    const { model } = editions[i] as Edition; // i is in range
    const seen = new Set<string>();
    const walk = (shape: string, className: string): void => {
      if (seen.has(`${shape} ${className}`)) return;
      seen.add(`${shape} ${className}`);
      const members = shapes.get(shape) ?? new Map<string, Merged>();
      shapes.set(shape, members);
      for (const [name, member] of model.classes.get(className) ?? []) {
        const merged = members.get(name) ?? { kind: kindIn(model, member), known: 0, readOnly: 0 };
        members.set(name, merged);
        merged.known |= 1 << i;
        if (member.readOnly) merged.readOnly |= 1 << i;
        follow(merged.kind, member, walk, model, enums, i);
      }
    };
    for (const [type, className] of Object.entries(roots)) {
      const properties = model.classes.get(className)?.get('properties')?.kind;
      if (!properties || !model.classes.has(properties)) continue;
      starts[type] ??= properties;
      walk(starts[type], properties);
    }
  }
  const all = 2 ** editions.length - 1;
  return {
    versions: editions.map(({ version }) => version),
    roots: sorted(starts),
    shapes: sorted(Object.fromEntries([...shapes].map(([name, members]) => [name, lines(members, all)]))),
    enums: sorted(Object.fromEntries([...enums].map(([name, values]) => [name, bits(values, all)]))),
  };
}

/** A class without members of its own holds anything. */
function kindIn(model: Model, { kind }: Member): string {
  const base = kind.replace(/(\[\]|\{\})+$/, '');
  const known = ['string', 'number', 'boolean', 'any'].includes(base) || base.startsWith('=') || (model.classes.get(base)?.size ?? 0) > 0;
  return known ? kind : `any${kind.slice(base.length)}`;
}

function follow(
  kind: string,
  member: Member,
  walk: (shape: string, className: string) => void,
  model: Model,
  enums: Map<string, Map<string, number>>,
  i: number,
): void {
  const base = (text: string): string => text.replace(/(\[\]|\{\})+$/, '');
  const [to, from] = [base(kind), base(member.kind)];
  if (to.startsWith('=')) {
    const values = enums.get(to.slice(1)) ?? new Map<string, number>();
    enums.set(to.slice(1), values);
    for (const value of model.enums.get(from.slice(1)) ?? []) {
      // Versions differ in casing alone here and there; the newest one's stays.
      const spellings = [...RECORDED_SPELLINGS, ...values.keys()];
      const known = spellings.find((other) => other.toLowerCase() === value.toLowerCase()) ?? value;
      values.set(known, (values.get(known) ?? 0) | (1 << i));
    }
  } else if (model.classes.has(from) && !['string', 'number', 'boolean', 'any'].includes(to)) walk(to, from);
}

/** `kind`, then `@bits` of the versions that know it unless all do, then `~` (`~bits`) where it is read-only. */
const lines = (members: ReadonlyMap<string, Merged>, all: number): { [member: string]: string } =>
  Object.fromEntries(
    [...members].map(([name, { kind, known, readOnly }]) => {
      const versions = known === all ? '' : ` @${known.toString(16)}`;
      const written = readOnly === 0 ? '' : readOnly === known ? ' ~' : ` ~${readOnly.toString(16)}`;
      return [name, kind + versions + written];
    }),
  );

const bits = (values: ReadonlyMap<string, number>, all: number): { [value: string]: string } =>
  Object.fromEntries([...values].map(([value, known]) => [value, known === all ? '' : known.toString(16)]));

const sorted = <T>(object: { readonly [name: string]: T }): { [name: string]: T } =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
