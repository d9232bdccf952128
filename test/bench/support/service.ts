import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { call } from './http.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const READY_LIMIT_MS = 30_000;

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

/** Starts the bundle that the driver built (the sources where that failed) in a home of its own; `durable` keeps its world on disk. */
export async function startService({ durable = false }: { readonly durable?: boolean } = {}): Promise<Service> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'slipway-bench-'));
  const startedMs = performance.now();
  const bundle = join(root, 'dist', 'slipway.js');
  const entry = existsSync(bundle) ? bundle : join(root, 'bin', 'slipway.js');
  const command = [entry, 'up', ...(durable ? [] : ['--ephemeral']), '--home', home, '--port', String(port)];
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
    return (await call(url)).status === 200;
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
