import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { HttpRequest } from '../../kernel/http.ts';
import { caPem, clientPair, echo, exchangeRaw, get1, get2, listen, onceOf, open2 } from './testing.ts';

/** The same request over both protocols. */
async function both(
  t: Parameters<typeof listen>[0] & { after(run: () => void): void },
  port: number,
  method: string,
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
) {
  const first = await get1(port, path, { method, headers, ...(body === undefined ? {} : { body }) });
  const session = open2(t, port);
  return [first, await get2(session, { ':method': method, ':path': path, ...headers }, body)] as const;
}

test('a request reaches the pipeline as it was sent', async (t) => {
  const listener = await listen(t);
  for (const answer of await both(t, listener.port, 'PUT', '//a%2Fb/../c?x=%20&y', 'body', { 'x-a': '1' })) {
    const seen = JSON.parse(answer.text);
    assert.partialDeepStrictEqual(seen, { method: 'PUT', path: '//a%2Fb/../c', search: 'x=%20&y', bodyText: 'body', via: 'endpoint' });
    assert.equal(seen.headers['x-a'], '1');
    assert.ok(
      Object.keys(seen.headers).every((name) => /^[a-z0-9-]+$/.test(name)),
      'no pseudo-headers, all lower-case',
    );
    assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)));
    assert.ok(answer.headers.date);
  }
});

test('a name of ours in Host without the proxy is a takeover, with the port in the origin', async (t) => {
  const listener = await listen(t);
  const host = `management.azure.com:${listener.port}`;
  const answer = await get1(listener.port, '/', { headers: { host }, servername: 'management.azure.com' });
  assert.partialDeepStrictEqual(JSON.parse(answer.text), { via: 'takeover', host: 'management.azure.com', origin: `https://${host}` });
});

test('duplicate headers are joined', async (t) => {
  const listener = await listen(t);
  const answer = await get1(listener.port, '/', { headers: { accept: ['a/b', 'c/d'] } });
  assert.equal(JSON.parse(answer.text).headers.accept, 'a/b, c/d');
});

test('the client certificate is handed on, unverified', async (t) => {
  const listener = await listen(t);
  const pair = { cert: clientPair.certificatePem, key: clientPair.privateKeyPem };
  assert.ok(JSON.parse((await get1(listener.port, '/', pair)).text).certificateBytes > 200);
  assert.equal(JSON.parse((await get1(listener.port, '/')).text).certificateBytes, 0);
});

test('HEAD and 204 have no body', async (t) => {
  const listener = await listen(t, {
    handler: ({ path }) => (path === '/none' ? { status: 204, headers: {}, body: '' } : { status: 200, headers: {}, body: 'hello' }),
  });
  for (const answer of await both(t, listener.port, 'HEAD', '/')) {
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.text], [200, '5', '']);
  }
  for (const answer of await both(t, listener.port, 'DELETE', '/none')) {
    assert.deepEqual([answer.status, answer.headers['content-length'], answer.text], [204, undefined, '']);
  }
});

test('large answers are compressed for clients that accept it, and only once encoded', async (t) => {
  const large = Buffer.alloc(200_000, 'slipway ');
  const packed = gzipSync('packed by the pipeline');
  const listener = await listen(t, {
    handler: ({ path }) =>
      path === '/packed'
        ? { status: 200, headers: { 'content-encoding': 'gzip' }, body: packed }
        : { status: 200, headers: {}, body: large },
  });
  const session = open2(t, listener.port);
  const bytesOf = async (path: string, encoding: string) => {
    const stream = session.request({ ':path': path, 'accept-encoding': encoding });
    const [headers] = await onceOf<[Record<string, string>]>(stream, 'response');
    return { headers, bytes: Buffer.concat(await stream.toArray()) };
  };
  const zipped = await bytesOf('/', 'deflate, gzip;q=0.5');
  assert.equal(zipped.headers['content-encoding'], 'gzip');
  assert.equal(zipped.headers['content-length'], String(zipped.bytes.length));
  assert.ok(gunzipSync(zipped.bytes).equals(large));
  const refused = await bytesOf('/', 'gzip;q=0, identity');
  assert.equal(refused.headers['content-encoding'], undefined);
  assert.ok(refused.bytes.equals(large));
  assert.ok((await bytesOf('/packed', 'gzip')).bytes.equals(packed));
});

test('a body over the limit is refused in the API’s own shape and the connection stays usable', async (t) => {
  const listener = await listen(t, { limits: { bodyBytes: 1_000 } });
  const tooMuch = Buffer.alloc(100_000, 'a');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const refused = await get1(listener.port, '/big', { method: 'PUT', body: tooMuch, agent });
  assert.deepEqual([refused.status, refused.text], [413, '{"tooLarge":"/big"}']);
  const unsized = await get1(listener.port, '/big', { method: 'PUT', body: tooMuch, agent, headers: { 'transfer-encoding': 'chunked' } });
  assert.equal(unsized.status, 413);
  assert.equal((await get1(listener.port, '/next', { agent })).status, 200);
  const session = open2(t, listener.port);
  assert.equal((await get2(session, { ':method': 'PUT', ':path': '/big' }, tooMuch)).status, 413);
  assert.equal((await get2(session, { ':method': 'PUT', ':path': '/fits' }, Buffer.alloc(1_000))).status, 200);
});

test('Expect: 100-continue is answered before the body', async (t) => {
  const listener = await listen(t);
  for (const answer of await both(t, listener.port, 'PUT', '/', 'x', { expect: '100-continue' }))
    assert.equal(JSON.parse(answer.text).bodyText, 'x');
});

test('a pipeline that throws or rejects is a bare 500 with an id that the log has too', async (t) => {
  const listener = await listen(t, {
    handler({ path }) {
      if (path === '/throws') throw new Error('secret detail');
      if (path === '/rejects') return Promise.reject(new Error('secret detail'));
      return { status: 200, headers: { 'x-bad': 'a\nb' }, body: '' };
    },
  });
  for (const path of ['/throws', '/rejects', '/bad-header']) {
    for (const answer of await both(t, listener.port, 'GET', path)) {
      assert.equal(answer.status, 500);
      assert.doesNotMatch(answer.text, /secret/);
      const id = answer.text.trim().split(' ').at(-1);
      assert.ok(listener.log.some((entry) => entry.level === 'error' && entry.fields.id === id));
    }
  }
});

test('malformed HTTP gets a short 400 or 431, and the process lives on', async (t) => {
  const listener = await listen(t);
  const inTls = async (bytes: string): Promise<string> => {
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: caPem, ALPNProtocols: ['http/1.1'] });
    await once(socket, 'secureConnect');
    socket.write(bytes);
    return text(socket);
  };
  const end = 'Connection: close\r\n\r\n';
  assert.match(await inTls('NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await inTls(`GET / HTTP/1.1\r\nHost: a b"<>\r\n${end}`), /^HTTP\/1\.1 400 [\s\S]*malformed Host/);
  assert.match(await inTls(`OPTIONS * HTTP/1.1\r\nHost: localhost\r\n${end}`), /^HTTP\/1\.1 400 [\s\S]*malformed request target/);
  assert.match(await inTls(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n${end}`), /^HTTP\/1\.1 431 /);
  assert.match(await inTls(`GET https://localhost/abs?q HTTP/1.1\r\nHost: localhost\r\n${end}`), /"path":"\/abs"/);
  assert.match(await exchangeRaw(listener.port, 'NONSENSE\r\n\r\n'), /^HTTP\/1\.1 400 /);
  assert.match(await exchangeRaw(listener.port, Buffer.from([0x16, 3, 1, 0, 4, 9, 9, 9, 9])), /^[^H]*$/);
  assert.equal((await get1(listener.port, '/')).status, 200);
});

test('plain HTTP gets health and a hint', async (t) => {
  const listener = await listen(t);
  const ask = (path: string) => exchangeRaw(listener.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  assert.match(await ask('/healthz'), /^HTTP\/1\.1 200 [\s\S]*ok/);
  assert.match(await ask('/subscriptions'), /^HTTP\/1\.1 400 [\s\S]*HTTPS server/);
});

test('a pipeline past its deadline is answered for, and its signal is aborted', async (t) => {
  const signals: AbortSignal[] = [];
  const listener = await listen(t, {
    handler({ signal }) {
      signals.push(signal);
      return new Promise(() => undefined);
    },
    deadline: () => ({ afterMs: 20, response: () => ({ status: 504, headers: {}, body: 'too slow' }) }),
  });
  assert.deepEqual((await get1(listener.port, '/')).status, 504);
  assert.equal(signals[0]?.aborted, true);
  assert.equal(signals[0]?.reason.name, 'TimeoutError');
});

test('the signal tells a pipeline that the client went away', async (t) => {
  let seen: ((request: HttpRequest) => void) | undefined;
  const arrived = () =>
    new Promise<HttpRequest>((resolve) => {
      seen = resolve;
    });
  const listener = await listen(t, {
    handler(request) {
      seen?.(request);
      return new Promise(() => undefined);
    },
  });
  const session = open2(t, listener.port);
  const next = arrived();
  const stream = session.request({ ':path': '/' });
  stream.on('error', () => undefined);
  const { signal } = await next;
  stream.close(8);
  await once(signal, 'abort');
  const second = arrived();
  const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: caPem });
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const request = await second;
  socket.destroy();
  if (!request.signal.aborted) await once(request.signal, 'abort');
});

test('an answered request keeps its signal quiet', async (t) => {
  const signals: AbortSignal[] = [];
  const listener = await listen(t, {
    handler(request) {
      signals.push(request.signal);
      return echo(request);
    },
  });
  await both(t, listener.port, 'GET', '/');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [false, false],
  );
});
