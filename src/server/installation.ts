import { randomBytes, timingSafeEqual } from 'node:crypto';
import { seedSubscription } from '../arm/seed.ts';
import { type Certificates, openCertificates } from '../engines/certificates/certificates.ts';
import { startListener } from '../engines/listener/listener.ts';
import type { Listener, ListenerLog } from '../engines/listener/options.ts';
import { openJournal, type SqliteJournal } from '../engines/store-sqlite/journal.ts';
import {
  deleteWorld,
  forkWorldFile,
  listSaves,
  listWorlds,
  loadWorld,
  NoSuchWorld,
  saveWorld,
  worldFile,
} from '../engines/store-sqlite/worlds.ts';
import type { TokenKey } from '../entra/ports.ts';
import { ADMINISTRATOR_ID, AUTOMATION_ID, seedDirectory } from '../entra/seed.ts';
import type { HttpRequest, HttpResponse } from '../kernel/http.ts';
import { memoryJournal } from '../kernel/journal.ts';
import { World } from '../kernel/world.ts';
import { type Administered, adminDoor, UnknownWorld } from './admin.ts';
import { type AuditLevel, AuditLog } from './audit-log.ts';
import { ClientCertificates } from './client-certificates.ts';
import { ClusterDoors, type PortMemory } from './cluster-doors.ts';
import { DEFAULT_WORLD, Durability } from './durability.ts';
import { Estate, type EstatePorts, worldParts } from './estate.ts';
import type { Home } from './home.ts';
import { isOurs, serviceOfHost, serviceOfPath } from './hosts.ts';
import { clusterOfHost } from './kube-door.ts';
import { tooLarge } from './too-large.ts';

/** Id of the subscription that every world starts with: fixed, so that scripts written for one world fit every other. */
export const SUBSCRIPTION_ID = '51197a9e-0000-4a5a-8000-000000000002';

export interface InstallationOptions {
  readonly home: Home;
  readonly port: number | 'auto';
  /** Nothing is kept on disk but keys. */
  readonly ephemeral: boolean;
  /** Hosts that are not ours are refused instead of passed through. */
  readonly offline: boolean;
  /** Seed of a new default world; drawn from the host when absent. */
  readonly seed?: string;
  /** What the API servers' audit logs say of each request; absent: there are none. */
  readonly audit?: AuditLevel;
  readonly log: ListenerLog;
}

interface Living {
  readonly estate: Estate;
  readonly doors: ClusterDoors;
}

/** One process: its worlds, its port, its keys. */
export class Installation implements Administered {
  readonly home: Home;
  readonly certificates: Certificates;
  readonly ephemeral: boolean;
  readonly offline: boolean;
  readonly #log: ListenerLog;
  readonly #audit: AuditLog | undefined;
  readonly #parts = worldParts();
  readonly #living = new Map<string, Living>();
  readonly #durability = new Durability();
  readonly #clients: ClientCertificates;
  readonly #proxyToken: string;
  readonly #admin: (request: HttpRequest) => Promise<HttpResponse>;
  #listener: Listener | undefined;
  #tokenKey: TokenKey | undefined;
  #lastChange: Promise<unknown> = Promise.resolve();
  #changes = 0;
  #stopping = false;

  private constructor(options: InstallationOptions) {
    this.home = options.home;
    this.ephemeral = options.ephemeral;
    this.offline = options.offline;
    this.#log = options.log;
    this.#audit = options.audit && new AuditLog(options.home.audit, options.audit);
    this.certificates = openCertificates({ directory: options.home.certificates });
    this.#clients = new ClientCertificates(this.certificates, options.home.clients);
    this.#proxyToken = options.home.secret('proxy-token');
    this.#admin = adminDoor(this, options.home.secret('admin-token'));
  }

  /** Opens the default world and the port. Rejects when the port is taken or the world's file is unreadable. */
  static async start(options: InstallationOptions): Promise<Installation> {
    const installation = new Installation(options);
    installation.certificates.trustBundlePath();
    const key = installation.certificates.tokenKey('entra');
    installation.#listener = await startListener({
      port: options.port,
      handler: (request) => installation.#handle(request),
      secureContext: (host) => installation.#secureContext(host),
      isOurs,
      authorizeProxy: (caller) => installation.#mayProxy(caller.world, caller.token),
      offline: options.offline,
      durable: installation.#durability,
      tooLarge,
      log: options.log,
    });
    try {
      installation.#tokenKey = await key;
      await installation.#openAll(options.seed);
    } catch (error) {
      await installation.stop();
      throw error;
    }
    return installation;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  get worlds(): readonly string[] {
    return [...this.#living.keys()];
  }

  /** A living world. Throws UnknownWorld. */
  estate(name: string): Estate {
    const found = this.#living.get(name || DEFAULT_WORLD);
    if (!found) throw new UnknownWorld(`there is no world ${name}; there are: ${this.worlds.join(', ') || 'none'}`);
    return found.estate;
  }

  saves(): readonly string[] {
    return listSaves(this.home.folder).map(({ name }) => name);
  }

  /** URL of the proxy for clients that are to see a world, from the internet unless a vantage point is named. */
  proxyUrl(world: string): string {
    return `http://${world || DEFAULT_WORLD}:${this.#proxyToken}@127.0.0.1:${this.port}`;
  }

  /** The set of worlds changes one change after the other: two at once would open or delete one world's file twice. */
  #inTurn<T>(change: () => T | Promise<T>): Promise<T> {
    const turn = this.#lastChange.then(() => {
      if (this.#stopping) throw new Error('the service is stopping');
      return change();
    });
    this.#changes++;
    this.#lastChange = turn
      .catch(() => undefined)
      .finally(() => {
        this.#changes--;
      });
    return turn;
  }

  /** Forks a living world under a new name; both go on at once. */
  fork(from: string, name: string): Promise<Estate> {
    return this.#inTurn(() => this.#fork(from, name));
  }

  #fork(from: string, name: string): Estate {
    const parent = this.estate(from).world;
    if (this.#living.has(name)) throw new Error(`world ${name} exists`);
    const journal = this.ephemeral ? memoryJournal() : forkWorldFile(this.home.folder, parent.journal as SqliteJournal, name);
    return this.#adopt(parent.fork(name, journal, Date.now()));
  }

  /** Deletes a living world and its file. The default world is reset instead. */
  async delete(name: string): Promise<void> {
    if (name === DEFAULT_WORLD) throw new Error('the default world cannot be deleted; reset it instead');
    await this.#inTurn(() => this.#discard(name));
  }

  async #discard(name: string): Promise<void> {
    await this.#close(name);
    if (this.ephemeral) return;
    deleteWorld(this.home.folder, name);
    this.home.forgetClusterPorts(name);
  }

  /** Empties a world: a new one takes its place. */
  reset(name = DEFAULT_WORLD): Promise<Estate> {
    return this.#inTurn(async () => {
      await this.#discard(name);
      return this.#open(name);
    });
  }

  /** Keeps a copy of a living world on disk. Returns the revision that it holds. */
  save(world: string, save: string): Promise<number> {
    return this.#inTurn(() => {
      const { journal } = this.estate(world).world;
      if (this.ephemeral) throw new Error('an ephemeral service keeps nothing on disk');
      return saveWorld(this.home.folder, journal as SqliteJournal, save);
    });
  }

  /** Puts a saved world in the place of a living one. */
  load(save: string, world: string): Promise<Estate> {
    return this.#inTurn(() => this.#load(save, world));
  }

  async #load(save: string, world: string): Promise<Estate> {
    if (this.ephemeral) throw new Error('an ephemeral service keeps nothing on disk');
    if (!this.saves().includes(save))
      throw new NoSuchWorld(`there is no saved world ${save}; there are: ${this.saves().join(', ') || 'none'}`);
    const replaced = this.#living.has(world);
    if (replaced) await this.#close(world);
    try {
      loadWorld(this.home.folder, save, world);
    } catch (error) {
      // A save that cannot be read costs nobody the world that lives.
      if (replaced) await this.#open(world);
      throw error;
    }
    return this.#open(world);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#listener?.stop();
    await this.#lastChange;
    for (const name of this.worlds) await this.#close(name);
    this.#audit?.flush();
  }

  async #openAll(seed: string | undefined): Promise<void> {
    await this.#open(DEFAULT_WORLD, seed);
    if (this.ephemeral) return;
    for (const { name } of listWorlds(this.home.folder)) if (!this.#living.has(name)) await this.#open(name);
  }

  async #open(name: string, seed = randomBytes(16).toString('hex')): Promise<Estate> {
    const opened = this.ephemeral
      ? { journal: memoryJournal(), recovered: undefined }
      : await openJournal(worldFile(this.home.folder, name));
    const { recovered } = opened;
    const world = new World({
      name,
      seed,
      ...this.#parts,
      journal: opened.journal,
      hostNowMs: Date.now(),
      ...(recovered && { recovered }),
    });
    const automationSecret = this.home.secret('automation-secret');
    world.transact((tx) => {
      seedDirectory(tx, { automationSecret });
      seedSubscription(tx, { subscription: SUBSCRIPTION_ID, displayName: 'Slipway', owners: [ADMINISTRATOR_ID, AUTOMATION_ID] });
    });
    return this.#adopt(world);
  }

  #adopt(world: World): Estate {
    const estate = new Estate(world, this.#ports());
    const doors = new ClusterDoors(world, this.certificates, () => this.#listener, this.#portMemory(world.name));
    this.#living.set(world.name, { estate, doors });
    this.#durability.add(world.name, world.journal);
    return estate;
  }

  /** An ephemeral world's clusters are gone with the process: nobody comes back for their ports. */
  #portMemory(world: string): PortMemory {
    const failed = (scope: string, error: unknown) => this.#log.error({ err: error, world, cluster: scope }, 'no port for a cluster');
    if (this.ephemeral) return { recall: () => undefined, remember: () => {}, failed };
    return {
      failed,
      recall: (scope) => this.home.clusterPorts[`${world}/${scope}`],
      remember: (scope, port) => this.home.writeClusterPort(`${world}/${scope}`, port),
    };
  }

  async #close(name: string): Promise<void> {
    const living = this.#living.get(name);
    if (!living) throw new UnknownWorld(`there is no world ${name}`);
    this.#living.delete(name);
    this.#durability.remove(name);
    await living.doors.close();
    await living.estate.close();
  }

  #ports(): EstatePorts {
    if (!this.#tokenKey) throw new Error('worlds open after the keys');
    const audit = this.#audit;
    return {
      ...(audit && { audit: (event) => audit.write(event) }),
      certificates: this.certificates,
      clients: this.#clients,
      tokenKey: this.#tokenKey,
      autoConfirm: true,
      proxyUrl: (world) => this.proxyUrl(world),
      clusterPort: (world, scope) => this.#living.get(world)?.doors.port(scope),
    };
  }

  #handle(request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    if (!serviceOfHost(request.host)) {
      const service = serviceOfPath(request.path);
      if (service === 'admin') return this.#admin(request);
      if (service === 'health')
        return {
          status: this.#living.size ? 200 : 503,
          headers: { 'content-type': 'text/plain' },
          body: this.#living.size ? 'ok' : 'starting',
        };
    }
    const living = this.#living.get(request.world || DEFAULT_WORLD);
    return living ? living.estate.handle(request) : this.#handleAfterChanges(request);
  }

  /** A world that is just being replaced answers when the new one is there. */
  async #handleAfterChanges(request: HttpRequest): Promise<HttpResponse> {
    await this.#lastChange;
    const name = request.world || DEFAULT_WORLD;
    const living = this.#living.get(name);
    return (
      living?.estate.handle(request) ?? { status: 404, headers: { 'content-type': 'text/plain' }, body: `There is no world ${name}.\n` }
    );
  }

  #mayProxy(world: string, token: string | undefined): boolean {
    if (token === undefined) return true;
    const given = Buffer.from(token);
    const wanted = Buffer.from(this.#proxyToken);
    return (
      given.length === wanted.length && timingSafeEqual(given, wanted) && (this.#changes > 0 || this.#living.has(world || DEFAULT_WORLD))
    );
  }

  /** API servers show a certificate of their cluster's own authority, as the kubeconfig expects; everything else one of ours. */
  #secureContext(host: string) {
    if (serviceOfHost(host) !== 'kube') return this.certificates.secureContext(host);
    for (const { estate } of this.#living.values()) {
      const record = clusterOfHost(estate.world, host);
      if (record) return this.certificates.secureContext(host, record.scope);
    }
    return this.certificates.secureContext(host);
  }
}
