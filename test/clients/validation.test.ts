import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import type { Kind } from '../../src/kube/kind.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';
import { targets } from './clients.ts';
import { execute, missing } from './harness.ts';
import { oddObjects, type Sample, samples } from './odd-objects.ts';

/**
 * What this server makes of odd objects and of odd changes, beside what Kubernetes' own strategies make of them: the words in which
 * it refuses, or what it stores.
 */
interface Question {
  readonly object: Sample;
  /** What is stored, of which `object` is to be made. */
  readonly old?: Sample;
}
interface Answer {
  readonly stored?: JsonObject;
  readonly refused?: JsonObject;
  /** Why the object could not be asked about: what cannot be decoded at all is refused in words of each encoding. */
  readonly unclear?: string;
}
interface Compared extends Question {
  readonly what: string;
  readonly ours: Answer;
}
type Limits = { readonly [kind: string]: number };

/** Answers per kind that differ, in a word or in order, at most; here are no more than there were. */
const DIFFERENT: Limits = {
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
  Service: 38,
  StatefulSet: 28,
  StorageClass: 6,
  ValidatingWebhookConfiguration: 14,
};

/** Outcomes of accepted objects per kind that differ, at most. */
const STORED: Limits = {
  ClusterRole: 1,
  CronJob: 4,
  DaemonSet: 4,
  Deployment: 4,
  EndpointSlice: 56,
  Job: 78,
  LimitRange: 3,
  Node: 5,
  PersistentVolume: 76,
  PersistentVolumeClaim: 49,
  Pod: 15,
  ReplicaSet: 4,
  ReplicationController: 4,
  Role: 1,
  Service: 2,
  StatefulSet: 77,
  StorageClass: 1,
};

/** The same of changes: of refusals, and of what is stored. */
const CHANGED: Limits = {
  ClusterRole: 8,
  DaemonSet: 40,
  Deployment: 8,
  EndpointSlice: 6,
  HorizontalPodAutoscaler: 11,
  Ingress: 19,
  IngressClass: 11,
  Job: 244,
  LimitRange: 8,
  MutatingWebhookConfiguration: 9,
  Namespace: 10,
  NetworkPolicy: 2,
  Node: 37,
  PersistentVolume: 132,
  PersistentVolumeClaim: 105,
  Pod: 1705,
  PriorityClass: 7,
  ReplicaSet: 7,
  ReplicationController: 2,
  ResourceQuota: 3,
  RoleBinding: 24,
  Secret: 1,
  Service: 61,
  StatefulSet: 36,
  StorageClass: 30,
  ValidatingWebhookConfiguration: 14,
};
const CHANGED_OUTCOME: Limits = {
  ClusterRole: 1,
  EndpointSlice: 38,
  LimitRange: 3,
  Node: 2,
  PriorityClass: 8,
  Role: 1,
  Service: 3,
  StatefulSet: 57,
};

const kindOf = ({ apiVersion, kind }: Sample): Kind =>
  kinds.find((each) => each.kind === kind && apiVersion === [each.group, each.versions[0]?.name].filter(Boolean).join('/')) ??
  assert.fail(`${apiVersion} ${kind}`);

/** Where objects of the kind are. */
function collectionPath({ apiVersion, kind }: Sample): string {
  const { group, namespaced, resource } = kindOf({ apiVersion, kind });
  return `${group ? `/apis/${apiVersion}` : '/api/v1'}${namespaced ? '/namespaces/default' : ''}/${resource}`;
}

function serverFor({ kind }: Sample): TestServer {
  const server = testServer(kinds);
  if (kind === 'Service') server.bootstrap();
  return server;
}

async function creation(object: Sample): Promise<Answer> {
  const { status, json } = await serverFor(object).send({ method: 'POST', path: collectionPath(object), body: object });
  return status === 201 ? { stored: json } : { refused: json };
}

async function* creations(): AsyncGenerator<Compared> {
  for (const sample of samples()) for (const { what, object } of oddObjects(sample)) yield { what, object, ours: await creation(object) };
}

/** A sample is stored once; changes are tried on it without being written. */
async function* changes(): AsyncGenerator<Compared> {
  for (const sample of samples()) {
    const server = serverFor(sample);
    const { managedFields: _, ...metadata } = (await server.create(collectionPath(sample), sample)).metadata as JsonObject;
    const path = `${collectionPath(sample)}/${metadata.name}`;
    const stored = (await server.send({ path })).json;
    const old: Sample = { ...stored, apiVersion: sample.apiVersion, kind: sample.kind, metadata };
    for (const { what, object } of oddObjects(sample, old)) {
      const { status, json } = await server.send({ method: 'PUT', path: `${path}?dryRun=All`, body: object });
      yield { what, object, old, ours: status === 200 ? { stored: json } : { refused: json } };
    }
  }
}

/** Message and causes of a Status. */
const textOf = ({ message, details }: JsonObject): string =>
  `${message} ${JSON.stringify((details as { causes?: unknown } | undefined)?.causes)}`;

/** Drawn by whoever allocates it, where the request does not say. */
const ALLOCATED: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort']);

/** Every value of a stored object by its path; what each server makes up is left out, as is what Go writes as null. */
function* leaves(value: unknown, sent: string, path = ''): Generator<readonly [string, string]> {
  const field = path.slice(path.lastIndexOf('.') + 1);
  if (value === null || /^\.metadata\.(uid|resourceVersion|creationTimestamp|managedFields)/.test(path)) return;
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
    const isDrawn = Array.isArray(value) && ALLOCATED.has(field) && !value.every((item) => sent.includes(JSON.stringify(item)));
    if (isDrawn) yield [path, 'drawn'];
    else for (const [key, item] of Object.entries(value)) yield* leaves(item, sent, `${path}.${key}`);
  } else {
    const text = JSON.stringify(value);
    yield [path, ALLOCATED.has(field) && !sent.includes(text) ? 'drawn' : text];
  }
}

/** Paths at which two stored objects differ, with both values. */
function differingLeaves(theirs: JsonObject, ours: JsonObject, sent: string): string {
  const anonymous = (object: JsonObject): JsonObject => {
    const { uid } = object.metadata as { uid: string };
    return JSON.parse(JSON.stringify(object).replaceAll(uid, 'UID'));
  };
  const expected = new Map(leaves(anonymous(theirs), sent));
  const actual = new Map(leaves(anonymous(ours), sent));
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .filter((path) => expected.get(path) !== actual.get(path))
    .map((path) => `${path}: theirs ${expected.get(path)}, ours ${actual.get(path)}`)
    .join('; ');
}

async function answersOf(questions: readonly Question[]): Promise<Answer[]> {
  const input = `${questions.map(({ object, old }) => JSON.stringify({ object, old })).join('\n')}\n`;
  const { code, stdout, stderr } = await execute(targets.validation, [], { input });
  assert.equal(code, 0, stderr);
  const answers = stdout.trim().split('\n');
  assert.equal(answers.length, questions.length);
  return answers.map((line) => JSON.parse(line) as Answer);
}

/** How the answers to one question differ: in being a refusal or its words, or in what is stored. */
function difference(
  { object, ours }: Compared,
  theirs: Answer,
): { readonly about: 'words' | 'outcome'; readonly text: string } | undefined {
  if (theirs.stored && ours.stored) {
    const text = differingLeaves(theirs.stored, ours.stored, JSON.stringify(object));
    return text ? { about: 'outcome', text } : undefined;
  }
  const said = (answer: Answer): string => (answer.refused ? textOf(answer.refused) : 'OK');
  if (said(theirs) === said(ours)) return undefined;
  return { about: 'words', text: `\n  theirs: ${said(theirs).slice(0, 300)}\n  ours:   ${said(ours).slice(0, 300)}` };
}

/** Compares all answers; no kind may differ more often than its limit, of words and of outcomes, says. */
async function compare(t: TestContext, all: readonly Compared[], limits: { readonly words: Limits; readonly outcome: Limits }) {
  const theirs = await answersOf(all);
  const found = { words: new Map<string, string[]>(), outcome: new Map<string, string[]>() };
  for (const [i, compared] of all.entries()) {
    const answer = theirs[i] ?? {};
    const differing = answer.unclear ? undefined : difference(compared, answer);
    if (!differing) continue;
    const { kind } = compared.object;
    const lists = found[differing.about];
    lists.set(kind, [...(lists.get(kind) ?? []), `${compared.what}: ${differing.text}`]);
  }
  const excess: string[] = [];
  for (const about of ['words', 'outcome'] as const) {
    const counts = Object.fromEntries([...found[about]].map(([kind, list]) => [kind, list.length]));
    t.diagnostic(`${all.length} objects, different in ${about}: ${JSON.stringify(counts)}`);
    for (const [kind, list] of found[about])
      if (list.length > (limits[about][kind] ?? 0)) excess.push(`${kind}: ${list.length} answers differ in ${about}`, ...list);
  }
  assert.ok(excess.length === 0, excess.join('\n'));
}

async function gathered<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

suite('validation', { skip: missing('validation') }, () => {
  test('odd objects are refused in the words of Kubernetes, and others stored as it stores them', { timeout: 300_000 }, async (t) =>
    compare(t, await gathered(creations()), { words: DIFFERENT, outcome: STORED }),
  );
  test('so are odd changes', { timeout: 300_000 }, async (t) =>
    compare(t, await gathered(changes()), { words: CHANGED, outcome: CHANGED_OUTCOME }),
  );
});
