import assert from 'node:assert/strict';
import type { Agent } from 'node:https';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../../src/entra/seed.ts';
import { SUBSCRIPTION_ID } from '../../../src/server/installation.ts';
import { type Answer, type Json, send } from './http.ts';
import { Kube } from './kube.ts';
import type { Service } from './service.ts';

const API_VERSION = '2026-04-01';
const LIMIT_MS = 50_000;

export const subscription = `/subscriptions/${SUBSCRIPTION_ID}`;
export const groupPath = (group: string): string => `${subscription}/resourceGroups/${group}`;
export const clusterPath = (group: string, cluster: string): string =>
  `${groupPath(group)}/providers/Microsoft.ContainerService/managedClusters/${cluster}`;
export const poolPath = (group: string, cluster: string, pool: string): string => `${clusterPath(group, cluster)}/agentPools/${pool}`;

/** The least that a PUT of a cluster says. */
export const clusterBody = (properties: Json = {}, pool: Json = {}): Json => ({
  location: 'eastus2',
  identity: { type: 'SystemAssigned' },
  properties: {
    dnsPrefix: 'demo',
    agentPoolProfiles: [{ name: 'nodepool1', mode: 'System', count: 2, vmSize: 'Standard_D2s_v5', ...pool }],
    ...properties,
  },
});

export interface Token {
  readonly access_token: string;
}

/** Azure Resource Manager over real sockets, as a signed-in client. */
export class Arm {
  readonly #service: Service;
  readonly #world: string;
  readonly #agent: Agent;
  readonly #origin: string;
  readonly token: string;

  private constructor(service: Service, world: string, agent: Agent, origin: string, token: string) {
    this.#service = service;
    this.#world = world;
    this.#agent = agent;
    this.#origin = origin;
    this.token = token;
  }

  /** Signs in with the default service principal's secret, in one of the two ways that clients have. */
  static async login(service: Service, via: 'proxy' | 'endpoint' = 'proxy', world = 'default'): Promise<Arm> {
    const agent = via === 'proxy' ? service.proxied(world) : service.direct();
    const origin = via === 'proxy' ? 'https://management.azure.com' : service.origin;
    const authority = via === 'proxy' ? 'https://login.microsoftonline.com' : service.origin;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: AUTOMATION_APP_ID,
      client_secret: service.installation.home.secret('automation-secret'),
      scope: `${origin}/.default`,
    });
    const answer = await send(`${authority}/${TENANT_ID}/oauth2/v2.0/token`, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    assert.equal(answer.status, 200, answer.text);
    return new Arm(service, world, agent, origin, (answer.body as Token).access_token);
  }

  /** A request as it is; `path` may have a query, which then is all of it. */
  call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const url = path.startsWith('https:') ? path : `${this.#origin}${path}${path.includes('?') ? '' : `?api-version=${API_VERSION}`}`;
    const authorization = `Bearer ${this.token}`;
    return send(url, { agent: this.#agent, method, headers: { authorization, ...headers }, ...(body !== undefined && { body }) });
  }

  async get(path: string): Promise<Json> {
    return succeed(await this.call('GET', path));
  }

  /** Resources of a collection. */
  async list(path: string): Promise<Json[]> {
    return (await this.get(path)).value;
  }

  /** PUT, and the operation's end. Gives the answer to the PUT; fails when either fails. */
  async put(path: string, body: unknown): Promise<Json> {
    const answer = await this.call('PUT', path, body);
    const first = succeed(answer);
    await this.finish(answer);
    return first;
  }

  async delete(path: string): Promise<void> {
    const answer = await this.call('DELETE', path);
    succeed(answer);
    await this.finish(answer);
    assert.equal((await this.call('GET', path)).status, 404, `${path} is still there`);
  }

  async post(path: string, body?: unknown): Promise<Json> {
    return succeed(await this.call('POST', path, body));
  }

  /** Follows an operation to its end, as clients do, and returns how it ended. Nothing to follow is a success. */
  async end(answer: Answer): Promise<Json> {
    const url = answer.headers['azure-asyncoperation'] ?? answer.headers['location'];
    if (typeof url !== 'string') return { status: 'Succeeded' };
    for (const limitMs = performance.now() + LIMIT_MS; performance.now() < limitMs; ) {
      await this.settled();
      const poll = await this.call('GET', url);
      if (poll.status === 204 || (poll.status === 200 && !poll.body?.status)) return { status: 'Succeeded' };
      if (poll.status === 200 && poll.body.status !== 'InProgress') return poll.body;
      assert.ok(poll.status === 200 || poll.status === 202, poll.text);
    }
    throw new Error(`${url} did not end; failures: ${this.#service.failures(this.#world).join('\n')}`);
  }

  async finish(answer: Answer): Promise<void> {
    assert.deepEqual((await this.end(answer)).status, 'Succeeded');
  }

  /** Lets the world's controllers come to rest. */
  settled(): Promise<void> {
    return this.#service.estate(this.#world).driver.settled();
  }

  async createGroup(name = 'rg'): Promise<void> {
    await this.put(groupPath(name), { location: 'eastus2' });
  }

  /** Group and cluster, all of it ready. Returns the body of the 201. */
  async createCluster(group = 'rg', cluster = 'demo', body: Json = clusterBody()): Promise<Json> {
    await this.createGroup(group);
    return this.put(clusterPath(group, cluster), body);
  }

  /** The cluster's API server with the administrator's credentials, reached as its kubeconfig says. */
  async kube(group = 'rg', cluster = 'demo'): Promise<Kube> {
    return new Kube(await this.kubeconfig(group, cluster));
  }

  async kubeconfig(group = 'rg', cluster = 'demo'): Promise<string> {
    const { kubeconfigs } = await this.post(`${clusterPath(group, cluster)}/listClusterAdminCredential`);
    return Buffer.from(kubeconfigs[0].value, 'base64').toString();
  }
}

function succeed(answer: Answer): Json {
  assert.ok(answer.status < 300, `${answer.status}: ${answer.text}`);
  return answer.body;
}
