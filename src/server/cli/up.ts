import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { PortInUseError } from '../../engines/listener/bind.ts';
import { HomeLocked, lockHome } from '../../engines/store-sqlite/lock.ts';
import { call } from '../admin-client.ts';
import type { AuditLevel } from '../audit-log.ts';
import { runExample } from '../example.ts';
import type { Home, RunningState } from '../home.ts';
import { collectWhenIdle } from '../idle-collection.ts';
import { Installation } from '../installation.ts';
import { version } from '../version.ts';
import { EXIT, Failure, print, withProgress } from './output.ts';

export interface UpOptions {
  readonly port: string;
  readonly detach?: boolean;
  readonly ephemeral?: boolean;
  readonly offline?: boolean;
  readonly seed?: string;
  readonly audit?: AuditLevel | true;
  readonly example?: string;
  readonly json?: boolean;
}

const READY_LIMIT_MS = 30_000;
/** Tells the process in the background that it is that one: its arguments are the same, however they were spelled. */
const DETACHED = 'SLIPWAY_DETACHED';

/** Runs the service in this process until it is told to stop, or starts another process that does. */
export async function up(home: Home, options: UpOptions): Promise<void> {
  const port = portOf(options);
  if (options.detach && !process.env[DETACHED]) {
    await withProgress('Starting', detach(home, options.json ?? false));
    return;
  }
  const startedMs = performance.now();
  const unlock = lock(home);
  const installation = await withProgress('Starting', start(home, port, options));
  collectWhenIdle();
  const running: RunningState = {
    pid: process.pid,
    port: installation.port,
    address: '127.0.0.1',
    startedAt: new Date().toISOString(),
    version,
    ephemeral: installation.ephemeral,
    offline: installation.offline,
  };
  home.writeRunning(running);
  const stopped = untilStopped();
  print(running, options.json ?? false, () => banner(installation, performance.now() - startedMs));
  if (options.example) await runExample(installation, options.example, (line) => say(options, line));
  await stopped;
  await installation.stop();
  unlock();
  // Last: who waits for the end of this process may start the next one right after.
  home.clearRunning(process.pid);
}

/** SIGINT or SIGTERM; a second one ends the process at once. */
const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    let asked = false;
    const stop = () => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });

function lock(home: Home): () => void {
  try {
    const held = lockHome(home.folder);
    return () => held.release();
  } catch (error) {
    if (error instanceof HomeLocked)
      throw new Failure(`${error.message}. Use it with "slipway status", stop it with "slipway down", or choose another --home.`);
    throw error;
  }
}

function portOf({ port }: UpOptions): number | 'auto' {
  if (port === 'auto') return port;
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new Failure(`"${port}" is no port; write a number up to 65535, or auto`, EXIT.usage);
}

async function start(home: Home, port: number | 'auto', options: UpOptions): Promise<Installation> {
  const log = pino({ level: process.env['SLIPWAY_LOG'] ?? 'warn', base: null }, pino.destination(2));
  try {
    return await Installation.start({
      home,
      port,
      ephemeral: options.ephemeral ?? false,
      offline: options.offline ?? false,
      ...(options.seed && { seed: options.seed }),
      ...(options.audit && { audit: options.audit === true ? 'Metadata' : options.audit }),
      log: { error: (fields, message) => log.error(fields, message), debug: (fields, message) => log.debug(fields, message) },
    });
  } catch (error) {
    if (error instanceof PortInUseError)
      throw new Failure(`${error.message}. Choose another with --port, or the next free one with --port auto.`);
    throw error;
  }
}

const say = (options: UpOptions, line: string): void => void (options.json ? undefined : process.stdout.write(`${line}\n`));

function banner(installation: Installation, tookMs: number): string {
  return [
    `Slipway ${version} answers on https://127.0.0.1:${installation.port} (${Math.round(tookMs)} ms).`,
    '',
    '  In another terminal:   eval "$(npx slipway env)"',
    '  Then, as with Azure:   az group create -n rg -l eastus2',
    '                         az aks create -g rg -n demo --node-count 2 --generate-ssh-keys',
    '',
  ].join('\n');
}

/** What the background process said last, which is why it ended. */
const lastWords = (home: Home): string =>
  readFileSync(home.logFile, 'utf8')
    .trimEnd()
    .split('\n')
    .at(-1)
    ?.replace(/^slipway: /, '') ?? '';

/** Starts the service in the background with the same options and waits until it answers. */
async function detach(home: Home, json: boolean): Promise<void> {
  const out = openSync(home.logFile, 'a', 0o600);
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, [DETACHED]: '1' },
  });
  let ended: number | null | undefined;
  child.on('exit', (code) => {
    ended = code;
  });
  child.unref();
  for (const limitMs = Date.now() + READY_LIMIT_MS; Date.now() < limitMs; ) {
    if (ended !== undefined) throw new Failure(lastWords(home) || `slipway up ended with ${ended}; see ${home.logFile}`);
    const { running } = home;
    if (running && running.pid === child.pid) {
      await call(home, 'GET', 'status');
      print(running, json, ({ pid, port }) => `Slipway runs in the background (pid ${pid}), on https://127.0.0.1:${port}.`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Failure(`slipway up was not ready after ${READY_LIMIT_MS / 1000} s; see ${home.logFile}`);
}
