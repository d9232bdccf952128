import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Writable } from 'node:stream';
import { mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import type { StreamSink } from '../../kernel/http.ts';
import { QueuedSink } from './stream-sink.ts';
import { caPem, listen, manualDurability, open2 } from './testing.ts';

const limits = { streamQueueBytes: 1_000, streamQueueHardBytes: 10_000, streamStallMs: 50 };
const always = { revision: () => Number.POSITIVE_INFINITY, whenDurable: () => undefined };

/** A client that reads when told to. */
function slowClient() {
  let take: (() => void) | undefined;
  const received: Uint8Array[] = [];
  const out = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      received.push(chunk);
      take = done;
    },
  });
  return { out, received, read: () => take?.() };
}

test('the same buffer reaches the client, not a copy', () => {
  const { out, received } = slowClient();
  const shared = Buffer.from('shared');
  new QueuedSink(out, { world: '', durable: always, limits, cut: () => out.destroy() }).write(shared, 1);
  assert.equal(received[0], shared);
});

test('a client that does not read is cut off after the stall time, one that reads is not', (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const reasons: string[] = [];
  const open = () => {
    const client = slowClient();
    const sink = new QueuedSink(client.out, { world: '', durable: always, limits, cut: (reason) => void reasons.push(reason) });
    return { ...client, sink };
  };
  const dead = open();
  const alive = open();
  let closed = 0;
  dead.sink.onClose(() => closed++);
  for (let i = 0; i < 20; i++) for (const { sink } of [dead, alive]) assert.equal(sink.write(Buffer.alloc(100), 0), true);
  mock.timers.tick(49);
  alive.out.emit('drain');
  mock.timers.tick(1);
  assert.deepEqual([reasons, closed], [['does not read'], 1]);
  assert.equal(dead.sink.write(Buffer.alloc(1), 0), false);
  assert.equal(alive.sink.write(Buffer.alloc(1), 0), true);
  mock.timers.tick(50);
  assert.equal(reasons.length, 2, 'one sign of life buys one stall time');
});

test('a client that is too far behind is cut off at once', () => {
  const reasons: string[] = [];
  const { out } = slowClient();
  const sink = new QueuedSink(out, { world: '', durable: always, limits, cut: (reason) => void reasons.push(reason) });
  sink.write(Buffer.alloc(1), 0);
  assert.equal(sink.write(Buffer.alloc(10_001), 0), false);
  assert.deepEqual(reasons, ['too far behind']);
});

test('any frames with any revisions arrive whole and in order once all are durable', async () => {
  const frames = fc.array(fc.record({ text: fc.string({ maxLength: 20 }), revision: fc.nat({ max: 5 }) }), { maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(frames, fc.array(fc.nat({ max: 5 })), async (list, confirmations) => {
      const durability = manualDurability();
      let seen = '';
      const out = new Writable({
        highWaterMark: 8,
        write(chunk, _encoding, done) {
          seen += chunk;
          setImmediate(done);
        },
      });
      const sink = new QueuedSink(out, { world: '', durable: durability.port, limits, cut: () => out.destroy() });
      for (const { text, revision } of list) sink.write(Buffer.from(text), revision);
      for (const revision of confirmations.toSorted()) durability.confirm(revision);
      durability.confirm(5);
      sink.end();
      await once(out, 'finish');
      assert.equal(seen, list.map((frame) => frame.text).join(''));
    }),
    { numRuns: 30 },
  );
});

for (const protocol of ['h2', 'http/1.1'] as const) {
  test(`over ${protocol}, a client that never reads is cut off and others go on`, async (t) => {
    const chunk = Buffer.alloc(256 * 1024);
    const opened: StreamSink[] = [];
    const listener = await listen(t, {
      handler: () => ({ status: 200, headers: {}, body: (sink) => void opened.push(sink) }),
      limits: { streamQueueBytes: 1024 * 1024, streamStallMs: 30 },
    });
    const socket = connectTls({ port: listener.port, host: '127.0.0.1', ca: caPem, ALPNProtocols: [protocol] });
    t.after(() => socket.destroy());
    await once(socket, 'secureConnect');
    if (protocol === 'http/1.1') {
      socket.write('GET /watch HTTP/1.1\r\nHost: localhost\r\n\r\n');
      socket.pause();
    } else {
      open2(t, listener.port, socket)
        .request({ ':path': '/watch' })
        .on('error', () => undefined)
        .pause();
    }
    while (opened.length < 1) await delay(5);
    const reader = open2(t, listener.port).request({ ':path': '/watch' });
    const [stalled, read] = [opened[0], await once(reader, 'response').then(() => opened[1])];
    let isCut = false;
    stalled?.onClose(() => {
      isCut = true;
    });
    while (!isCut) {
      stalled?.write(chunk, 0);
      await delay(2);
    }
    read?.write(Buffer.from('after'), 0);
    const [data] = await once(reader, 'data');
    assert.equal(String(data), 'after');
  });
}
