import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import type { Kind } from '../../src/kube/kind.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';
import { sourceFolder, targets } from './clients.ts';
import { execute, missing } from './harness.ts';

/**
 * What this server says to the creation of odd objects beside what Kubernetes' own validation says: rich samples, each of whose fields is
 * taken away and given strange values, one at a time.
 */
type Draft = { [field: string]: Draft };
type Path = readonly string[];
interface Case {
  readonly what: string;
  readonly object: { readonly apiVersion: string; readonly kind: string };
}

const GONE = Symbol('gone');

/** Answers per kind that differ, in a word or in order, at most; here are no more than there were. */
const DIFFERENT: { readonly [kind: string]: number } = {
  ClusterRole: 8,
  DaemonSet: 5,
  Deployment: 8,
  EndpointSlice: 6,
  HorizontalPodAutoscaler: 11,
  Ingress: 19,
  IngressClass: 2,
  Job: 9,
  LimitRange: 8,
  MutatingWebhookConfiguration: 9,
  NetworkPolicy: 2,
  Node: 17,
  PersistentVolume: 11,
  PersistentVolumeClaim: 3,
  Pod: 39,
  PriorityClass: 1,
  ReplicaSet: 7,
  ReplicationController: 2,
  Secret: 1,
  Service: 49,
  StatefulSet: 28,
  StorageClass: 6,
  ValidatingWebhookConfiguration: 14,
};

function* pathsOf(value: unknown, at: Path = []): Generator<Path> {
  if (at.length > 0) yield at;
  if (typeof value !== 'object' || value === null) return;
  for (const [field, item] of Object.entries(value)) yield* pathsOf(item, [...at, field]);
}

const at = (object: unknown, path: Path): unknown => path.reduce((value, step) => (value as Draft)[step], object);

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

function cases(): Case[] {
  const lines = readFileSync(join(sourceFolder('validation'), 'samples.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.flatMap((line) => {
    const sample = JSON.parse(line) as Case['object'];
    const paths = [...pathsOf(sample)].filter((path) => isTried(sample.kind, path));
    const changed = paths.flatMap((path) =>
      strangeValues(at(sample, path)).map((value) => ({
        what: `${sample.kind} ${path.join('.')} = ${value === GONE ? 'nothing' : JSON.stringify(value).slice(0, 40)}`,
        object: withValue(sample, path, value),
      })),
    );
    return [{ what: sample.kind, object: sample }, ...changed];
  });
}

const kindOf = ({ apiVersion, kind }: Case['object']): Kind =>
  kinds.find((each) => each.kind === kind && apiVersion === [each.group, each.versions[0]?.name].filter(Boolean).join('/')) ??
  assert.fail(`${apiVersion} ${kind}`);

async function answerTo(object: Case['object']): Promise<string> {
  const kind = kindOf(object);
  const server = testServer(kinds);
  if (kind.kind === 'Service') server.bootstrap();
  const root = kind.group ? `/apis/${object.apiVersion}` : '/api/v1';
  const path = `${root}${kind.namespaced ? '/namespaces/default' : ''}/${kind.resource}`;
  const { status, json } = await server.send({ method: 'POST', path, body: object });
  return status === 201 ? 'OK' : textOf(json);
}

/** Message and causes of a Status. */
const textOf = ({ message, details }: JsonObject): string =>
  `${message} ${JSON.stringify((details as { causes?: unknown } | undefined)?.causes)}`;

suite('validation', { skip: missing('validation') }, () => {
  test('odd objects are refused in the words of Kubernetes', { timeout: 300_000 }, async (t) => {
    const all = cases();
    const input = `${all.map(({ object }) => JSON.stringify(object)).join('\n')}\n`;
    const { code, stdout, stderr } = await execute(targets.validation, [], { input });
    assert.equal(code, 0, stderr);
    const answers = stdout.trim().split('\n');
    assert.equal(answers.length, all.length);
    const differences = new Map<string, string[]>();
    for (const [i, { what, object }] of all.entries()) {
      const said = JSON.parse(answers[i] ?? '') as string;
      // What cannot be decoded at all is refused in words of each encoding.
      if (/^(DECODE|CONVERT|PANIC)/.test(said)) continue;
      const theirs = said.startsWith('{') ? textOf(JSON.parse(said) as JsonObject) : said;
      const ours = await answerTo(object);
      if (ours === theirs) continue;
      const list = differences.get(object.kind) ?? [];
      list.push(`${what}\n  theirs: ${theirs.slice(0, 300)}\n  ours:   ${ours.slice(0, 300)}`);
      differences.set(object.kind, list);
    }
    const counts = Object.fromEntries([...differences].map(([kind, list]) => [kind, list.length]));
    t.diagnostic(`${all.length} objects, different: ${JSON.stringify(counts)}`);
    for (const [kind, list] of differences)
      assert.ok(list.length <= (DIFFERENT[kind] ?? 0), `${kind}: ${list.length} answers differ\n${list.join('\n')}`);
  });
});
