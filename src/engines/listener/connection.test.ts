import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLoopbackHost, parseAuthority } from './connection.ts';
import { exchangeRaw, listen, tunnel } from './testing.ts';

test('authorities as clients write them', () => {
  const table: readonly (readonly [text: string, host: string, port: number | undefined])[] = [
    ['management.azure.com', 'management.azure.com', undefined],
    ['Management.Azure.COM:443', 'management.azure.com', 443],
    ['management.azure.com.', 'management.azure.com', undefined],
    ['management.azure.com.:443', 'management.azure.com', 443],
    ['localhost:8443', 'localhost', 8443],
    ['127.0.0.1:65535', '127.0.0.1', 65_535],
    ['[::1]:8443', '::1', 8443],
    ['[2001:DB8::1]', '2001:db8::1', undefined],
  ];
  for (const [text, host, port] of table) assert.deepEqual(parseAuthority(text), { host, port }, text);
  for (const text of [
    '',
    '.',
    '.:443',
    ':443',
    'a:',
    'a:b',
    'a:65536',
    'a:123456',
    'a b',
    'a/b',
    'a@b',
    '::1',
    '[::1',
    '[a]',
    'a:1:2',
    'ä.com',
    'a\r\nb',
  ])
    assert.equal(parseAuthority(text), undefined, JSON.stringify(text));
});

test('whatever is read as an authority is a host and a port, and reads the same again', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webAuthority(),
        fc.string(),
        fc.tuple(fc.domain(), fc.nat(70_000)).map(([host, port]) => `${host}:${port}`),
      ),
      (text) => {
        const read = parseAuthority(text);
        if (!read) return;
        assert.match(read.host, /^[0-9a-f:.]+$|^[a-z0-9._-]*$/);
        assert.ok(read.port === undefined || (read.port >= 0 && read.port <= 65_535));
        if (read.host.includes(':') || read.host.endsWith('.')) return;
        assert.deepEqual(parseAuthority(read.port === undefined ? read.host : `${read.host}:${read.port}`), read);
      },
    ),
    { numRuns: 500 },
  );
});

test('loopback is this machine alone', () => {
  for (const host of ['localhost', '127.0.0.1', '127.255.255.254', '::1', 'demo.localhost']) assert.ok(isLoopbackHost(host), host);
  for (const host of [
    '127.example.com',
    '127.0.0.1.example.com',
    '128.0.0.1',
    '0.0.0.0',
    'localhost.example.com',
    'notlocalhost',
    '::2',
    '',
  ])
    assert.ok(!isLoopbackHost(host), host);
});

test('offline, a host that only looks like loopback is refused; one of ours with its dot stays here', async (t) => {
  const { port } = await listen(t, { offline: true });
  const statusOf = async (target: string): Promise<string> =>
    (await exchangeRaw(port, `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nConnection: close\r\n\r\n`)).split('\r\n')[0] ?? '';
  assert.match(await statusOf('127.example.invalid:443'), / 403 /);
  assert.match(await statusOf('management.azure.com.example.invalid:443'), / 403 /);
  const { head, socket } = await tunnel(port, 'management.azure.com.:443', 'default:t');
  socket.destroy();
  assert.match(head, / 200 /);
});
