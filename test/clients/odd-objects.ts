import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../src/kernel/json.ts';
import { sourceFolder } from './clients.ts';

/** Rich samples, each of whose fields is taken away and given strange values, one at a time. */
export interface Sample {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: Json;
}
export interface OddObject {
  /** "Pod spec.hostname = 'x'", or the kind alone for the sample as it is. */
  readonly what: string;
  readonly object: Sample;
}
type Draft = { [field: string]: Draft };
type Path = readonly string[];

const GONE = Symbol('gone');

const lines = (file: string): unknown[] =>
  readFileSync(join(sourceFolder('validation'), file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

export const samples = (): Sample[] => lines('samples.jsonl') as Sample[];

/** The first sample of each kind that has one, with a status. */
export function samplesWithStatus(): Sample[] {
  const all = samples();
  const first = (wanted: string): Sample => all.find(({ kind }) => kind === wanted) ?? assert.fail(wanted);
  return (lines('statuses.jsonl') as Pick<Sample, 'kind' | 'status'>[]).map((given) => ({ ...first(given.kind), ...given }));
}

function* pathsOf(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at;
  if (typeof value !== 'object' || value === null) return;
  for (const [field, item] of Object.entries(value)) yield* pathsOf(item, [...at, field]);
}

const at = (object: unknown, path: Path): unknown => path.reduce((value, step) => (value as Draft | undefined)?.[step], object);

function withValue<T>(object: T, path: Path, value: unknown): T {
  const copy = structuredClone(object);
  const last = path.at(-1) ?? '';
  const owner = at(copy, path.slice(0, -1)) as Draft;
  if (value !== GONE) owner[last] = value as Draft;
  else if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else delete owner[last];
  return copy;
}

function strangeValues(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [GONE, '', 'Bad Value_!', 'x'.repeat(300), 'valid', '../a', '1.2.3.4', '-1'];
  if (typeof value === 'number') return [GONE, -1, 0, 1, 65536, 4_000_000];
  if (typeof value === 'boolean') return [GONE, !value];
  return Array.isArray(value) ? [GONE, [], [...value, value[0]]] : [GONE, {}];
}

/** Metadata is the same for all kinds: it is tried with one that is in a namespace and one that is not. */
const isTried = (kind: string, [root]: Path): boolean =>
  root !== 'apiVersion' && root !== 'kind' && (root !== 'metadata' || kind === 'Pod' || kind === 'Namespace');

/** The base itself, and with each field that the sample names (in its status alone) changed: the sample, or what is stored of it. */
export function oddObjects(sample: Sample, base: Sample = sample, inStatus = false): OddObject[] {
  const paths = [...pathsOf(sample)].filter(
    (path) => (inStatus ? path[0] === 'status' : isTried(sample.kind, path)) && at(base, path) !== undefined,
  );
  const changed = paths.flatMap((path) =>
    strangeValues(at(base, path)).map((value) => ({
      what: `${sample.kind} ${path.join('.')} = ${value === GONE ? 'nothing' : JSON.stringify(value).slice(0, 40)}`,
      object: withValue(base, path, value),
    })),
  );
  return [{ what: sample.kind, object: base }, ...changed];
}
