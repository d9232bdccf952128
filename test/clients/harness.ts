import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ClientName, cacheFolder, targets } from './clients.ts';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const READY_LIMIT_MS = 30_000;
const COMMAND_LIMIT_MS = 180_000;

export interface Outcome {
  /** Exit code; 128 and above when a signal or the time limit ended the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Text for standard input. */
  readonly input?: string;
  readonly limitMs?: number;
}

/** Runs a program to its end with exactly the given environment, and captures what it prints. Never throws for a failing program. */
export function execute(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { env, cwd, input, limitMs = COMMAND_LIMIT_MS } = options;
    const child = spawn(command, args, { env, cwd, timeout: limitMs, killSignal: 'SIGKILL', stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
  });
}

/** Why a suite can't run with this client on this machine; false when it can. For `node:test`'s `skip`. */
export function missing(...names: ClientName[]): string | false {
  const absent = names.filter((name) => !existsSync(targets[name]));
  if (absent.length === 0) return false;
  const file = join(cacheFolder, 'skipped.json');
  const reasons = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  return absent.map((name) => `${name}: ${reasons[name] ?? 'run "npm run test:clients", which installs it'}`).join('; ');
}

/** A running Slipway of the test's own, and the clients' way to it. Nothing of the user's home is touched. */
export class Service {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly #process: ChildProcess;
  #log = '';

  private constructor(folder: string, env: Record<string, string>, child: ChildProcess) {
    this.folder = folder;
    this.env = env;
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text;
      });
    }
  }

  /**
   * Starts an ephemeral service on a free port and waits until it answers.
   * @param args more for `slipway up`. @throws when it ends or is not ready in time, with what it printed.
   */
  static async start(...args: string[]): Promise<Service> {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-clients-'));
    const env = baseEnvironment(folder);
    const child = spawn(process.execPath, [join(root, 'bin/slipway.js'), 'up', '--ephemeral', '--port', 'auto', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const service = new Service(folder, env, child);
    try {
      await service.#waitUntilReady();
      const { stdout, stderr } = await service.slipway('env', '--json');
      // Only the standard output is for machines; what became of az's login is said beside it.
      if (existsSync(targets.az)) assert.match(stderr, /az is logged in/, `slipway env: ${stderr}\n${service.#log}`);
      Object.assign(env, JSON.parse(stdout) as Record<string, string>);
    } catch (error) {
      await service.stop();
      throw error;
    }
    return service;
  }

  /** Everything that the service printed so far. */
  get log(): string {
    return this.#log;
  }

  async #waitUntilReady(): Promise<void> {
    const limitMs = Date.now() + READY_LIMIT_MS;
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`slipway up ended with ${this.#process.exitCode}:\n${this.#log}`);
      const { code } = await execute(process.execPath, [join(root, 'bin/slipway.js'), 'status', '--json'], { env: this.env });
      if (code === 0) return;
      if (Date.now() > limitMs) throw new Error(`slipway up was not ready after ${READY_LIMIT_MS} ms:\n${this.#log}`);
      await delay(200);
    }
  }

  /** Runs the `slipway` command against this service; fails the test when it fails. */
  slipway(...args: string[]): Promise<Outcome> {
    return this.succeed(process.execPath, [join(root, 'bin/slipway.js'), ...args]);
  }

  /** Runs a client; fails the test when the client fails. */
  async succeed(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const outcome = await this.attempt(command, args, options);
    assert.equal(outcome.code, 0, `${command.split('/').at(-1)} ${args.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
    return outcome;
  }

  /** Runs a client that may fail. */
  attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return execute(command, args, { cwd: this.folder, ...options, env: { ...this.env, ...options.env } });
  }

  /** Runs `az` and gives what it printed as JSON (undefined when it printed nothing). */
  async az<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    const { stdout } = await this.succeed(targets.az, [...args, '--output', 'json', '--only-show-errors']);
    return (stdout.trim() === '' ? undefined : JSON.parse(stdout)) as T;
  }

  /** Creates a two-node cluster with az and writes its credentials to `KUBECONFIG`. */
  async createCluster(name: string, ...flags: string[]): Promise<void> {
    await this.az('group', 'create', '-n', 'rg', '-l', 'eastus2');
    await this.az('aks', 'create', '-g', 'rg', '-n', name, '--node-count', '2', '--generate-ssh-keys', ...flags);
    await this.az('aks', 'get-credentials', '-g', 'rg', '-n', name);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A home of the test's own: no kubeconfig, Azure profile, SSH key or proxy setting of the user's gets in, none gets out. */
function baseEnvironment(folder: string): Record<string, string> {
  const binFolder = join(folder, 'bin');
  mkdirSync(binFolder);
  const inherited = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined && !/^(HOME|KUBECONFIG|AZURE_|ARM_|SLIPWAY_|https?_proxy$|no_proxy$|all_proxy$|NODE_TEST)/i.test(name),
  ) as [string, string][];
  return {
    ...Object.fromEntries(inherited),
    HOME: folder,
    SLIPWAY_HOME: join(folder, 'slipway'),
    KUBECONFIG: join(folder, 'kubeconfig'),
    PATH: [dirname(targets.az), binFolder, process.env['PATH'] ?? ''].join(delimiter),
  };
}
