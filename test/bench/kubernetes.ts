import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Figure, Measure } from '../../tools/bench/measure.ts';
import { plainPod } from './support/bench-pod.ts';
import { inChild } from './support/child.ts';
import { type Cluster, Estate } from './support/estate.ts';
import { cpuMicros, residentMb } from './support/process.ts';
import type { RawJob, RawResult } from './support/raw-load.ts';
import { type Service, startService } from './support/service.ts';
import type { WatchJob, WatchResult } from './support/watchers.ts';

const CONNECTIONS = 32;
const PODS = 10_000;
/** Creates before the first rate: a server that runs for a while has compiled what it does all day. */
const WARM_UP = 15_000;
const WATCHERS = 1_000;
const EVENTS = 40;
const WARM_UP_EVENTS = 10;
/** The service collects what a burst leaves behind after three to six seconds of rest, and V8 hands the room back eight seconds later. */
const REST_MS = 17_000;
const PODS_PATH = '/api/v1/namespaces/default/pods';
const count = (n: number) => n.toLocaleString('en-US');

interface Step extends Pick<RawJob, 'method' | 'path' | 'calls'> {
  readonly from?: number;
  readonly body?: string;
  readonly contentType?: string;
  readonly connections?: number;
}
interface Ran extends RawResult {
  readonly perSecond: number;
  /** CPU time of the server per call, all threads. */
  readonly cpuMicrosPerCall: number;
}

/** Sends the calls from another process, after a tenth of them as warm-up where `from` leaves room for it. */
async function runStep(service: Service, cluster: Cluster, step: Step): Promise<Ran> {
  const { hostname, port } = new URL(cluster.server);
  const { cert, key } = cluster;
  const job: RawJob = { connections: CONNECTIONS, from: 0, ...step, port: Number(port), host: hostname, cert, key };
  const before = cpuMicros(service.pid);
  const result = await inChild<RawJob, RawResult>('raw-load.ts', job);
  const cpu = cpuMicros(service.pid) - before;
  assert.deepEqual(result.failures, [], `${step.method} ${step.path}`);
  return { ...result, perSecond: step.calls / result.seconds, cpuMicrosPerCall: cpu / step.calls };
}

/** What the machine gives at this moment: CPU time is dearer where neighbours share the core's caches, so read the figures against it. */
function parseCost(text: string): number {
  const times = 20_000;
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) JSON.parse(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

const figures = (name: string, ran: Ran, realPerSecond: number): Figure[] => [
  { name, value: ran.perSecond, unit: '1/s', goal: { atLeast: 2 * realPerSecond }, beside: `kube-apiserver ${count(realPerSecond)}/s` },
  { name: `${name}, CPU of the server`, value: ran.cpuMicrosPerCall, unit: 'µs' },
];

/** Creates pods, looks at the state that they lead to, and deletes them again. */
async function passing<T>(run: (step: Step) => Promise<Ran>, cluster: Cluster, calls: number, look: () => Promise<T>): Promise<T> {
  await run({ method: 'POST', path: PODS_PATH, body: JSON.stringify(plainPod('passing-{i}', 'passing')), calls });
  const seen = await look();
  await cluster.call('DELETE', `${PODS_PATH}?labelSelector=app%3Dpassing`);
  return seen;
}

/** Resident memory once the service rests. */
async function restedMb(service: Service): Promise<number> {
  await delay(REST_MS);
  return residentMb(service.pid);
}

async function writesAndReads(service: Service, cluster: Cluster): Promise<Figure[]> {
  const run = (step: Step) => runStep(service, cluster, step);
  const pod = JSON.stringify(plainPod('bench-{i}'));
  const one = `${PODS_PATH}/bench-{i}`;
  const { body } = await passing(run, cluster, PODS / 10, () => cluster.call('GET', `${PODS_PATH}/passing-1`));
  const parseBefore = parseCost(body);
  const warmMb = await restedMb(service);
  const fullMb = await passing(run, cluster, PODS, () => restedMb(service));
  // The rest let go of compiled code as well: a server that is at work all day has it.
  await passing(run, cluster, WARM_UP, () => Promise.resolve());
  const create = await run({ method: 'POST', path: PODS_PATH, body: pod, calls: PODS });
  await run({ method: 'GET', path: one, calls: PODS });
  const get = await run({ method: 'GET', path: one, calls: PODS });
  const getCached = await run({ method: 'GET', path: `${one}?resourceVersion=0`, calls: PODS });
  const label = (value: string) => JSON.stringify({ metadata: { labels: { round: `${value}{i}` } } });
  const merge = { method: 'PATCH', path: one, contentType: 'application/merge-patch+json' };
  await run({ ...merge, body: label('a'), calls: PODS / 2 });
  const patch = await run({ ...merge, body: label('b'), from: PODS / 2, calls: PODS / 2 });
  const configuration = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bench-{i}', annotations: { applied: 'yes{i}' } },
  });
  const applying = {
    method: 'PATCH',
    path: `${one}?fieldManager=bench&force=true`,
    body: configuration,
    contentType: 'application/apply-patch+yaml',
  };
  await run({ ...applying, calls: PODS / 2 });
  const apply = await run({ ...applying, from: PODS / 2, calls: PODS / 2 });
  const lists = { method: 'GET', path: PODS_PATH, connections: 1 };
  await run({ ...lists, calls: 2 });
  const list = await run({ ...lists, calls: 10 });
  return [
    { name: 'size of a stored pod', value: body.length, unit: 'B' },
    {
      name: 'JSON.parse of it, CPU (before and after)',
      value: (parseBefore + parseCost(body)) / 2,
      unit: 'µs',
    },
    ...figures('create', create, 1_254),
    ...figures('GET', get, 3_660),
    ...figures('GET from cache', getCached, 6_185),
    ...figures('merge-patch', patch, 886),
    ...figures('server-side apply', apply, 791),
    { name: `LIST of ${count(PODS)} pods`, value: list.medianMs, unit: 'ms', goal: { atMost: 150 }, beside: 'kube-apiserver 260–420 ms' },
    { name: `LIST, CPU of the server`, value: list.cpuMicrosPerCall / 1000, unit: 'ms' },
    { name: `memory with ${count(PODS)} pods`, value: fullMb, unit: 'MB', beside: 'kube-apiserver 1,178 MB' },
    { name: 'memory per pod', value: ((fullMb - warmMb) * 1024) / PODS, unit: 'KB', goal: { atMost: 8 } },
  ];
}

async function watching(cluster: Cluster): Promise<Figure[]> {
  const sessions = 10;
  const path = '/api/v1/namespaces/kube-public/pods';
  const body = JSON.stringify(plainPod('watched-{i}'));
  const job: WatchJob = {
    url: cluster.server,
    cert: cluster.cert,
    key: cluster.key,
    sessions,
    watchersPerSession: WATCHERS / sessions,
    watchPath: `${path}?watch=true&resourceVersion=0`,
    createPath: path,
    body,
    events: EVENTS,
    warmUp: WARM_UP_EVENTS,
    pauseMs: 250,
  };
  const result = await inChild<WatchJob, WatchResult>('watchers.ts', job);
  assert.equal(result.received, 1, 'every watcher sees every event');
  return [
    { name: `a write until ${count(WATCHERS)} watchers saw it, p50`, value: result.p50Ms, unit: 'ms' },
    { name: `a write until ${count(WATCHERS)} watchers saw it, p99`, value: result.p99Ms, unit: 'ms', goal: { atMost: 50 } },
  ];
}

export const measure: Measure = {
  name: 'kubernetes',
  method: `2.7 KB pods over TLS, ${CONNECTIONS} kept connections from another process, durable store, no node takes the pods; each figure after a warm-up; a watched write counts from its sending; beside it kube-apiserver 1.36 with etcd on such a machine, of which the goal is twice the rate`,
  async run() {
    const service = await startService({ durable: true });
    try {
      const estate = await Estate.open(service);
      const cluster = await estate.createCluster('bench', 1);
      const rates = await writesAndReads(service, cluster);
      // What the lists left behind is collected in between: the figure is of watching, not of what came before.
      await delay(REST_MS);
      return [...rates, ...(await watching(cluster))];
    } finally {
      await service.stop();
    }
  },
};
