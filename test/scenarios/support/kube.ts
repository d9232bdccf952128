import assert from 'node:assert/strict';
import { Agent } from 'node:https';
import { parse } from 'yaml';
import { type Answer, type Json, ProxyAgent, send } from './http.ts';

const decode = (text: string): string => Buffer.from(text, 'base64').toString();

/** One cluster's API server over real TLS, in the way that a kubeconfig names: through its proxy, or by a loopback port. */
export class Kube {
  readonly #server: string;
  readonly #agent: Agent;

  constructor(kubeconfig: string) {
    const { clusters, users } = parse(kubeconfig);
    const cluster = clusters[0].cluster;
    const user = users[0].user;
    const options = {
      keepAlive: true,
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
      ...(cluster['tls-server-name'] && { servername: cluster['tls-server-name'] }),
    };
    this.#server = cluster.server;
    this.#agent = cluster['proxy-url'] ? new ProxyAgent(cluster['proxy-url'], options) : new Agent(options);
  }

  call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return send(`${this.#server}${path}`, {
      agent: this.#agent,
      method,
      headers: { accept: 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
  }

  async get(path: string): Promise<Json> {
    const answer = await this.call('GET', path);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  }

  async create(path: string, body: unknown): Promise<Json> {
    const answer = await this.call('POST', path, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  async delete(path: string): Promise<void> {
    const answer = await this.call('DELETE', path);
    assert.ok(answer.status < 300, answer.text);
  }

  async patch(path: string, body: unknown, type = 'application/merge-patch+json'): Promise<Json> {
    const answer = await this.call('PATCH', path, body, { 'content-type': type });
    assert.ok(answer.status < 300, answer.text);
    return answer.body;
  }

  close(): void {
    this.#agent.destroy();
  }
}
