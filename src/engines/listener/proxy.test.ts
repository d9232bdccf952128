import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseProxyCaller } from './proxy.ts';
import { exchangeRaw, get2, listen, open2, startTls, tunnel } from './testing.ts';

const host = 'management.azure.com';

test('CONNECT to one of our hosts carries the world and vantage point to HTTP/1.1 requests', async (t) => {
  const listener = await listen(t);
  const { head, socket } = await tunnel(listener.port, `${host}:443`, 'blue.vm-1.rg:t');
  assert.match(head, /^HTTP\/1\.1 200 /);
  const tls = await startTls(socket, host, 'http/1.1');
  tls.write(`GET /subscriptions?api-version=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const seen = JSON.parse((await text(tls)).split('\r\n\r\n')[1] ?? '');
  assert.partialDeepStrictEqual(seen, { origin: `https://${host}`, host, path: '/subscriptions', search: 'api-version=1' });
  assert.partialDeepStrictEqual(seen, { via: 'proxy', world: 'blue', vantage: 'vm-1.rg' });
});

test('CONNECT to one of our hosts carries the world to HTTP/2 requests', async (t) => {
  const listener = await listen(t);
  const { socket } = await tunnel(listener.port, `x.hcp.eastus2.azmk8s.io:443`, 'blue:t');
  const session = open2(t, listener.port, await startTls(socket, 'x.hcp.eastus2.azmk8s.io', 'h2'));
  const answer = await get2(session, { ':path': '/api', ':authority': 'x.hcp.eastus2.azmk8s.io' });
  assert.partialDeepStrictEqual(JSON.parse(answer.text), { host: 'x.hcp.eastus2.azmk8s.io', via: 'proxy', world: 'blue', vantage: '' });
});

test('two worlds are served side by side', async (t) => {
  const listener = await listen(t);
  const worldOf = async (user: string): Promise<string> => {
    const { socket } = await tunnel(listener.port, `${host}:443`, user);
    const session = open2(t, listener.port, await startTls(socket, host, 'h2'));
    return JSON.parse((await get2(session, { ':path': '/', ':authority': host })).text).world;
  };
  assert.deepEqual(await Promise.all([worldOf('blue:t'), worldOf('green:t')]), ['blue', 'green']);
});

test('without credentials a caller is in the default world, on the internet', async (t) => {
  const listener = await listen(t);
  const { socket } = await tunnel(listener.port, `${host}:443`);
  const session = open2(t, listener.port, await startTls(socket, host, 'h2'));
  assert.partialDeepStrictEqual(JSON.parse((await get2(session, { ':path': '/' })).text), { world: '', vantage: '' });
});

test('a wrong token is answered by 407', async (t) => {
  const listener = await listen(t);
  const { head } = await tunnel(listener.port, `${host}:443`, 'blue:wrong');
  assert.match(head, /^HTTP\/1\.1 407 /);
  assert.match(head, /Proxy-Authenticate: Basic realm="slipway"/);
});

test('malformed targets and credentials are refused', async (t) => {
  const listener = await listen(t);
  assert.match((await tunnel(listener.port, 'nonsense', 'w:t')).head, /^HTTP\/1\.1 400 /);
  assert.match((await tunnel(listener.port, 'a b:443', 'w:t')).head, /^HTTP\/1\.1 400 /);
  assert.match((await tunnel(listener.port, `${host}:443`, 'no-colon')).head, /^HTTP\/1\.1 407 /);
});

test('other hosts pass through', async (t) => {
  const upstream = createServer((socket) => socket.end('hello from outside')).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  t.after(() => upstream.close());
  const { port } = upstream.address() as AddressInfo; // listening on TCP
  const listener = await listen(t);
  const { head, socket } = await tunnel(listener.port, `127.0.0.1:${port}`, 'blue:t');
  assert.match(head, /^HTTP\/1\.1 200 /);
  const rest = head.split('\r\n\r\n')[1] ?? '';
  assert.equal(rest + (await text(socket)), 'hello from outside');
});

test('an unreachable host is answered by 502', async (t) => {
  const unused = createServer().listen(0, '127.0.0.1');
  await once(unused, 'listening');
  const { port } = unused.address() as AddressInfo; // listening on TCP
  await new Promise((resolve) => unused.close(resolve));
  const listener = await listen(t);
  assert.match((await tunnel(listener.port, `127.0.0.1:${port}`)).head, /^HTTP\/1\.1 502 /);
});

test('offline, other hosts are refused with 403', async (t) => {
  const listener = await listen(t, { offline: true });
  assert.match((await tunnel(listener.port, 'example.com:443')).head, /^HTTP\/1\.1 403 [\s\S]*offline/);
  assert.match((await tunnel(listener.port, `${host}:443`)).head, /^HTTP\/1\.1 200 /);
  assert.match(
    await exchangeRaw(listener.port, 'GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 403 /,
  );
});

test('absolute-form requests are forwarded without proxy headers; ours are told to use https', async (t) => {
  const upstream = createHttpServer((request, response) => response.end(JSON.stringify({ url: request.url, headers: request.headers })));
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  t.after(() => upstream.close());
  const { port } = upstream.address() as AddressInfo; // listening on TCP
  const listener = await listen(t);
  const ask = (url: string) =>
    exchangeRaw(
      listener.port,
      `GET ${url} HTTP/1.1\r\nHost: a:${port}\r\nProxy-Authorization: Basic ${btoa('w:t')}\r\nConnection: close\r\n\r\n`,
    );
  const forwarded = await ask(`http://127.0.0.1:${port}/a//b?c=%20`);
  assert.match(forwarded, /^HTTP\/1\.1 200 /);
  assert.match(forwarded, /"url":"\/a\/\/b\?c=%20"/);
  assert.doesNotMatch(forwarded, /proxy-authorization/i);
  assert.match(await ask(`http://${host}/`), /^HTTP\/1\.1 400 [\s\S]*only served over https/);
});

test('a proxied connection to our own port stays here and keeps its world', async (t) => {
  const listener = await listen(t);
  const { socket } = await tunnel(listener.port, `localhost:${listener.port}`, 'blue:t');
  const tls = await startTls(socket, 'localhost', 'http/1.1');
  tls.write(`GET /x HTTP/1.1\r\nHost: localhost:${listener.port}\r\nConnection: close\r\n\r\n`);
  const seen = JSON.parse((await text(tls)).split('\r\n\r\n')[1] ?? '');
  assert.partialDeepStrictEqual(seen, { via: 'endpoint', world: 'blue', origin: `https://localhost:${listener.port}` });
});

test('credentials: any world, vantage and token survive the round trip', () => {
  const world = fc.stringMatching(/^[a-z0-9-]*$/);
  fc.assert(
    fc.property(world, fc.stringMatching(/^[a-z0-9./-]*$/), fc.string({ unit: 'grapheme' }), (name, vantage, token) => {
      const user = vantage === '' ? name : `${name}.${vantage}`;
      const header = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
      assert.deepEqual(parseProxyCaller(header), { world: name, vantage, token });
    }),
  );
  assert.equal(parseProxyCaller('Bearer abc'), undefined);
  assert.deepEqual(parseProxyCaller(undefined), { world: '', vantage: '', token: undefined });
});
