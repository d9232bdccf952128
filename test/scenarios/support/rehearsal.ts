import assert from 'node:assert/strict';
import { seedSubscription } from '../../../src/arm/seed.ts';
import { type Certificates, openCertificates } from '../../../src/engines/certificates/certificates.ts';
import { AUTOMATION_APP_ID, AUTOMATION_ID, seedDirectory, TENANT_ID } from '../../../src/entra/seed.ts';
import { memoryJournal } from '../../../src/kernel/journal.ts';
import { World } from '../../../src/kernel/world.ts';
import { CLUSTERS, type ClusterRecord } from '../../../src/kube/clusters.ts';
import { ClientCertificates } from '../../../src/server/client-certificates.ts';
import { Estate, worldParts } from '../../../src/server/estate.ts';
import { SUBSCRIPTION_ID } from '../../../src/server/installation.ts';
import type { Json } from './http.ts';

/** Host time at which every rehearsal starts: a Saturday. */
const START_MS = Date.UTC(2026, 10, 21, 8);
const SECRET = 'a secret of the tests alone';
const certificates = openCertificates();
const parts = worldParts();

export interface Reply {
  readonly status: number;
  readonly body: Json;
}

/**
 * A world behind its real doors without sockets, drivers or a moving clock: the same seed and calls give the same world, down to
 * its digest. What an engine of the host would answer (a cluster's authority) is answered alike every time.
 */
export class Rehearsal {
  #world: World;
  #estate: Estate;
  readonly #admins = new Map<string, Uint8Array>();
  #token = '';

  private constructor(world: World, estate: Estate) {
    this.#world = world;
    this.#estate = estate;
  }

  get world(): World {
    return this.#world;
  }

  static async start(seed: string): Promise<Rehearsal> {
    const world = new World({ name: 'rehearsal', seed, ...parts, journal: memoryJournal(), hostNowMs: START_MS });
    world.transact((tx) => {
      seedDirectory(tx, { automationSecret: SECRET });
      seedSubscription(tx, { subscription: SUBSCRIPTION_ID, displayName: 'rehearsal', owners: [AUTOMATION_ID] });
    });
    world.setRate(0, START_MS);
    const rehearsal = new Rehearsal(world, await estateOf(world));
    await rehearsal.#signIn();
    return rehearsal;
  }

  async #signIn(): Promise<void> {
    const form = { grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, client_secret: SECRET };
    const body = new URLSearchParams({ ...form, scope: 'https://management.azure.com/.default' }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, body: answer } = await this.#send(
      'login.microsoftonline.com',
      'POST',
      `/${TENANT_ID}/oauth2/v2.0/token`,
      body,
      headers,
    );
    assert.equal(status, 200, JSON.stringify(answer));
    this.#token = answer.access_token;
  }

  /**
   * The process ends in the middle of its work, so many reconciles after the last request, and a new one goes on with what was
   * committed until then.
   */
  async #crash(reconciles: number): Promise<void> {
    this.#world.settle(reconciles);
    const { store, nowMs, name, seed } = this.#world;
    const recovered = { revision: store.revision, atMs: nowMs, entries: [...store.entries()] };
    this.#world = new World({ name, seed, ...parts, journal: memoryJournal(), hostNowMs: START_MS, recovered });
    this.#estate = await estateOf(this.#world);
  }

  /** A request to ARM, and all that follows from it at this instant. */
  async arm(method: string, path: string, body?: unknown): Promise<Reply> {
    const target = path.includes('?') ? path : `${path}?api-version=2026-04-01`;
    const reply = await this.#send('management.azure.com', method, target, body, { authorization: `Bearer ${this.#token}` });
    await this.#follow();
    return reply;
  }

  /** A request to a cluster's API server as its administrator, and all that follows from it at this instant. */
  async kube(cluster: ClusterRecord, method: string, path: string, body?: unknown, type?: string): Promise<Reply> {
    const reply = await this.#send(cluster.fqdn, method, path, body, type ? { 'content-type': type } : {}, this.#admin(cluster.scope));
    await this.#follow();
    return reply;
  }

  /** Set: so many reconciles after the next request the process ends. */
  crashAfter: number | undefined;

  async #follow(): Promise<void> {
    const reconciles = this.crashAfter;
    this.crashAfter = undefined;
    if (reconciles !== undefined) await this.#crash(reconciles);
    this.settle();
  }

  get clusters(): readonly ClusterRecord[] {
    return this.world.reader.list<ClusterRecord>(CLUSTERS).map(({ value }) => value);
  }

  /** Lets controllers come to rest, answering what they ask of the host. */
  settle(): void {
    do assert.ok(this.world.settle(100_000), 'the controllers do not come to rest');
    while (this.#answerAuthorities());
  }

  /** Lets so much world time pass with all that happens in it. Returns how many reconciles that took. */
  pass(ms: number): number {
    const before = this.#reconciles();
    assert.ok(this.world.advanceTo(this.world.nowMs + ms, 1_000_000), 'too much happens');
    this.settle();
    return this.#reconciles() - before;
  }

  /** Controllers that failed, with what they said. */
  failures(): string[] {
    return [...this.world.stats].flatMap(([name, { lastError }]) => (lastError ? [`${name}: ${lastError}`] : []));
  }

  #reconciles(): number {
    return [...this.world.stats.values()].reduce((sum, { reconciles }) => sum + reconciles, 0);
  }

  #answerAuthorities(): boolean {
    const asking = this.clusters.filter(({ caCertificate }) => !caCertificate);
    for (const record of asking)
      this.world.transact((tx) => tx.put(CLUSTERS, record.scope, { ...record, caCertificate: `authority of ${record.scope}` }));
    return asking.length > 0;
  }

  #admin(scope: string): Uint8Array {
    const known = this.#admins.get(scope) ?? clientCertificate(certificates, scope);
    this.#admins.set(scope, known);
    return known;
  }

  async #send(
    host: string,
    method: string,
    target: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
    certificate?: Uint8Array,
  ): Promise<Reply> {
    const [path = '', search = ''] = target.split('?');
    const bytes = body === undefined ? new Uint8Array() : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const response = await this.#estate.handle({
      method,
      origin: `https://${host}`,
      host,
      path,
      search,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: bytes,
      via: 'proxy',
      world: '',
      vantage: '',
      ...(certificate && { clientCertificate: certificate }),
      signal: AbortSignal.timeout(60_000),
    });
    assert.notEqual(typeof response.body, 'function', 'a rehearsal does not watch');
    const text = Buffer.from(response.body as string).toString(); // asserted above
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }
}

/** A world's doors, without the driver that would let it live by itself. */
async function estateOf(world: World): Promise<Estate> {
  const tokenKey = await certificates.tokenKey('entra');
  const estate = new Estate(world, {
    certificates,
    clients: new ClientCertificates(certificates),
    tokenKey,
    autoConfirm: false,
    proxyUrl: () => '',
    clusterPort: () => undefined,
  });
  estate.driver.stop();
  return estate;
}

function clientCertificate(from: Certificates, clusterId: string): Uint8Array {
  from.clusterCa(clusterId);
  const { certificatePem } = from.issueClientCertificate({
    clusterId,
    commonName: 'masterclient',
    organizations: ['system:masters'],
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  return Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}
