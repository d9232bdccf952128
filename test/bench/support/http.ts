import { Agent, request } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
}
export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

/** Connections that stay open, as a client library keeps them. `identity` is a client certificate with its key, as PEM. */
export const keepAlive = (connections: number, identity: { readonly cert?: string; readonly key?: string } = {}): Agent =>
  new Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false, ...identity });

/** One call over TLS. The certificate is not checked: that is the client's cost, and not what is measured. */
export function call(url: string, { method = 'GET', headers = {}, body, agent }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...headers, ...length }, rejectUnauthorized: false, ...(agent && { agent }) };
    const outgoing = request(url, options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
