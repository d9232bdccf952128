import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Container } from '../../../gen/kubernetes-types.ts';
import { type TestServer, testServer } from '../../kube/pipeline/testing.ts';
import { cpuMilli } from '../../kube/quantity.ts';
import { servedKinds } from '../index.ts';
import { containerUsage } from './usage.ts';

const NODE = {
  metadata: { name: 'n1', labels: { pool: 'a' } },
  status: {
    capacity: { cpu: '2', memory: '8Gi' },
    allocatable: { cpu: '1900m', memory: '6Gi' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
};
const podNamed = (name: string) => ({
  metadata: { name, labels: { app: name } },
  spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '500m', memory: '1Gi' } } }] },
});

/** A node with a running pod and one that is not running yet. */
async function prepared(): Promise<TestServer> {
  const server = testServer(servedKinds);
  const post = (path: string, body: object) => server.send({ method: 'POST', path: `/api/v1/${path}`, body });
  await post('namespaces', { metadata: { name: 'd' } });
  assert.equal((await post('nodes', NODE)).status, 201);
  for (const name of ['up', 'waiting']) assert.equal((await post('namespaces/d/pods', podNamed(name))).status, 201);
  const running = await server.send({
    method: 'PATCH',
    path: '/api/v1/namespaces/d/pods/up/status',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { phase: 'Running' } },
  });
  assert.equal(running.status, 200, running.text);
  return server;
}

const ROOT = '/apis/metrics.k8s.io/v1beta1';
type Metrics = {
  readonly metadata: { readonly name: string };
  readonly usage: { cpu: string };
  readonly containers: { usage: { cpu: string } }[];
};
const itemsOf = (json: unknown) => (json as { items: Metrics[] }).items;

test('metrics are of running pods and ready nodes, and nothing is stored', async () => {
  const { send, world } = await prepared();
  const { revision } = world.reader;
  const pods = itemsOf((await send({ path: `${ROOT}/pods` })).json);
  assert.deepEqual(
    pods.map(({ metadata }) => metadata.name),
    ['up'],
  );
  assert.equal(itemsOf((await send({ path: `${ROOT}/namespaces/d/pods?labelSelector=app%3Dwaiting` })).json).length, 0);
  assert.equal((await send({ path: `${ROOT}/namespaces/d/pods/up` })).json['kind'], 'PodMetrics');
  assert.equal((await send({ path: `${ROOT}/namespaces/d/pods/waiting` })).status, 404);
  const [node] = itemsOf((await send({ path: `${ROOT}/nodes` })).json);
  const used = cpuMilli(pods[0]?.containers[0]?.usage.cpu);
  assert.ok(used > 0 && used < 500);
  assert.ok(cpuMilli(node?.usage.cpu) > used && cpuMilli(node?.usage.cpu) < 1000, node?.usage.cpu);
  assert.equal(world.reader.revision, revision);
  assert.equal((await send({ method: 'DELETE', path: `${ROOT}/nodes/n1` })).status, 405);
  assert.equal((await send({ path: `${ROOT}/nodes?watch=true` })).status, 405);
});

test('a node that is not ready has no metrics', async () => {
  const { send } = await prepared();
  await send({
    method: 'PATCH',
    path: '/api/v1/nodes/n1/status',
    headers: { 'content-type': 'application/strategic-merge-patch+json' },
    body: { status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } },
  });
  assert.equal(itemsOf((await send({ path: `${ROOT}/nodes` })).json).length, 0);
});

test('tables, protobuf and discovery of metrics', async () => {
  const { send } = await prepared();
  const table = await send({ path: `${ROOT}/pods`, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
  const { columnDefinitions, rows } = table.json as unknown as { columnDefinitions: { name: string }[]; rows: { cells: string[] }[] };
  assert.deepEqual(
    columnDefinitions.map(({ name }) => name),
    ['Name', 'cpu', 'memory', 'Window'],
  );
  assert.match(rows[0]?.cells.join(' ') ?? '', /^up \d+n \d+Ki 15s$/);
  const protobuf = await send({ path: `${ROOT}/nodes`, headers: { accept: 'application/vnd.kubernetes.protobuf' } });
  assert.equal(protobuf.text.slice(0, 3), 'k8s');
  const { resources } = (await send({ path: ROOT })).json as { resources: { name: string; verbs: string[] }[] };
  assert.deepEqual(
    resources.map(({ name, verbs }) => [name, ...verbs]),
    [
      ['nodes', 'get', 'list'],
      ['pods', 'get', 'list'],
    ],
  );
});

test('metrics are published in both versions of OpenAPI', async () => {
  const { send } = await prepared();
  const { paths } = (await send({ path: '/openapi/v3' })).json as { paths: { [path: string]: unknown } };
  assert.ok('apis/metrics.k8s.io/v1beta1' in paths);
  const document = (await send({ path: '/openapi/v3/apis/metrics.k8s.io/v1beta1' })).json as {
    paths: { [path: string]: object };
    components: { schemas: object };
  };
  assert.deepEqual(Object.keys(document.paths[`${ROOT}/nodes`] ?? {}).sort(), ['get', 'parameters']);
  assert.ok('io.k8s.metrics.pkg.apis.metrics.v1beta1.PodMetrics' in document.components.schemas);
  const { definitions } = (await send({ path: '/openapi/v2' })).json as { definitions: object };
  assert.ok('io.k8s.metrics.pkg.apis.metrics.v1beta1.NodeMetrics' in definitions);
});

test('usage moves smoothly and stays within what is requested', () => {
  const container: Container = { name: 'c', resources: { requests: { cpu: '1', memory: '1Gi' } } };
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 0, max: 4e12 }), (uid, atMs) => {
      const [now, later] = [containerUsage(uid, container, atMs), containerUsage(uid, container, atMs + 15_000)];
      assert.ok(now.cpuNano >= 0.05e9 && now.cpuNano <= 0.75e9);
      assert.ok(now.memoryBytes >= 0.4 * 2 ** 30 - 1024 && now.memoryBytes <= 0.8 * 2 ** 30 + 1024);
      assert.ok(Math.abs(now.cpuNano - later.cpuNano) < 0.02e9);
      assert.deepEqual(now, containerUsage(uid, container, atMs));
    }),
  );
});
