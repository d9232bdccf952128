import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real `slipway up` of its own, to be killed. */
export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #home: string;

  private constructor(child: ChildProcess, home: string, port: number) {
    this.#child = child;
    this.#home = home;
    this.port = port;
  }

  /**
   * Starts a bundle (`slipway.js`) on a free port and waits for its banner. Rejects with what it printed when it ends before.
   * `compiled`: folder for compiled code, which a process that ends by itself leaves to those that come after it.
   */
  static async start(program: string, home: string, compiled: string): Promise<ServerProcess> {
    const child = spawn(process.execPath, [program, 'up', '--home', home, '--port', '0', '--offline'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    });
    let said = '';
    const ended = once(child, 'exit');
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    for (;;) {
      const port = /answers on https:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (port) return new ServerProcess(child, home, Number(port));
      const [code] = await Promise.race([once(child.stdout, 'data').then(() => [undefined]), ended]);
      if (code !== undefined) throw new Error(`slipway up ended with ${code}: ${said}`);
    }
  }

  get ca(): string {
    return readFileSync(join(this.#home, 'certificates', 'ca.crt'), 'utf8');
  }

  proxyUrl(world = 'default'): string {
    return `http://${world}:${this.secret('proxy-token')}@127.0.0.1:${this.port}`;
  }

  secret(name: string): string {
    return readFileSync(join(this.#home, name), 'utf8').trim();
  }

  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Asks it to stop; resolves when it has. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
