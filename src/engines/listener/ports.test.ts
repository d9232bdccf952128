import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { StreamSink } from '../../kernel/http.ts';
import { PortInUseError } from './bind.ts';
import { portOwner } from './port-owner.ts';
import { caPem, get1, get2, listen, open2 } from './testing.ts';

test('a taken port is refused with its owner', async (t) => {
  const { port } = await listen(t);
  await assert.rejects(listen(t, { port }), (error) => {
    assert.ok(error instanceof PortInUseError);
    assert.equal(error.port, port);
    if (process.platform === 'linux') {
      assert.equal(error.owner?.pid, process.pid);
      assert.match(error.message, new RegExp(`port ${port} is in use by \\S+ \\(process ${process.pid}\\)`));
    }
    return true;
  });
  assert.equal(portOwner(1), undefined);
});

test('"auto" takes the next free port', async (t) => {
  const first = await listen(t, { port: 'auto' });
  const second = await listen(t, { port: 'auto' });
  assert.ok(second.port > first.port);
  assert.ok(first.port >= 8443);
});

test('an extra port stands for one host, over both protocols, and closes alone', async (t) => {
  const listener = await listen(t);
  const host = 'demo.hcp.eastus2.azmk8s.io';
  const extra = await listener.openPort({ host, world: 'blue' });
  const expected = { host, origin: `https://${host}`, via: 'endpoint', world: 'blue' };
  const first = await get1(extra.port, '/api', { servername: host });
  assert.partialDeepStrictEqual(JSON.parse(first.text), expected);
  const socket = connectTls({ port: extra.port, host: '127.0.0.1', ca: caPem, servername: host, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const session = open2(t, extra.port, socket);
  assert.partialDeepStrictEqual(JSON.parse((await get2(session, { ':path': '/api' })).text), expected);
  await extra.close();
  await assert.rejects(get1(extra.port, '/'), { code: 'ECONNREFUSED' });
  assert.equal((await get1(listener.port, '/')).status, 200);
});

test('stopping lets requests finish, ends streams and frees the port', async (t) => {
  let finish: (() => void) | undefined;
  let sink: StreamSink | undefined;
  const listener = await listen(t, {
    handler: ({ path }) =>
      path === '/watch'
        ? {
            status: 200,
            headers: {},
            body: (opened) => {
              sink = opened;
            },
          }
        : new Promise((resolve) => {
            finish = () => resolve({ status: 200, headers: {}, body: 'done' });
          }),
  });
  const session = open2(t, listener.port);
  const watch = session.request({ ':path': '/watch' });
  watch.resume();
  await once(watch, 'response');
  const slow = [get1(listener.port, '/slow')];
  while (finish === undefined || sink === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
  const stopped = listener.stop({ graceMs: 2_000 });
  await once(watch, 'end');
  await assert.rejects(get1(listener.port, '/'), { code: 'ECONNREFUSED' });
  finish();
  assert.deepEqual(
    (await Promise.all(slow)).map((answer) => [answer.text, answer.headers.connection]),
    [['done', 'close']],
  );
  await stopped;
  const again = createServer().listen(listener.port, '127.0.0.1');
  await once(again, 'listening');
  again.close();
});

test('stopping cuts what does not finish in time', async (t) => {
  const listener = await listen(t, { handler: () => new Promise(() => undefined) });
  const hanging = assert.rejects(get1(listener.port, '/'));
  await new Promise((resolve) => setTimeout(resolve, 30));
  await listener.stop({ graceMs: 30 });
  await hanging;
});
