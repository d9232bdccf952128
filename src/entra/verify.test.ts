import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type JWTPayload, SignJWT } from 'jose';
import { TENANT_ID } from './seed.ts';
import { newTestbed, newTokenKey } from './testbed.ts';
import { issuerV1 } from './tokens.ts';

const AUDIENCE = 'https://management.azure.com/';

async function setUp() {
  const { ports, verify, host } = await newTestbed();
  const seconds = host.nowMs / 1000;
  const good: JWTPayload = { iss: issuerV1(TENANT_ID), aud: AUDIENCE, nbf: seconds - 300, exp: seconds + 3600, oid: 'me' };
  const expected = { audiences: [AUDIENCE, 'other'], nowMs: host.nowMs };
  return { ports, verify, good, expected, seconds };
}

test('a good token gives its claims, the second time at once', async () => {
  const { ports, verify, good, expected } = await setUp();
  const token = await ports.key.sign(good);
  assert.deepEqual(await verify(token, expected), { claims: good });
  const again = verify(token, expected);
  assert.ok(!(again instanceof Promise));
  assert.deepEqual(again, { claims: good });
});

test('every claim is checked, from memory as well', async () => {
  const { ports, verify, good, expected, seconds } = await setUp();
  const cases: [JWTPayload, string][] = [
    [{ ...good, iss: 'https://sts.windows.net/other/' }, 'issuer'],
    [{ ...good, aud: 'https://graph.microsoft.com' }, 'audience'],
    [{ ...good, exp: seconds }, 'expired'],
    [{ ...good, nbf: seconds + 1 }, 'notYetValid'],
    [{ iss: issuerV1(TENANT_ID), aud: AUDIENCE }, 'expired'],
  ];
  for (const [claims, refusal] of cases) {
    const token = await ports.key.sign(claims);
    assert.deepEqual(await verify(token, expected), { refusal });
    assert.deepEqual(await verify(token, expected), { refusal });
  }
  const token = await ports.key.sign(good);
  await verify(token, expected);
  assert.deepEqual(await verify(token, { ...expected, nowMs: expected.nowMs + 3_600_000 }), { refusal: 'expired' });
});

test('forged tokens are refused', async () => {
  const { ports, verify, good, expected } = await setUp();
  const token = await ports.key.sign(good);
  const [head = '', , signature = ''] = token.split('.');
  const payload = Buffer.from(JSON.stringify({ ...good, oid: 'somebody else' })).toString('base64url');
  assert.deepEqual(await verify(`${head}.${payload}.${signature}`, expected), { refusal: 'signature' });
  assert.deepEqual(await verify(await (await newTokenKey('test')).sign(good), expected), { refusal: 'signature' });
  assert.deepEqual(await verify(await (await newTokenKey('unknown')).sign(good), expected), { refusal: 'signature' });
  const unsigned = `${Buffer.from('{"alg":"none","kid":"test"}').toString('base64url')}.${payload}.`;
  assert.deepEqual(await verify(unsigned, expected), { refusal: 'malformed' });
  const secret = new TextEncoder().encode(JSON.stringify(ports.key.publicJwk));
  const symmetric = await new SignJWT(good).setProtectedHeader({ alg: 'HS256', kid: 'test' }).sign(secret);
  assert.deepEqual(await verify(symmetric, expected), { refusal: 'malformed' });
  for (const text of ['', 'x', 'a.b.c', token.slice(0, -20), `${token}.x`]) assert.ok('refusal' in (await verify(text, expected)), text);
});
