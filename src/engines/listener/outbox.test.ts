import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { StreamSink } from '../../kernel/http.ts';
import { get1, get2, listen, manualDurability, open2 } from './testing.ts';

/** Long enough for what should not have left to be seen, were it to leave. */
const settle = () => delay(20);
const until = async (condition: () => boolean) => {
  while (!condition()) await delay(2);
};

test('an answer waits for the revision that it shows', async (t) => {
  const durability = manualDurability();
  const handler = () => ({ status: 201, headers: {}, body: 'created', revision: 7 });
  const listener = await listen(t, { durable: durability.port, handler });
  let answered = 0;
  const session = open2(t, listener.port);
  const answers = [get1(listener.port, '/'), get2(session, { ':path': '/' })];
  for (const answer of answers) answer.then(() => answered++);
  await settle();
  durability.confirm(6);
  await settle();
  assert.equal(answered, 0);
  durability.confirm(7);
  assert.deepEqual(
    (await Promise.all(answers)).map((answer) => answer.status),
    [201, 201],
  );
});

test('an answer that shows no state does not wait', async (t) => {
  const listener = await listen(t, { durable: manualDurability().port });
  assert.equal((await get1(listener.port, '/')).status, 200);
});

test('frames leave in order, each when its revision is durable; others of the same stream wait behind it', async (t) => {
  const durability = manualDurability();
  let sink: StreamSink | undefined;
  const handler = () => ({
    status: 200,
    headers: {},
    body: (opened: StreamSink) => {
      sink = opened;
    },
  });
  const listener = await listen(t, { durable: durability.port, handler });
  const stream = open2(t, listener.port).request({ ':path': '/watch' });
  await once(stream, 'response');
  let seen = '';
  stream.on('data', (chunk: Buffer) => {
    seen += chunk;
  });
  const frame = (text: string, revision: number) => assert.equal(sink?.write(Buffer.from(text), revision), true);
  frame('a', 0);
  frame('b', 3);
  frame('c', 0);
  frame('d', 5);
  await until(() => seen === 'a');
  await settle();
  assert.equal(seen, 'a');
  durability.confirm(3);
  await until(() => seen === 'abc');
  sink?.end();
  assert.equal(sink?.write(Buffer.from('late'), 0), false);
  await settle();
  assert.equal(stream.readableEnded, false, 'the end waits behind what is queued');
  durability.confirm(9);
  await once(stream, 'end');
  assert.equal(seen, 'abcd');
});

test('when the journal fails, nothing unsafe is shown: answers become 500, streams are cut', async (t) => {
  const durability = manualDurability();
  const listener = await listen(t, {
    durable: durability.port,
    handler: ({ path }) =>
      path === '/watch'
        ? { status: 200, headers: {}, body: (sink) => void sink.write(Buffer.from('unsafe'), 1) }
        : { status: 200, headers: {}, body: 'unsafe', revision: 1 },
  });
  const session = open2(t, listener.port);
  const answer = get2(session, { ':path': '/' });
  const watch = session.request({ ':path': '/watch' });
  watch.resume();
  const cut = once(watch, 'error');
  await until(() => durability.waitingCount === 2);
  durability.fail();
  assert.equal((await answer).status, 500);
  await cut;
});
