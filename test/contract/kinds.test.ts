import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/kernel/json.ts';
import { deepFreeze } from '../../src/kernel/json.ts';
import { kinds } from '../../src/kinds/index.ts';
import { builtInAdmission } from '../../src/kube/admission/chain.ts';
import type { Kind } from '../../src/kube/kind.ts';
import { type TestServer, testServer } from '../../src/kube/pipeline/testing.ts';
import { registryOf } from '../../src/kube/registry/registry.ts';
import { fixedNames, samples } from './samples.ts';

/** What every kind must do, whatever it declares: CRUD, watch, patches, tables, dry runs. Runs over the list of all kinds. */
const VERSION = '1.36.2';
const registry = registryOf(kinds, VERSION);

async function prepared(): Promise<TestServer> {
  const server = testServer(kinds, { admission: builtInAdmission, version: VERSION });
  server.bootstrap();
  server.world.onCommit(({ changes }) => {
    for (const change of changes) deepFreeze(change.entry?.value);
  });
  await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'n' } } });
  await server.send({ method: 'POST', path: '/api/v1/namespaces/n/serviceaccounts', body: { metadata: { name: 'default' } } });
  return server;
}

const keyOf = ({ group, resource }: Kind): string => `${group}/${resource}`;

const served = kinds.flatMap((kind) =>
  kind.versions
    .map(({ name }) => registry.resource(kind.group, name, kind.resource))
    .filter((resource) => resource !== undefined)
    .filter(({ facts }) => facts.verbs.includes('create')),
);

for (const { kind, apiVersion, facts } of served) {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const collection = `${root}${kind.namespaced ? '/namespaces/n' : ''}/${kind.resource}`;
  const name = fixedNames[keyOf(kind)] ?? 'contract';
  const body = { apiVersion, kind: kind.kind, metadata: { name }, ...samples[keyOf(kind)] };
  const has = (verb: string) => facts.verbs.includes(verb);

  test(`${apiVersion} ${kind.kind}`, async () => {
    const server = await prepared();
    const { send } = server;
    const before = server.world.reader.revision;
    const dry = await send({ method: 'POST', path: `${collection}?dryRun=All&fieldValidation=Strict`, body });
    assert.equal(dry.status, 201, dry.text);
    assert.equal(server.world.reader.revision, before, 'a dry run writes nothing');

    const stream = has('watch') ? await server.watch({ path: `${collection}?watch=true&resourceVersion=${before}` }) : undefined;
    const made = await send({ method: 'POST', path: collection, body });
    assert.equal(made.status, 201, made.text);
    const { uid, resourceVersion } = made.json.metadata as { uid: string; resourceVersion: string };
    assert.equal((await send({ method: 'POST', path: collection, body })).status, 409);
    const path = `${collection}/${name}`;
    const got = await send({ path });
    assert.equal((got.json.metadata as { uid: string }).uid, uid);
    assert.deepEqual([got.json.kind, got.json.apiVersion], [kind.kind, apiVersion]);

    const again = await send({ method: 'PUT', path, body: got.json });
    assert.equal(again.status, 200, again.text);
    assert.equal(
      (again.json.metadata as { resourceVersion: string }).resourceVersion,
      resourceVersion,
      'an update without change writes nothing',
    );

    for (const [type, value] of [
      ['merge-patch+json', { metadata: { labels: { a: '1' } } }],
      ['strategic-merge-patch+json', { metadata: { labels: { b: '2' } } }],
      ['json-patch+json', [{ op: 'add', path: '/metadata/labels/c', value: '3' }]],
    ] as const) {
      const patched = await send({ method: 'PATCH', path, body: value, headers: { 'content-type': `application/${type}` } });
      assert.equal(patched.status, 200, patched.text);
    }
    const applied = await send({
      method: 'PATCH',
      path: `${path}?fieldManager=contract`,
      body: JSON.stringify({ apiVersion, kind: kind.kind, metadata: { name, labels: { d: '4' } } }),
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
    assert.equal(applied.status, 200, applied.text);
    const { labels } = applied.json.metadata as { labels: JsonObject };
    assert.deepEqual(Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, labels[key]])), { a: '1', b: '2', c: '3', d: '4' });

    await assertLists(server, collection, name);
    const deleted = await send({ method: 'DELETE', path: `${path}?gracePeriodSeconds=0` });
    assert.equal(deleted.status, 200, deleted.text);
    assert.ok(!stream || stream.events.length >= 5, 'the watch saw every change');
    assert.equal(stream?.events[0]?.type, stream && 'ADDED');
  });
}

async function assertLists({ send }: TestServer, collection: string, name: string): Promise<void> {
  const list = await send({ path: `${collection}?labelSelector=a%3D1` });
  const items = list.json.items as { metadata: { name: string } }[];
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    [name],
  );
  const table = await send({ path: collection, headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
  const { columnDefinitions, rows } = table.json as unknown as { columnDefinitions: unknown[]; rows: { cells: unknown[] }[] };
  for (const { cells } of rows) assert.equal(cells.length, columnDefinitions.length);
  const protobuf = await send({ path: `${collection}/${name}`, headers: { accept: 'application/vnd.kubernetes.protobuf' } });
  assert.equal(protobuf.text.slice(0, 3), 'k8s');
}

test('every kind of the release has a sample or needs none', () => {
  const unknown = Object.keys(samples).filter((key) => key !== '/componentstatuses' && !kinds.some((kind) => keyOf(kind) === key));
  assert.deepEqual(unknown, []);
});
