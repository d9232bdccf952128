import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const READY_LIMIT_MS = 30_000;

/** One keep-alive connection per concurrent request, as a client library would have. The certificate is not what is measured. */
export const agent = (connections: number) => new Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false });

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export function get(url: string, options: { agent?: Agent; headers?: Record<string, string> } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { rejectUnauthorized: false, ...options }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** A Slipway process that is measured from outside. */
export interface Service {
  readonly port: number;
  readonly url: string;
  readonly home: string;
  /** From the start of the process to its first answer to a client, in ms. */
  readonly startMs: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the bundle where there is one (what `slipway` does), ephemeral, in a home of its own. */
export async function startService(...args: string[]): Promise<Service> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const startedMs = performance.now();
  const command = [join(root, 'bin/slipway.js'), 'up', '--ephemeral', '--home', home, '--port', String(port), ...args];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const url = `https://localhost:${port}`;
  while (!(await answers(`${url}/metadata/endpoints?api-version=2022-09-01`))) {
    if (child.exitCode !== null) throw new Error(`slipway up ended with ${child.exitCode}: ${log.trim().split('\n').at(-1)}`);
    if (performance.now() - startedMs > READY_LIMIT_MS) throw new Error(`slipway up does not answer after ${READY_LIMIT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const startMs = performance.now() - startedMs;
  return { port, url, home, startMs, pid: child.pid ?? 0, stop: () => stop(child, home) };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await get(url)).status === 200;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, home: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(home, { recursive: true, force: true });
}

/** Resident memory of a process in MB. Linux only: elsewhere it throws, and the measure says so. */
export function residentMb(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1]) / 1024;
}

/** CPU time that a process used so far, all threads, in µs. Linux only; its clock ticks are 10 ms, so measure over seconds. */
export function cpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
