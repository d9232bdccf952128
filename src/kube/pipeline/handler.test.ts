import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invalid } from '../../kernel/field-error.ts';
import type { Kind } from '../kind.ts';
import { kubeHandler } from './handler.ts';
import { requestOf, testServer } from './testing.ts';

const configMap: Kind = {
  group: '',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
};
const namespace: Kind = { ...configMap, kind: 'Namespace', resource: 'namespaces', namespaced: false, status: true };
const web: Kind = {
  group: 'apps',
  kind: 'Deployment',
  resource: 'deployments',
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  scale: { specReplicas: '.spec.replicas', statusReplicas: '.status.replicas', selector: '.spec.selector' },
  validate: (object) =>
    (object.spec as { replicas?: number }).replicas === -1 ? [invalid('spec.replicas', -1, 'must be greater than or equal to 0')] : [],
};
const kinds = [configMap, namespace, web];
const MAPS = '/api/v1/namespaces/n/configmaps';
const server = () => testServer(kinds);
const map = (name: string, data: object = { a: 'b' }, labels?: object) => ({ metadata: { name, ...(labels && { labels }) }, data });

test('create, get, list and delete', async () => {
  const { send } = server();
  const made = await send({ method: 'POST', path: MAPS, body: map('m') });
  assert.equal(made.status, 201);
  assert.match(
    made.text,
    /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"m","namespace":"n","uid":"[^"]+","resourceVersion":"2",/,
  );
  const got = await send({ path: `${MAPS}/m` });
  assert.equal(got.text, made.text);
  assert.equal(got.headers['cache-control'], 'no-cache, private');
  assert.ok(got.headers['audit-id']);
  const list = await send({ path: MAPS });
  assert.match(list.text, /^\{"kind":"ConfigMapList","apiVersion":"v1","metadata":\{"resourceVersion":"2"\},"items":\[\{"metadata":/);
  assert.equal(list.text.at(-1), '\n');
  const gone = await send({ method: 'DELETE', path: `${MAPS}/m` });
  const { uid } = made.json.metadata as { uid: string };
  assert.deepEqual(gone.json, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: 'm', kind: 'configmaps', uid },
  });
  assert.equal((await send({ path: `${MAPS}/m` })).json.message, 'configmaps "m" not found');
});

test('a put with a stale revision is a conflict, a bad name or namespace a bad request', async () => {
  const { send } = server();
  const made = (await send({ method: 'POST', path: MAPS, body: map('m') })).json;
  const first = await send({ method: 'PUT', path: `${MAPS}/m`, body: { ...made, data: { a: 'c' } } });
  assert.equal(first.status, 200);
  const stale = await send({ method: 'PUT', path: `${MAPS}/m`, body: { ...made, data: { a: 'd' } } });
  assert.equal(stale.status, 409);
  assert.equal(
    stale.json.message,
    'Operation cannot be fulfilled on configmaps "m": the object has been modified; please apply your changes to the latest version and try again',
  );
  assert.equal((await send({ method: 'PUT', path: `${MAPS}/x`, body: made })).status, 400);
  assert.equal((await send({ method: 'POST', path: '/api/v1/namespaces/o/configmaps', body: made })).status, 400);
});

test('patches of all four kinds', async () => {
  const { send } = server();
  await send({ method: 'POST', path: MAPS, body: map('m') });
  const patch = (type: string, body: unknown, query = '') =>
    send({ method: 'PATCH', path: `${MAPS}/m${query}`, body, headers: { 'content-type': `application/${type}` } });
  assert.deepEqual((await patch('merge-patch+json', { data: { c: 'd' } })).json.data, { a: 'b', c: 'd' });
  assert.deepEqual((await patch('json-patch+json', [{ op: 'remove', path: '/data/a' }])).json.data, { c: 'd' });
  assert.deepEqual((await patch('strategic-merge-patch+json', { data: { e: 'f' } })).json.data, { c: 'd', e: 'f' });
  const applied = await patch(
    'apply-patch+yaml',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {g: h}\n',
    '?fieldManager=me',
  );
  assert.deepEqual(applied.json.data, { c: 'd', e: 'f', g: 'h' });
  const conflict = await patch('apply-patch+yaml', 'apiVersion: v1\nkind: ConfigMap\ndata: {c: x}\n', '?fieldManager=me');
  assert.equal(conflict.status, 409);
  assert.match(String(conflict.json.message), /^Apply failed with 1 conflict: conflict with "test" using v1: \.data\.c$/);
  assert.equal((await patch('apply-patch+yaml', 'apiVersion: v1\nkind: ConfigMap\n')).status, 422);
  assert.equal((await patch('text/plain', {})).status, 415);
});

test('apply creates what is missing', async () => {
  const { send } = server();
  const path = `${MAPS}/new?fieldManager=me`;
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const made = await send({
    method: 'PATCH',
    path,
    headers,
    body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\ndata: {a: b}\n',
  });
  assert.equal(made.status, 201);
  const [manager] = (made.json.metadata as { managedFields: { manager: string; operation: string }[] }).managedFields;
  assert.deepEqual([manager?.manager, manager?.operation], ['me', 'Apply']);
});

test('status and spec are written apart, scale changes replicas', async () => {
  const { send } = server();
  const path = '/apis/apps/v1/namespaces/n/deployments';
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const body = { metadata: { name: 'd' }, spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template }, status: { replicas: 7 } };
  const made = await send({ method: 'POST', path, body });
  assert.equal(made.status, 201, made.text);
  assert.deepEqual(made.json.status, {});
  const status = await send({ method: 'PUT', path: `${path}/d/status`, body: { ...made.json, status: { replicas: 3 } } });
  assert.deepEqual([status.json.status, (status.json.metadata as { generation: number }).generation], [{ replicas: 3 }, 1]);
  const scaled = await send({
    method: 'PATCH',
    path: `${path}/d/scale`,
    body: { spec: { replicas: 5 } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  assert.deepEqual([scaled.json.kind, scaled.json.spec, scaled.json.status], ['Scale', { replicas: 5 }, { replicas: 3, selector: 'a=b' }]);
  const after = (await send({ path: `${path}/d` })).json;
  assert.deepEqual([(after.spec as { replicas: number }).replicas, (after.metadata as { generation: number }).generation], [5, 2]);
});

test('a dry run answers like the real thing and writes nothing', async () => {
  const { send, world } = server();
  const before = world.reader.revision;
  const made = await send({ method: 'POST', path: `${MAPS}?dryRun=All`, body: map('m') });
  assert.equal(made.status, 201);
  assert.equal((made.json.metadata as { resourceVersion?: string }).resourceVersion, undefined);
  assert.equal(world.reader.revision, before);
});

test('pages of a list are of one revision', async () => {
  const { send } = server();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await send({ method: 'POST', path: MAPS, body: map(name) });
  const first = (await send({ path: `${MAPS}?limit=2` })).json;
  const meta = first.metadata as { continue: string; remainingItemCount: number; resourceVersion: string };
  assert.equal(meta.remainingItemCount, 3);
  assert.equal(
    Buffer.from(meta.continue, 'base64url').toString(),
    `{"v":"meta.k8s.io/v1","rv":${meta.resourceVersion},"start":"/b\\u0000"}`.replace('\\u0000', '\\u0000'),
  );
  await send({ method: 'POST', path: MAPS, body: map('bb') });
  const names = [];
  for (let token: string | undefined = meta.continue; token; ) {
    const page: { items: { metadata: { name: string } }[]; metadata: { continue?: string; resourceVersion: string } } = (
      await send({ path: `${MAPS}?limit=2&continue=${token}` })
    ).json as never; // a list
    names.push(...page.items.map((item) => item.metadata.name));
    assert.equal(page.metadata.resourceVersion, meta.resourceVersion);
    token = page.metadata.continue;
  }
  assert.deepEqual(names, ['c', 'd', 'e']);
});

test('list parameters that do not go together are refused as upstream does', async () => {
  const { send } = server();
  const of = async (query: string) => {
    const { status, json } = await send({ path: `${MAPS}?${query}` });
    return [status, json.message];
  };
  assert.deepEqual(await of('resourceVersionMatch=Exact'), [
    422,
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
  ]);
  assert.deepEqual(await of('resourceVersion=99'), [504, 'Too large resource version: 99, current: 1']);
  assert.equal((await of('continue=xx&resourceVersion=1'))[0], 400);
  assert.equal((await of('fieldSelector=spec.foo%3D1'))[0], 400);
  assert.equal((await of('watch=1&resourceVersion=abc'))[0], 500);
  assert.equal((await of('watch=1&sendInitialEvents=true'))[0], 422);
});

test('selectors, tables and metadata alone', async () => {
  const { send } = server();
  await send({ method: 'POST', path: MAPS, body: map('a', {}, { x: '1' }) });
  await send({ method: 'POST', path: MAPS, body: map('b', {}, { x: '2' }) });
  const names = async (query: string) =>
    ((await send({ path: `${MAPS}?${query}` })).json.items as { metadata: { name: string } }[]).map((i) => i.metadata.name);
  assert.deepEqual(await names('labelSelector=x%3D1'), ['a']);
  assert.deepEqual(await names('labelSelector=x+in+(1,2)'), ['a', 'b']);
  assert.deepEqual(await names('fieldSelector=metadata.name%3Db'), ['b']);
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const table = (await send({ path: MAPS, headers: { accept } })).json;
  assert.equal(table.kind, 'Table');
  const rows = table.rows as { cells: unknown[]; object: { kind: string } }[];
  assert.deepEqual(
    rows.map(({ cells, object }) => [cells[0], object.kind]),
    [
      ['a', 'PartialObjectMetadata'],
      ['b', 'PartialObjectMetadata'],
    ],
  );
  const partial = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';
  assert.equal((await send({ path: MAPS, headers: { accept: partial } })).json.kind, 'PartialObjectMetadataList');
  const yaml = await send({ path: `${MAPS}/a`, headers: { accept: 'application/yaml' } });
  assert.match(yaml.text, /^apiVersion: v1\nkind: ConfigMap\n/);
});

test('refusals of paths, methods and media types', async () => {
  const { send } = server();
  const notFound = await send({ path: '/api/v2/foo' });
  assert.deepEqual([notFound.status, notFound.json.message], [404, 'the server could not find the requested resource']);
  const plain = await send({ path: '/apis/example.com/v1/things' });
  assert.deepEqual([plain.status, plain.text, plain.headers['content-type']], [404, '404 page not found\n', 'text/plain; charset=utf-8']);
  assert.equal((await send({ method: 'OPTIONS', path: MAPS })).status, 405);
  assert.equal((await send({ method: 'HEAD', path: MAPS })).status, 405);
  assert.equal((await send({ method: 'POST', path: '/api/v1/configmaps', body: {} })).status, 405);
  const accept = await send({ path: MAPS, headers: { accept: 'application/cbor' } });
  assert.deepEqual([accept.status, accept.text.length], [406, 365]);
  assert.equal((await send({ method: 'POST', path: MAPS, body: 'x'.repeat(4 << 20) })).status, 413);
  assert.equal((await send({ method: 'POST', path: MAPS, body: '{' })).status, 400);
  assert.equal((await send({ path: MAPS, headers: { authorization: 'Bearer no' } })).status, 401);
  assert.equal((await send({ path: MAPS, headers: { authorization: '' } })).status, 401);
});

test('impersonation asks for what the other may do', async () => {
  const { send } = server();
  const { status, json } = await send({ path: MAPS, headers: { 'impersonate-user': 'bob' } });
  assert.equal(status, 403);
  assert.equal(json.message, 'configmaps is forbidden: User "bob" cannot list resource "configmaps" in API group "" in the namespace "n"');
});

test('a watch sends what happens, in order, and DELETED to whom the object left', async () => {
  const { send, watch } = server();
  const all = await watch({ path: `${MAPS}?watch=true&resourceVersion=1` });
  const selected = await watch({ path: `${MAPS}?watch=true&labelSelector=x%3D1` });
  await send({ method: 'POST', path: MAPS, body: map('a', {}, { x: '1' }) });
  await send({
    method: 'PATCH',
    path: `${MAPS}/a`,
    body: { metadata: { labels: { x: '2' } } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
  await send({ method: 'DELETE', path: `${MAPS}/a` });
  const seen = (stream: typeof all) =>
    stream.events.map(({ type, object }) => [type, (object.metadata as { resourceVersion: string }).resourceVersion]);
  assert.deepEqual(seen(all), [
    ['ADDED', '2'],
    ['MODIFIED', '3'],
    ['DELETED', '4'],
  ]);
  assert.deepEqual(seen(selected), [
    ['ADDED', '2'],
    ['DELETED', '3'],
  ]);
  const late = await watch({ path: `${MAPS}?watch=true&resourceVersion=2` });
  assert.deepEqual(seen(late), seen(all).slice(1));
});

test('WatchList ends its initial events with a bookmark, and a timeout ends the watch', async () => {
  const { send, watch, timers } = server();
  await send({ method: 'POST', path: MAPS, body: map('a') });
  const stream = await watch({
    path: `${MAPS}?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=7`,
  });
  assert.deepEqual(
    stream.events.map(({ type }) => type),
    ['ADDED', 'BOOKMARK'],
  );
  const bookmark = stream.events[1]?.object.metadata as { annotations: object } | undefined;
  assert.deepEqual(bookmark?.annotations, { 'k8s.io/initial-events-end': 'true' });
  const timeout = timers.find(({ delayMs }) => delayMs === 7000);
  timeout?.work();
  assert.equal(stream.isEnded(), true);
  assert.equal(timers.length, 0);
});

test('discovery, aggregated and legacy, with an ETag', async () => {
  const { send } = server();
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const aggregated = await send({ path: '/apis', headers: { accept } });
  assert.equal(aggregated.headers['content-type'], 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  const again = await send({ path: '/apis', headers: { accept, 'if-none-match': aggregated.headers.etag ?? '' } });
  assert.deepEqual([again.status, again.text], [304, '']);
  const group = await send({ path: '/apis/apps' });
  assert.equal(
    group.text,
    '{"kind":"APIGroup","apiVersion":"v1","name":"apps","versions":[{"groupVersion":"apps/v1","version":"v1"}],"preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}\n',
  );
  const { resources } = (await send({ path: '/api/v1' })).json as { resources: { name: string; shortNames?: string[] }[] };
  assert.deepEqual(resources.find(({ name }) => name === 'configmaps')?.shortNames, ['cm']);
  assert.equal((await send({ path: '/version' })).json.gitVersion, 'v1.36.2');
  assert.equal((await send({ path: '/livez' })).text, 'ok');
});

test('history that is compacted answers 410, and the token goes on inconsistently', async () => {
  const { send, watch, world } = server();
  for (const name of ['a', 'b', 'c']) await send({ method: 'POST', path: MAPS, body: map(name) });
  const { continue: token } = (await send({ path: `${MAPS}?limit=1` })).json.metadata as { continue: string };
  await send({ method: 'DELETE', path: `${MAPS}/b` });
  world.advanceTo(world.nowMs + 600_000);
  await send({ method: 'POST', path: MAPS, body: map('d') });
  const stream = await watch({ path: `${MAPS}?watch=true&resourceVersion=2` });
  assert.equal(stream.isEnded(), true);
  assert.deepEqual(
    stream.events.map(({ type, object }) => [type, object.code, object.reason]),
    [['ERROR', 410, 'Expired']],
  );
  assert.match(String(stream.events[0]?.object.message), /^too old resource version: 2 \(\d+\)$/);
  const old = await send({ path: `${MAPS}?limit=1&continue=${token}` });
  assert.deepEqual([old.status, old.json.reason], [410, 'Expired']);
  const { continue: inconsistent } = old.json.metadata as { continue: string };
  const rest = (await send({ path: `${MAPS}?continue=${inconsistent}` })).json.items as { metadata: { name: string } }[];
  assert.deepEqual(
    rest.map(({ metadata }) => metadata.name),
    ['c', 'd'],
  );
});

test('a continue token gets too old also where nothing is written', async () => {
  const { send, world } = server();
  for (const name of ['a', 'b', 'c']) await send({ method: 'POST', path: MAPS, body: map(name) });
  const begin = async () => ((await send({ path: `${MAPS}?limit=1` })).json.metadata as { continue: string }).continue;
  const goOn = async (token: string) => {
    const { status, json } = await send({ path: `${MAPS}?limit=1&continue=${token}` });
    return { status, ...(json.metadata as { continue: string; resourceVersion: string }) };
  };
  const token = await begin();
  world.advanceTo(world.nowMs + 300_000);
  const consistent = await goOn(token);
  assert.equal(consistent.status, 200);
  world.advanceTo(world.nowMs + 1);
  for (let i = 0; i < 2; i++) assert.equal((await goOn(token)).status, 410);
  const rest = await goOn((await goOn(token)).continue);
  assert.ok(rest.status === 200 && Number(rest.resourceVersion) > Number(consistent.resourceVersion));
  assert.equal((await goOn(await begin())).status, 200);
});

test('a watcher that does not read is let go, others go on', async () => {
  const { respond, send, watch } = server();
  const path = `${MAPS}?watch=true&resourceVersion=1`;
  let writes = 0;
  const slow = await respond({ path });
  assert.ok(typeof slow.body === 'function');
  slow.body({ write: () => ++writes < 2, end: () => {}, onClose: () => {} });
  const good = await watch({ path });
  for (const name of ['a', 'b', 'c', 'd']) await send({ method: 'POST', path: MAPS, body: map(name) });
  assert.deepEqual([writes, good.events.length], [2, 4]);
});

test('client certificates and Entra tokens name the user', async () => {
  const { ports, cluster } = server();
  const certificates = testServer(kinds, { ports: { verifyClient: () => ({ commonName: 'ops', organizations: ['system:masters'] }) } });
  const withCertificate = await certificates.send({ path: MAPS, headers: { authorization: '' }, certificate: new Uint8Array([1]) });
  assert.equal(withCertificate.status, 200);
  const wrong = await testServer(kinds).send({ path: MAPS, headers: { authorization: '' }, certificate: new Uint8Array([1]) });
  assert.equal(wrong.status, 401);
  const token = `e30.${Buffer.from('{"iss":"https://sts.windows.net/t/"}').toString('base64url')}.s`;
  const entra = testServer(kinds, { ports: { verifyEntraToken: () => ({ name: 'ann@example.com', groups: [] }) } });
  assert.equal((await entra.send({ path: MAPS, headers: { authorization: `Bearer ${token}` } })).status, 401);
  const handler = kubeHandler({ ...ports, verifyEntraToken: () => ({ name: 'ann@example.com', groups: [] }), authorizeAzure: () => true });
  const request = requestOf({ path: MAPS, headers: { authorization: `Bearer ${token}` } });
  assert.equal((await handler(request, { ...cluster, aad: { azureRbac: true } })).status, 200);
  assert.equal((await handler(request, { ...cluster, aad: { azureRbac: false } })).status, 403);
});
