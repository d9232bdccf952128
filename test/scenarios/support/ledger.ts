import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { parse } from 'yaml';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../../src/entra/seed.ts';
import { clusterBody, clusterPath, groupPath, poolPath } from './arm.ts';
import { type Answer, type Json, ProxyAgent, send } from './http.ts';
import type { ServerProcess } from './process.ts';

const ADDRESSES = `${groupPath('rg')}/providers/Microsoft.Network/publicIPAddresses`;
const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const labels = { app: 'web' };
/** Of no replicas, so that controllers write after every client without the world growing too fast to be started fifty times. */
const deploymentSpec = {
  replicas: 0,
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'nginx' }] } },
};
const END_LIMIT_MS = 50_000;
const ARM_WRITERS = 3;
const KUBE_WRITERS = 4;

/**
 * What a server that is killed again and again has acknowledged to one client, over all of its lives: the client writes it down here
 * and asks the next life for it. Credentials are those of the first life.
 */
export class Ledger {
  /** Names of resources and paths of objects whose creation was acknowledged. */
  readonly resources = new Set<string>();
  readonly objects = new Set<string>();
  /** Watches that went on where the killed life ended, operations that were followed to their end. */
  resumed = 0;
  operations = 0;
  readonly #open: string[] = [];
  readonly #versions = new Set<number>();
  #written = 0;
  #enough: { readonly count: number; readonly resolve: () => void } | undefined;
  #highest = 0;
  #next = 0;
  #token = '';
  #kubeconfig: Json;
  #arm: ProxyAgent | undefined;
  #kube: ProxyAgent | undefined;

  /** Turns to a new life of the server; in its first, signs in and creates the cluster. */
  async connect(server: ServerProcess): Promise<void> {
    this.#arm = new ProxyAgent(server.proxyUrl(), { ca: server.ca, maxSockets: ARM_WRITERS });
    if (!this.#token) await this.#signIn(server);
    const { clusters, users } = this.#kubeconfig;
    const decode = (text: string): string => Buffer.from(text, 'base64').toString();
    const { user } = users[0];
    this.#kube = new ProxyAgent(server.proxyUrl(), {
      ca: decode(clusters[0].cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
      maxSockets: KUBE_WRITERS,
    });
  }

  disconnect(): void {
    this.#arm?.destroy();
    this.#kube?.destroy();
  }

  async #signIn(server: ServerProcess): Promise<void> {
    const form = { grant_type: 'client_credentials', client_id: AUTOMATION_APP_ID, client_secret: server.secret('automation-secret') };
    const answer = await send(`https://login.microsoftonline.com/${TENANT_ID}/oauth2/v2.0/token`, {
      agent: this.#armAgent,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, scope: 'https://management.azure.com/.default' }).toString(),
    });
    this.#token = answer.body.access_token;
    await this.#azure('PUT', groupPath('rg'), { location: 'eastus2' });
    const user = { name: 'user1', mode: 'User', count: 0, vmSize: 'Standard_D2s_v5' };
    const body = clusterBody();
    body.properties.agentPoolProfiles = [{ ...body.properties.agentPoolProfiles[0], count: 1 }, user];
    await this.#end(await this.#azure('PUT', clusterPath('rg', 'demo'), body));
    const { body: credentials } = await this.#azure('POST', `${clusterPath('rg', 'demo')}/listClusterAdminCredential`);
    this.#kubeconfig = parse(Buffer.from(credentials.kubeconfigs[0].value, 'base64').toString());
  }

  get #armAgent(): ProxyAgent {
    assert.ok(this.#arm);
    return this.#arm;
  }

  #azure(method: string, path: string, body?: unknown): Promise<Answer> {
    const url = path.startsWith('https:') ? path : `https://management.azure.com${path}?api-version=2024-07-01`;
    return send(url, {
      agent: this.#armAgent,
      method,
      headers: { authorization: `Bearer ${this.#token}` },
      ...(body !== undefined && { body }),
    });
  }

  #kubernetes(method: string, path: string, body?: unknown): Promise<Answer> {
    assert.ok(this.#kube);
    const url = `${this.#kubeconfig.clusters[0].cluster.server}${path}`;
    return send(url, { agent: this.#kube, method, headers: { accept: 'application/json' }, ...(body !== undefined && { body }) });
  }

  /** Writes as fast as it is answered, until the server is gone. */
  async storm(): Promise<void> {
    const writers = [
      ...Array.from({ length: ARM_WRITERS - 1 }, () => () => this.#createAddress()),
      () => this.#scalePool(),
      ...Array.from({ length: KUBE_WRITERS - 1 }, () => () => this.#createObject(MAPS, {})),
      () => this.#createObject(DEPLOYMENTS, { spec: deploymentSpec }),
    ];
    await Promise.all(writers.map((write) => untilGone(write)));
    this.#enough?.resolve();
  }

  /** Resolves when this life's storm had so many writes acknowledged, or is over. */
  written(count: number): Promise<void> {
    this.#written = 0;
    return new Promise((resolve) => {
      this.#enough = { count, resolve };
      this.#count(0);
    });
  }

  #count(more = 1): void {
    this.#written += more;
    if (this.#enough && this.#written >= this.#enough.count) this.#enough.resolve();
  }

  async #createAddress(): Promise<void> {
    const name = `ip-${this.#next++}`;
    const answer = await this.#azure('PUT', `${ADDRESSES}/${name}`, { location: 'eastus2', sku: { name: 'Standard' } });
    assert.equal(answer.status, 201, answer.text);
    this.resources.add(name);
    this.#count();
    this.#follow(answer);
  }

  async #scalePool(): Promise<void> {
    const answer = await this.#azure('PUT', poolPath('rg', 'demo', 'user1'), { properties: { count: this.#next % 2 } });
    // 409: the last scaling still runs.
    assert.ok([200, 409].includes(answer.status), answer.text);
    if (answer.status !== 200) return;
    this.#follow(answer);
    this.#count();
  }

  async #createObject(path: string, more: Json): Promise<void> {
    const name = `object-${this.#next++}`;
    const answer = await this.#kubernetes('POST', path, { metadata: { name }, ...more });
    assert.equal(answer.status, 201, answer.text);
    const version = Number(answer.body.metadata.resourceVersion);
    this.#remember(`${path}/${name}`, version);
    this.#count();
  }

  #remember(path: string, version: number): void {
    assert.ok(!this.#versions.has(version), `resourceVersion ${version} came twice`);
    this.#versions.add(version);
    this.objects.add(path);
    this.#seen(version);
  }

  #seen(version: number): void {
    this.#highest = Math.max(this.#highest, version);
  }

  #follow(answer: Answer): void {
    const url = answer.headers['azure-asyncoperation'];
    if (typeof url === 'string') this.#open.push(url);
  }

  /** Holds this life of the server to all that its predecessors acknowledged. */
  async check(): Promise<void> {
    const before = this.#highest;
    await this.#resumeWatch(before);
    for (const path of [MAPS, DEPLOYMENTS]) {
      const { status, text, body } = await this.#kubernetes('GET', path);
      assert.equal(status, 200, text);
      assert.ok(Number(body.metadata.resourceVersion) >= before, `the store went back from ${before} to ${body.metadata.resourceVersion}`);
      const found = new Set(body.items.map(({ metadata }: Json) => `${path}/${metadata.name}`));
      for (const name of this.objects.keys())
        if (name.startsWith(`${path}/`)) assert.ok(found.has(name), `${name} was acknowledged and is lost`);
      this.#seen(Number(body.metadata.resourceVersion));
    }
    for (const url of this.#open.splice(0)) {
      const ended = await this.#poll(url);
      assert.equal(ended.status, 'Succeeded', JSON.stringify(ended));
      this.operations++;
    }
    const { body } = await this.#azure('GET', ADDRESSES);
    const found = new Map<string, Json>(body.value.map((item: Json) => [item.name, item]));
    for (const name of this.resources) assert.ok(found.has(name), `${name} was acknowledged and is lost`);
    // Whole: what is there at all has its state and its address, acknowledged or not.
    for (const { name, properties } of found.values()) {
      assert.equal(properties.provisioningState, 'Succeeded', name);
      assert.ok(properties.ipAddress, `${name} has no address`);
    }
    const addresses = [...found.values()].map(({ properties }) => properties.ipAddress);
    assert.equal(new Set(addresses).size, addresses.length, 'an address was given twice');
  }

  async #end(answer: Answer): Promise<void> {
    assert.ok(answer.status < 300, answer.text);
    assert.equal((await this.#poll(String(answer.headers['azure-asyncoperation']))).status, 'Succeeded');
  }

  async #poll(url: string): Promise<Json> {
    for (const limitMs = performance.now() + END_LIMIT_MS; performance.now() < limitMs; ) {
      const { status, text, body } = await this.#azure('GET', url);
      assert.equal(status, 200, text);
      if (body.status !== 'InProgress') return body;
    }
    throw new Error(`${url} never ended`);
  }

  /** Watches from what the killed life showed last: either all that was acknowledged later comes, or 410 says to list anew. */
  async #resumeWatch(from: number): Promise<void> {
    assert.ok(this.#kube);
    const url = `${this.#kubeconfig.clusters[0].cluster.server}${MAPS}?watch=1&resourceVersion=${from}&allowWatchBookmarks=true&timeoutSeconds=60`;
    const outgoing = request(url, { agent: this.#kube, headers: { accept: 'application/json' } });
    outgoing.end();
    const [incoming] = await once(outgoing, 'response');
    if (incoming.statusCode === 410) {
      incoming.resume();
      this.resumed++;
      return;
    }
    assert.equal(incoming.statusCode, 200);
    // Something new must come: without it an empty watch looks like a working one.
    const name = `object-${this.#next++}`;
    const created = this.#kubernetes('POST', MAPS, { metadata: { name } });
    let said = '';
    for await (const chunk of incoming.setEncoding('utf8')) {
      said += chunk;
      const events = said
        .slice(0, said.lastIndexOf('\n'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const error = events.find(({ type }: Json) => type === 'ERROR');
      if (error) {
        assert.equal(error.object.code, 410, said);
        break;
      }
      if (events.some(({ object }: Json) => object.metadata?.name === name)) break;
    }
    assert.ok(said.includes(name) || said.includes('"code":410'), `a watch from ${from} showed nothing`);
    const { body } = await created;
    this.#remember(`${MAPS}/${name}`, Number(body.metadata.resourceVersion));
    this.resumed++;
  }
}

/** Repeats until the connection is gone: that is the kill. A wrong answer is a failure. */
async function untilGone(write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write();
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}
