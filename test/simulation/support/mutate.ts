import { isObject, type Json } from '../../../src/kernel/json.ts';
import type { Random } from '../../../src/kernel/random.ts';

/** One of a list. */
export const pick = <T>(random: Random, of: readonly T[]): T => of[random.below(of.length)] as T; // lists here are never empty
export const chance = (random: Random, share: number): boolean => random.unit() < share;

const nested = (depth: number): Json => (depth === 0 ? {} : { a: nested(depth - 1) });

/** Values at the edges of what JSON, Go and the schemas can hold, and texts that mean something to some parser. */
export const NASTY: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  2 ** 53,
  -(2 ** 63),
  '',
  ' ',
  '0',
  '-1',
  'x'.repeat(5000),
  'ünïcödé\u0000\ud800',
  '__proto__',
  'constructor',
  '100m',
  '1e500',
  '9999999999999Gi',
  '2026-01-01T00:00:00Z',
  '$patch',
  '*',
  '50%',
  '/a/../b',
  '10.0.0.1/33',
  '::1',
  [],
  {},
  [null],
  [[[]]],
  [1, 'a', {}],
  { '': '' },
  { '<<': {} },
  { name: null },
  { $patch: 'delete' },
  { $patch: 'replace' },
  nested(40),
];

/** A copy of a JSON value with one node changed, removed, doubled or moved. */
export function mutateValue(random: Random, value: Json, material: readonly Json[] = NASTY): Json {
  const isLeaf =
    typeof value !== 'object' || value === null || (Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0);
  if (isLeaf || chance(random, 0.12)) return pick(random, material);
  if (Array.isArray(value)) return mutateList(random, value, material);
  return isObject(value) ? mutateObject(random, value, material) : value;
}

function mutateList(random: Random, list: readonly Json[], material: readonly Json[]): Json {
  const copy = [...list];
  const at = random.below(copy.length);
  const roll = random.unit();
  if (roll < 0.1) copy.splice(at, 1);
  else if (roll < 0.25)
    copy.push(copy[at] as Json); // within bounds
  else if (roll < 0.3) copy.reverse();
  else copy[at] = mutateValue(random, copy[at] as Json, material); // within bounds
  return copy;
}

function mutateObject(random: Random, object: { readonly [key: string]: Json }, material: readonly Json[]): Json {
  const keys = Object.keys(object);
  const key = pick(random, keys);
  const copy: { [key: string]: Json } = { ...object };
  const roll = random.unit();
  if (roll < 0.1) delete copy[key];
  else if (roll < 0.18)
    copy[`${key}x`] = copy[key] as Json; // its own key
  else if (roll < 0.24)
    copy[pick(random, ['unknown', '', 'a.b/c', 'metadata', 'spec', 'status', '$retainKeys', '$patch', 'items'])] = pick(random, material);
  else copy[key] = mutateValue(random, copy[key] as Json, material); // its own key
  return copy;
}

/** A text or message with bytes changed, dropped, doubled or cut off. */
export function mutateBytes(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = Array.from(bytes.subarray(0, 20_000));
  for (let times = 1 + random.below(4); times > 0 && copy.length > 0; times--) {
    const at = random.below(copy.length);
    const roll = random.unit();
    if (roll < 0.5) copy[at] = random.below(256);
    else if (roll < 0.65) copy.splice(at, 1 + random.below(8));
    else if (roll < 0.8) copy.splice(at, 0, ...copy.slice(at, at + random.below(32)));
    else if (roll < 0.9) copy.length = at;
    else copy[at] = (copy[at] as number) ^ (1 << random.below(8)); // within bounds
  }
  return Uint8Array.from(copy);
}
