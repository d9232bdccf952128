import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { isObject, type Json, type JsonObject } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import type { Kind } from '../../src/kube/kind.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';
import { targets } from './clients.ts';
import { execute, missing } from './harness.ts';
import { oddObjects, type Sample, samples, samplesWithStatus } from './odd-objects.ts';

/**
 * What this server makes of odd objects and of odd changes, beside what Kubernetes' own strategies make of them: the words in which
 * it refuses, or what it stores.
 */
interface Question {
  readonly object: Sample;
  /** What is stored, of which `object` is to be made. */
  readonly old?: Sample;
  /** Of its status alone. */
  readonly status?: boolean;
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
  CertificateSigningRequest: 1,
  HorizontalPodAutoscaler: 5,
  Pod: 1,
  Secret: 1,
  Service: 5,
  ValidatingAdmissionPolicy: 6,
  ValidatingWebhookConfiguration: 6,
};

/** Outcomes of accepted objects per kind that differ, at most. */
const STORED: Limits = {};

/** The same of changes: of refusals, and of what is stored. */
const CHANGED: Limits = {
  HorizontalPodAutoscaler: 5,
  PersistentVolume: 5,
  Secret: 1,
  ValidatingAdmissionPolicy: 6,
  ValidatingWebhookConfiguration: 6,
};
const CHANGED_OUTCOME: Limits = {
  EndpointSlice: 1,
};

/** The same of changes of the status. */
const STATUS: Limits = {};
const STATUS_OUTCOME: Limits = {
  Pod: 2,
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

/** A sample as it is stored, and how changes of it are tried without being written. */
async function storedSample(sample: Sample) {
  const server = serverFor(sample);
  const { managedFields: _, ...metadata } = (await server.create(collectionPath(sample), sample)).metadata as JsonObject;
  const path = `${collectionPath(sample)}/${metadata.name}`;
  const old: Sample = { ...(await server.send({ path })).json, apiVersion: sample.apiVersion, kind: sample.kind, metadata };
  const change = async (object: Sample, part = ''): Promise<Answer> => {
    const { status, json } = await server.send({ method: 'PUT', path: `${path}${part}?dryRun=All`, body: object });
    return status === 200 ? { stored: json } : withoutRepetitions({ refused: json });
  };
  return { old, change };
}

/** Each sample with its fields changed, and with all that other samples of its kind say. */
async function* changes(): AsyncGenerator<Compared> {
  const all = samples();
  for (const sample of all) {
    const { old, change } = await storedSample(sample);
    const odd = oddObjects(sample, old).filter(({ object }) => isSameObject(object, old));
    const others = all.filter(({ kind }) => kind === sample.kind).map((other) => ({ ...other, metadata: old.metadata ?? null }));
    for (const { what, object } of [...odd, ...others.map((object, i) => ({ what: `${sample.kind} becomes number ${i}`, object }))])
      yield { what, object, old, ours: await change(object) };
  }
}

async function* statusChanges(): AsyncGenerator<Compared> {
  for (const sample of samplesWithStatus()) {
    const { old, change } = await storedSample(sample);
    const wanted = { ...old, status: sample.status ?? null };
    for (const { what, object } of oddObjects(sample, wanted, true))
      yield { what, object, old, status: true, ours: await change(object, '/status') };
  }
}

/** By another name it is another object. */
const isSameObject = ({ metadata }: Sample, { metadata: old }: Sample): boolean =>
  isObject(metadata) && isObject(old) && metadata.name === old.name;

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** In values that messages show: what is empty is not kept here, and shown as if it had not been sent. */
const EMPTY = /(?<=[:[] ?)(\[\]|\{\})/g;

/** Message and causes of a Status. */
const textOf = ({ message, details }: JsonObject): string =>
  `${message} ${JSON.stringify((details as { causes?: unknown } | undefined)?.causes)}`.replaceAll(UUID, 'UID').replaceAll(EMPTY, 'null');

/** Each cause once: what is asked of every object is asked of a changed one by up to four who look at it. */
function withoutRepetitions(answer: Answer): Answer {
  const { details, ...status } = answer.refused ?? {};
  if (!isObject(details) || !Array.isArray(details.causes)) return answer;
  const causes = new Map(details.causes.map((cause: Json) => [JSON.stringify(cause), cause]));
  return { refused: { ...status, details: { ...details, causes: [...causes.values()] } } };
}

/** Drawn by whoever allocates it, where the request does not say. */
const ALLOCATED: ReadonlySet<string> = new Set(['clusterIP', 'clusterIPs', 'nodePort', 'healthCheckNodePort']);

/** Values that each server makes up. */
const OWN = /^\.metadata\.(uid|resourceVersion|creationTimestamp|managedFields)|Time$/;

/** Every value of a stored object by its path, but for what each server makes up, and for what is there and empty: Go writes null. */
function* leaves(value: unknown, sent: string, path = ''): Generator<readonly [string, string]> {
  const field = path.slice(path.lastIndexOf('.') + 1);
  if (value === null || OWN.test(path) || (Array.isArray(value) && value.length === 0)) return;
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
  const input = `${questions.map(({ object, old, status }) => JSON.stringify({ object, old, status })).join('\n')}\n`;
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
    const differing = answer.unclear ? undefined : difference(compared, compared.old ? withoutRepetitions(answer) : answer);
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
  test('and odd statuses', { timeout: 300_000 }, async (t) =>
    compare(t, await gathered(statusChanges()), { words: STATUS, outcome: STATUS_OUTCOME }),
  );
});
