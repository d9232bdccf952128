import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { Upgrade } from '../../kernel/http.ts';
import type { UpgradeHandler } from './options.ts';
import { caPem, get1, listen, onceOf } from './testing.ts';

const echoUpgrade: UpgradeHandler = (request, upgrade) => {
  if (request.path === '/refused') return { status: 403, headers: { 'content-type': 'application/json' }, body: '{"kind":"Status"}' };
  if (request.path === '/forgotten') return undefined;
  if (request.path === '/rejects') return Promise.reject(new Error('secret detail'));
  if (upgrade.token !== 'websocket') {
    const raw = upgrade.acceptRaw({ 'x-stream-protocol-version': 'v4.channel.k8s.io' });
    raw.on('data', (data) => raw.write(data));
    raw.on('end', () => raw.end());
    return undefined;
  }
  const socket = upgrade.accept(upgrade.protocols.find((protocol) => protocol.startsWith('v5')));
  socket.onMessage((data, isBinary) => (isBinary ? socket.send(data) : socket.close(1000, 'text')));
  return undefined;
};

const openSocket = (port: number, path: string, protocols: string[]) =>
  new WebSocket(`wss://127.0.0.1:${port}${path}`, protocols, { ca: caPem });

test('a WebSocket is accepted with the chosen sub-protocol and carries bytes both ways', async (t) => {
  const listener = await listen(t, { upgradeHandler: echoUpgrade });
  const socket = openSocket(listener.port, '/exec?command=ls', ['v4.channel.k8s.io', 'v5.channel.k8s.io']);
  await once(socket, 'open');
  assert.equal(socket.protocol, 'v5.channel.k8s.io');
  socket.send(Buffer.from([0, 1, 2]));
  const [data] = await onceOf<[Buffer]>(socket, 'message');
  assert.deepEqual([...data], [0, 1, 2]);
  socket.send('text');
  const [code] = await onceOf<[number]>(socket, 'close');
  assert.equal(code, 1000);
});

test('a refusal is a plain answer, a defect a bare 500', async (t) => {
  const listener = await listen(t, { upgradeHandler: echoUpgrade });
  for (const [path, status, body] of [
    ['/refused', 403, /Status/],
    ['/forgotten', 500, /internal error/],
    ['/rejects', 500, /internal error/],
  ] as const) {
    const socket = openSocket(listener.port, path, ['v5.channel.k8s.io']);
    const [, response] = await onceOf<[unknown, NodeJS.ReadableStream & { statusCode: number }]>(socket, 'unexpected-response');
    assert.equal(response.statusCode, status);
    assert.match(await text(response), body);
  }
});

test('another protocol gets the raw connection', async (t) => {
  const seen: Upgrade[] = [];
  const upgradeHandler: UpgradeHandler = (request, upgrade) => {
    seen.push(upgrade);
    return echoUpgrade(request, upgrade);
  };
  const listener = await listen(t, { upgradeHandler });
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: caPem, ALPNProtocols: ['http/1.1'] });
  socket.write('POST /exec HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n');
  const [head] = await onceOf<[Buffer]>(socket, 'data');
  assert.match(head.toString(), /^HTTP\/1\.1 101 [\s\S]*upgrade: SPDY\/3\.1[\s\S]*x-stream-protocol-version: v4/);
  socket.end('frames');
  assert.equal(await text(socket), 'frames');
  assert.equal(seen[0]?.token, 'spdy/3.1');
});

test('without an upgrade handler the request is served as a plain one', async (t) => {
  const listener = await listen(t);
  const answer = await get1(listener.port, '/x', { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  assert.equal(answer.status, 200);
});
