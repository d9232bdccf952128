import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Estate } from '../../../src/server/estate.ts';
import { Home } from '../../../src/server/home.ts';
import { Installation } from '../../../src/server/installation.ts';
import { ProxyAgent } from './http.ts';

export interface ServiceOptions {
  /** Keeps its world on disk. Default: nothing but keys. */
  readonly durable?: boolean;
  /** Folder to start in; a new one that goes with the test when absent. */
  readonly folder?: string;
  readonly seed?: string;
}

/** What the process logged as an error: a bug of the product, unless a test provokes it. */
export interface LoggedError {
  readonly message: string;
  readonly fields: object;
}

/** A whole installation inside the test's process, on a free port, in a home of its own. */
export class Service {
  readonly folder: string;
  readonly installation: Installation;
  readonly errors: readonly LoggedError[];
  /** PEM of the authority that every client has to trust. */
  readonly ca: string;
  readonly #agents: Agent[] = [];

  private constructor(folder: string, installation: Installation, errors: readonly LoggedError[]) {
    this.folder = folder;
    this.installation = installation;
    this.errors = errors;
    this.ca = installation.certificates.authorityPem;
  }

  /** Starts; stops with the test, which fails when a controller or the listener failed meanwhile. */
  static async start(t: Pick<TestContext, 'after'>, options: ServiceOptions = {}): Promise<Service> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'slipway-scenario-'));
    const errors: LoggedError[] = [];
    const installation = await Installation.start({
      home: new Home(folder),
      port: 0,
      ephemeral: !options.durable,
      offline: true,
      seed: options.seed ?? 'scenarios',
      log: { error: (fields, message) => void errors.push({ message, fields }), debug: () => undefined },
    });
    const service = new Service(folder, installation, errors);
    t.after(async () => {
      await service.stop();
      if (!options.folder) rmSync(folder, { recursive: true, force: true });
    });
    return service;
  }

  get origin(): string {
    return `https://localhost:${this.installation.port}`;
  }

  estate(world = 'default'): Estate {
    return this.installation.estate(world);
  }

  /** Connections that reach us as the endpoint (`https://localhost:<port>`). They end with the service. */
  direct(): Agent {
    return this.#keep(new Agent({ keepAlive: true, ca: this.ca }));
  }

  /** Connections through our proxy, as a client with `HTTPS_PROXY` makes them. `extra` is for clusters' own authorities and keys. */
  proxied(world = 'default', extra: { readonly ca?: string; readonly cert?: string; readonly key?: string } = {}): Agent {
    return this.#keep(new ProxyAgent(this.installation.proxyUrl(world), { ca: this.ca, ...extra }));
  }

  #keep(agent: Agent): Agent {
    this.#agents.push(agent);
    return agent;
  }

  /** Controllers that failed, with what they said. Empty when all is well. */
  failures(world = 'default'): string[] {
    return [...this.estate(world).world.stats].flatMap(([name, { lastError }]) => (lastError ? [`${name}: ${lastError}`] : []));
  }

  #stopped = false;
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const agent of this.#agents) agent.destroy();
    await this.installation.stop();
  }
}
