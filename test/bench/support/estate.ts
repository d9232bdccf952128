import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { AUTOMATION_APP_ID, TENANT_ID } from '../../../src/entra/seed.ts';
import { Home } from '../../../src/server/home.ts';
import { SUBSCRIPTION_ID } from '../../../src/server/installation.ts';
import { type Answer, call, keepAlive } from './http.ts';
import type { Service } from './service.ts';

const GROUP = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/bench`;
const LIMIT_MS = 120_000;
const POLL_MS = 5;

/** ARM as an administrator, over kept connections. */
export class Estate {
  readonly #service: Service;
  readonly #token: string;
  readonly #agent = keepAlive(32);

  private constructor(service: Service, token: string) {
    this.#service = service;
    this.#token = token;
  }

  /** Signs in with the default service principal and makes the resource group. */
  static async open(service: Service): Promise<Estate> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: AUTOMATION_APP_ID,
      client_secret: new Home(service.home).secret('automation-secret'),
      scope: 'https://management.azure.com/.default',
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await call(`${service.url}/${TENANT_ID}/oauth2/v2.0/token`, { method: 'POST', headers, body: form.toString() });
    assert.equal(answer.status, 200, answer.body);
    const estate = new Estate(service, (JSON.parse(answer.body) as { access_token: string }).access_token);
    const group = await estate.arm('PUT', `${GROUP}?api-version=2024-11-01`, { location: 'eastus2' });
    assert.ok(group.status < 300, group.body);
    return estate;
  }

  arm(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' };
    return call(`${this.#service.url}${path}`, {
      method,
      headers,
      agent: this.#agent,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  clusterPath(name: string, action = ''): string {
    return `${GROUP}/providers/Microsoft.ContainerService/managedClusters/${name}${action}?api-version=2026-04-01`;
  }

  /** Sends the PUT of a cluster with one pool and returns once all of its nodes are Ready. */
  async createCluster(name: string, nodes: number): Promise<Cluster> {
    const pool = { name: 'nodepool1', count: nodes, vmSize: 'Standard_D4s_v5', mode: 'System', type: 'VirtualMachineScaleSets' };
    // A /24 of it goes to each node: the default /16 has enough for 256.
    const networkProfile = { networkPlugin: 'azure', networkPluginMode: 'overlay', podCidr: '100.64.0.0/10' };
    const properties = { dnsPrefix: name, agentPoolProfiles: [pool], networkProfile };
    const body = { location: 'eastus2', identity: { type: 'SystemAssigned' }, properties };
    const created = await this.arm('PUT', this.clusterPath(name), body);
    assert.ok(created.status < 300, created.body);
    await eventually(async () => {
      const { properties: state } = JSON.parse((await this.arm('GET', this.clusterPath(name))).body) as {
        properties: { provisioningState: string };
      };
      return state.provisioningState === 'Succeeded';
    });
    const cluster = await this.#connect(name);
    await eventually(async () => (await cluster.readyNodes()) === nodes);
    return cluster;
  }

  async #connect(name: string): Promise<Cluster> {
    const answer = await this.arm('POST', this.clusterPath(name, '/listClusterAdminCredential'));
    assert.equal(answer.status, 200, answer.body);
    const { kubeconfigs } = JSON.parse(answer.body) as { kubeconfigs: { value: string }[] };
    return new Cluster(Buffer.from(kubeconfigs[0]?.value ?? '', 'base64').toString());
  }
}

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string } }[];
}

/** One cluster's API server, reached with the administrator's client certificate. */
export class Cluster {
  readonly server: string;
  readonly cert: string;
  readonly key: string;
  readonly #agent: ReturnType<typeof keepAlive>;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(kubeconfig) as Kubeconfig; // what every kubeconfig has
    const decode = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
    this.server = clusters[0]?.cluster.server ?? '';
    const user = users[0]?.user;
    this.cert = decode(user?.['client-certificate-data']);
    this.key = decode(user?.['client-key-data']);
    this.#agent = keepAlive(32, { cert: this.cert, key: this.key });
  }

  call(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const headers = { 'content-type': contentType, accept: 'application/json' };
    return call(`${this.server}${path}`, {
      method,
      headers,
      agent: this.#agent,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async readyNodes(): Promise<number> {
    const { status, body } = await this.call('GET', '/api/v1/nodes');
    assert.equal(status, 200, body);
    const { items } = JSON.parse(body) as { items: { status?: { conditions?: { type: string; status: string }[] } }[] };
    return items.filter((node) => node.status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True')).length;
  }
}

async function eventually(condition: () => Promise<boolean>): Promise<void> {
  const limitMs = Date.now() + LIMIT_MS;
  while (!(await condition())) {
    if (Date.now() > limitMs) throw new Error(`not so after ${LIMIT_MS} ms`);
    await delay(POLL_MS);
  }
}
