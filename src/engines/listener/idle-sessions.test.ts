import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import { test } from 'node:test';
import type { HttpResponse } from '../../kernel/http.ts';
import { get2, listen, onceOf, open2 } from './testing.ts';

const GET = { ':path': '/' };

test('of idle HTTP/2 connections the longest idle go first, and busy ones never', async (t) => {
  let answer: (response: HttpResponse) => void = () => undefined;
  const late = new Promise<HttpResponse>((resolve) => {
    answer = resolve;
  });
  const done: HttpResponse = { status: 200, headers: {}, body: 'done' };
  const { port } = await listen(t, {
    handler: (request) => (request.path === '/late' ? late : done),
    limits: { idleSessions: 2 },
  });
  const closed: string[] = [];
  const open = (name: string): ClientHttp2Session => {
    const session = open2(t, port);
    session.once('close', () => closed.push(name));
    return session;
  };
  const busy = open('busy');
  const answered = get2(busy, { ':path': '/late' });
  const [first, second, third] = [open('first'), open('second'), open('third')];
  for (const session of [first, second]) await get2(session, GET);
  // A request in between makes `second` the one that was idle for longest.
  await get2(first, GET);
  const gone = onceOf(second, 'close');
  await get2(third, GET);
  await gone;
  assert.deepEqual(closed, ['second']);
  for (const session of [first, third]) assert.equal((await get2(session, GET)).text, 'done', 'what stayed open goes on');
  answer(done);
  assert.equal((await answered).text, 'done');
  assert.equal(busy.closed, false);
});
