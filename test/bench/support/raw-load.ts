/**
 * A process that loads a server: kept HTTP/1.1 connections over TLS, one call at a time on each, answers read only as far as their length.
 * It costs a fraction of node:https, so that on a small machine the server and not the client sets the pace.
 * Reads one job as JSON from standard input and writes one result as JSON.
 */
import { isIP } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { median } from '../../../tools/bench/measure.ts';

export interface RawJob {
  readonly port: number;
  readonly host: string;
  readonly cert: string;
  readonly key: string;
  readonly connections: number;
  readonly calls: number;
  /** Number of the first call. */
  readonly from: number;
  readonly method: string;
  /** `{i}` in path and body becomes the number of the call. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface RawResult {
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly receivedBytes: number;
  /** Status lines of answers that were no success. */
  readonly failures: readonly string[];
}

const HEAD_END = Buffer.from('\r\n\r\n');

function requestText(job: RawJob, index: number): string {
  const number = String(index);
  const body = job.body?.replaceAll('{i}', number) ?? '';
  const lines = [
    `${job.method} ${job.path.replaceAll('{i}', number)} HTTP/1.1`,
    `Host: ${job.host}`,
    'Accept: application/json',
    'User-Agent: bench/1',
  ];
  if (body) lines.push(`Content-Type: ${job.contentType ?? 'application/json'}`, `Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** Reads the answers on one connection: `onAnswer` gets the head of each once all of its body has come. */
function readAnswers(socket: TLSSocket, onAnswer: (head: string, sizeBytes: number) => void): void {
  let pending: Buffer = Buffer.alloc(0);
  let head = '';
  let missingBytes = 0;
  let sizeBytes = 0;
  socket.on('data', (chunk: Buffer) => {
    if (head) {
      missingBytes -= chunk.length;
    } else {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const end = pending.indexOf(HEAD_END);
      if (end < 0) return;
      head = pending.toString('latin1', 0, end);
      sizeBytes = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(sizeBytes)) throw new Error(`an answer without a length: ${head}`);
      missingBytes = sizeBytes - (pending.length - end - HEAD_END.length);
      pending = Buffer.alloc(0);
    }
    if (missingBytes > 0) return;
    const done = head;
    head = '';
    onAnswer(done, sizeBytes);
  });
}

function open(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...options, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }, () => resolve(socket));
    socket.on('error', reject);
  });
}

async function run(job: RawJob): Promise<RawResult> {
  const { port, host, cert, key } = job;
  const options = { port, host: '127.0.0.1', ...(!isIP(host) && { servername: host }), cert, key };
  const sockets = await Promise.all(Array.from({ length: job.connections }, () => open(options)));
  const durations: number[] = [];
  const failures: string[] = [];
  let next = job.from;
  let receivedBytes = 0;
  const end = job.from + job.calls;
  const startMs = performance.now();
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          let sentMs = 0;
          const send = () => {
            if (next >= end) return resolve();
            sentMs = performance.now();
            socket.write(requestText(job, next++));
          };
          readAnswers(socket, (head, sizeBytes) => {
            durations.push(performance.now() - sentMs);
            receivedBytes += sizeBytes;
            if (head.charAt(9) !== '2' && failures.length < 3) failures.push(head.split('\r\n', 1)[0] ?? '');
            send();
          });
          send();
        }),
    ),
  );
  const seconds = (performance.now() - startMs) / 1000;
  for (const socket of sockets) socket.destroy();
  const sorted = durations.toSorted((a, b) => a - b);
  return { seconds, medianMs: median(sorted), p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN, receivedBytes, failures };
}

if (import.meta.main) {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  process.stdout.write(JSON.stringify(await run(JSON.parse(Buffer.concat(chunks).toString()) as RawJob)));
}
