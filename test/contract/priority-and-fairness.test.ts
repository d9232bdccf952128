import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryJournal } from '../../src/kernel/journal.ts';
import { World } from '../../src/kernel/world.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import type { User } from '../../src/kube/kind.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';
import { indexesOf } from '../../src/kube/registry/indexes.ts';

const SEATS = 50;
const USERS: { readonly [token: string]: User } = {
  admin: { name: 'admin', groups: ['system:masters', 'system:authenticated'] },
  jane: { name: 'jane', groups: ['system:authenticated'] },
  joe: { name: 'joe', groups: ['system:authenticated'] },
};

/** A server with few seats whose writes become durable when the test says so. */
function slowServer() {
  let durable = 0;
  let tell: (revision: number) => void = () => {};
  const journal = {
    ...memoryJournal(),
    get durableRevision() {
      return durable;
    },
    onDurable(listener: (revision: number) => void) {
      tell = listener;
    },
  };
  const world = new World({ name: 't', seed: 's', indexes: indexesOf(servedKinds), controllers: [], journal, hostNowMs: 0 });
  const server = testServer(servedKinds, { ports: { world, staticTokenUser: (token) => USERS[token] }, cluster: { seats: SEATS } });
  const flush = () => {
    durable = world.reader.revision;
    tell(durable);
  };
  server.bootstrap();
  flush();
  const create = (token: string, name: string) =>
    server.send({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      headers: { authorization: `Bearer ${token}` },
      body: { metadata: { name } },
    });
  return { ...server, flush, create };
}

/** Lets everything that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function prepared() {
  const server = slowServer();
  const binding = {
    metadata: { name: 'all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' }],
  };
  await server.send({ method: 'POST', path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', body: binding });
  server.flush();
  return server;
}

test('requests beyond the seats wait until writes are durable; administrators never wait', async () => {
  const { create, flush, send } = await prepared();
  let answered = 0;
  const all = Array.from({ length: 100 }, (_, i) =>
    create('jane', `c${i}`).then(({ status }) => {
      assert.equal(status, 201);
      answered++;
    }),
  );
  await settle();
  assert.ok(answered > 0 && answered <= SEATS, `${answered} of 100 have a seat`);
  const seated = answered;
  assert.equal((await create('admin', 'exempt')).status, 201);
  const metrics = (await send({ path: '/metrics' })).text;
  assert.match(metrics, new RegExp(`apiserver_flowcontrol_current_inqueue_requests{priority_level="global-default"} ${100 - seated}`));
  assert.match(metrics, new RegExp(`apiserver_current_inflight_requests{request_kind="mutating"} ${seated}\\n`));
  assert.match(metrics, /apiserver_current_inflight_requests{request_kind="readOnly"} 0\n/);
  flush();
  await settle();
  assert.ok(answered > seated);
  while (answered < 100) {
    flush();
    await settle();
  }
  await Promise.all(all);
});

test('what finds its queues full gets 429 with Retry-After, and so does what waits too long', async () => {
  const { create, flush, timers } = await prepared();
  const answers: { status: number; retry: string | undefined; text: string }[] = [];
  for (let i = 0; i < 500; i++) {
    create('jane', `c${i}`).then(({ status, headers, text }) => answers.push({ status, retry: headers['retry-after'], text }));
  }
  await settle();
  const refused = answers.filter(({ status }) => status === 429);
  // One flow has 6 queues of 50.
  assert.equal(refused.length, 500 - 300 - answers.filter(({ status }) => status === 201).length);
  assert.deepEqual(refused[0], { status: 429, retry: '1', text: 'Too many requests, please try again later.\n' });
  for (const { work } of [...timers]) work();
  await settle();
  assert.equal(answers.length, 500);
  flush();
});

test('a flow that floods its level does not hold up another', async () => {
  const { create, flush } = await prepared();
  const order: string[] = [];
  for (let i = 0; i < 250; i++) create('jane', `c${i}`).then(() => order.push('jane'));
  create('joe', 'one').then(() => order.push('joe'));
  for (let i = 0; i < 3; i++) {
    await settle();
    flush();
  }
  await settle();
  assert.ok(order.includes('joe'));
  assert.ok(order.length < 251, 'others still wait');
});

test('a schema that is written takes effect with the next request, and goes with its deletion', async () => {
  const { send, flush } = await prepared();
  const path = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas';
  const flowOf = async (token: string) => {
    const { headers } = await send({ path: '/api/v1/namespaces', headers: { authorization: `Bearer ${token}` } });
    return headers['x-kubernetes-pf-flowschema-uid'];
  };
  const [jane, joe] = [await flowOf('jane'), await flowOf('joe')];
  assert.equal(jane, joe);
  const rule = {
    subjects: [{ kind: 'User', user: { name: 'jane' } }],
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  };
  const spec = { matchingPrecedence: 10, priorityLevelConfiguration: { name: 'workload-low' }, rules: [rule] };
  const { json } = await send({ method: 'POST', path, body: { metadata: { name: 'janes' }, spec } });
  flush();
  assert.equal(await flowOf('jane'), (json['metadata'] as { uid: string }).uid);
  assert.equal(await flowOf('joe'), joe);
  await send({ method: 'DELETE', path: `${path}/janes` });
  flush();
  assert.equal(await flowOf('jane'), jane);
});
