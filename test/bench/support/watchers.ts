/**
 * A process that holds many watches over a few HTTP/2 connections and writes objects itself, so that one clock sees both ends.
 * Reads one job as JSON from standard input and writes one result as JSON.
 */
import { type ClientHttp2Session, connect } from 'node:http2';
import { setTimeout as delay } from 'node:timers/promises';

export interface WatchJob {
  readonly url: string;
  readonly cert: string;
  readonly key: string;
  readonly sessions: number;
  readonly watchersPerSession: number;
  readonly watchPath: string;
  readonly createPath: string;
  /** `{i}` becomes the number of the event. */
  readonly body: string;
  readonly events: number;
  /** Events before those that count. */
  readonly warmUp: number;
  readonly pauseMs: number;
}

export interface WatchResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly received: number;
}

const LINE_FEED = 10;
const LIMIT_MS = 30_000;

async function run(job: WatchJob): Promise<WatchResult> {
  const sentMs: number[] = [];
  const latencies: number[] = [];
  const open = () => connect(job.url, { cert: job.cert, key: job.key, rejectUnauthorized: false });
  const sessions = Array.from({ length: job.sessions }, open);
  await Promise.all(sessions.flatMap((session) => Array.from({ length: job.watchersPerSession }, () => watch(session))));

  function watch(session: ClientHttp2Session): Promise<void> {
    return new Promise((resolve, reject) => {
      const stream = session.request({ ':path': job.watchPath, accept: 'application/json' });
      let count = 0;
      stream.on('response', (headers) => (headers[':status'] === 200 ? resolve() : reject(new Error(`watch: ${headers[':status']}`))));
      stream.on('error', reject);
      stream.on('data', (chunk: Buffer) => {
        const now = performance.now();
        for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
          const sent = sentMs[count++] ?? now;
          if (count > job.warmUp) latencies.push(now - sent);
        }
      });
    });
  }

  const writer = open();
  for (let i = 0; i < job.warmUp + job.events; i++) {
    sentMs.push(performance.now());
    const stream = writer.request({ ':method': 'POST', ':path': job.createPath, 'content-type': 'application/json' });
    stream.resume();
    stream.end(job.body.replaceAll('{i}', String(i)));
    await delay(job.pauseMs);
  }
  const expected = job.events * job.sessions * job.watchersPerSession;
  for (const limitMs = performance.now() + LIMIT_MS; latencies.length < expected && performance.now() < limitMs; ) await delay(20);
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), received: latencies.length / expected };
}

if (import.meta.main) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  process.stdout.write(JSON.stringify(await run(JSON.parse(Buffer.concat(chunks).toString()) as WatchJob)), () => process.exit(0));
}
