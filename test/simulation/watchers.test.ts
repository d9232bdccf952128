import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultLimits } from '../../src/engines/listener/options.ts';
import { caPem, listen } from '../../src/engines/listener/testing.ts';
import { servedKinds } from '../../src/kinds/index.ts';
import { kubeHandler } from '../../src/kube/pipeline/handler.ts';
import { testServer } from '../../src/kube/pipeline/testing.ts';
import { hubOf } from '../../src/kube/watch/hub.ts';

const pathIn = (namespace: string) => `/api/v1/namespaces/${namespace}/configmaps`;
const MAPS = pathIn('default');
const LINE_FEED = 10;
const WATCHERS = 1_000;
const SLOW = 50;
const EVENTS = 30;
const LIMIT_MS = 50_000;

async function until(condition: () => boolean, what: () => string): Promise<void> {
  for (const limitMs = performance.now() + LIMIT_MS; !condition(); await delay(5)) {
    if (performance.now() > limitMs) throw new Error(what());
  }
}

/** An API server behind a real listener whose clients may be a few events behind, and are cut off soon. */
async function served(t: TestContext) {
  const server = testServer(servedKinds);
  for (const name of ['default', 'other']) await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } });
  const handler = kubeHandler(server.ports);
  const listener = await listen(t, {
    handler: (request) => handler(request, server.cluster),
    limits: { ...defaultLimits, streamQueueBytes: 512, streamStallMs: 50 },
  });
  const open = (initialWindowSize: number): ClientHttp2Session => {
    const session = connect(`https://localhost:${listener.port}`, { ca: caPem, settings: { initialWindowSize } });
    session.on('error', () => undefined);
    t.after(() => session.destroy());
    return session;
  };
  const create = (name: string, namespace = 'default', length = 300) =>
    server.send({ method: 'POST', path: pathIn(namespace), body: { metadata: { name }, data: { text: 'x'.repeat(length) } } });
  return { ...server, listener, open, create };
}

/** Opens a watch and counts the events that come; resolves once the headers are here. */
function watch(session: ClientHttp2Session, collection: string): Promise<{ count: number; isCut: boolean }> {
  const seen = { count: 0, isCut: false };
  const stream = session.request({ ':path': `${collection}?watch=true&resourceVersion=0`, authorization: 'Bearer admin' });
  stream.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) seen.count++;
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    seen.isCut = true;
  });
  return new Promise((resolve, reject) => {
    stream.on('response', () => resolve(seen));
    stream.on('close', () => reject(new Error('no answer')));
  });
}

test('slow watchers are cut off and delay none of a thousand others', async (t) => {
  const { open, create, world, listener } = await served(t);
  // A window of one byte: the client takes the headers and then hardly anything, however long it waits.
  const slowSession = open(1);
  const sessions = Array.from({ length: 10 }, () => open(65_535));
  const fast = await Promise.all(
    Array.from({ length: WATCHERS }, (_, i) => watch(sessions[i % sessions.length] as ClientHttp2Session, MAPS)),
  );
  const slow = await Promise.all(Array.from({ length: SLOW }, () => watch(slowSession, '/api/v1/configmaps')));
  assert.equal(hubOf(world).size(), WATCHERS + SLOW);
  // More than Node and the listener hold for a client.
  for (let i = 0; i < 3; i++) await create(`large-${i}`, 'other', 100_000);
  for (let i = 0; i < EVENTS; i++) {
    await create(`m${i}`);
    // The next write waits for the fast ones alone: that they get this far is the proof.
    await until(
      () => fast.every(({ count }) => count === i + 1),
      () => `event ${i} reached ${fast.filter(({ count }) => count > i).length}`,
    );
  }
  assert.ok(slow.every(({ count }) => count === 0));
  await until(
    () => hubOf(world).size() === WATCHERS,
    () => `${hubOf(world).size() - WATCHERS} slow watchers are still there`,
  );
  assert.equal(listener.log.filter(({ message }) => message === 'stream cut off').length, SLOW);
  assert.ok(fast.every(({ isCut }) => !isCut));
});

test('events to many watchers are one buffer', async () => {
  const server = testServer(servedKinds);
  await server.send({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'default' } } });
  const watches = await Promise.all(Array.from({ length: 100 }, () => server.watch({ path: `${MAPS}?watch=true` })));
  await server.send({ method: 'POST', path: MAPS, body: { metadata: { name: 'm' } } });
  assert.equal(new Set(watches.map(({ chunks }) => chunks[0])).size, 1);
  for (const { close } of watches) close();
  await server.send({ method: 'POST', path: MAPS, body: { metadata: { name: 'n' } } });
  assert.equal(hubOf(server.world).size(), 0, 'watchers that went away leave nothing behind');
});
