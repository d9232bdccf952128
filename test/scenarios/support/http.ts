import { once } from 'node:events';
import { Agent, type AgentOptions, type RequestOptions, request } from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The body as JSON; undefined when there is none. What it holds is for the caller to know. */
  readonly body: Json;
}
/** Parsed JSON that a test looks into freely: every member may be anything, and a wrong guess fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: answers are checked by assertions, not by types
export type Json = any;

export interface Call extends Omit<RequestOptions, 'agent'> {
  readonly agent: Agent;
  readonly body?: unknown;
}

/** One request over TLS. A body that is neither text nor bytes goes as JSON. Rejects when the connection ends without an answer. */
export async function send(url: string, { body, headers, ...options }: Call): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const bytes = body === undefined ? undefined : Buffer.from(isRaw ? (body as string) : JSON.stringify(body));
  const outgoing = request(url, {
    ...options,
    headers: {
      ...(bytes && { 'content-type': 'application/json', 'content-length': String(bytes.byteLength) }),
      ...(headers as Record<string, string>),
    },
  });
  outgoing.end(bytes);
  const [incoming] = await once(outgoing, 'response');
  const text = (await buffer(incoming)).toString();
  return { status: incoming.statusCode, headers: incoming.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Connections that go through a `CONNECT` proxy, whose URL carries user name and password, as clients make them. */
export class ProxyAgent extends Agent {
  readonly #proxy: URL;

  constructor(proxyUrl: string, options: AgentOptions) {
    super({ keepAlive: true, ...options });
    this.#proxy = new URL(proxyUrl);
  }

  override createConnection(options: AgentOptions, done?: (error: Error | null, stream: Duplex) => void): undefined {
    this.#connect(options).then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error, undefined as never), // an error comes without a stream
    );
  }

  async #connect(
    options: AgentOptions & { host?: string | undefined; port?: number | string | undefined; servername?: string | undefined },
  ): Promise<Duplex> {
    const plain = connect(Number(this.#proxy.port), this.#proxy.hostname);
    const user = Buffer.from(`${this.#proxy.username}:${this.#proxy.password}`).toString('base64');
    plain.write(`CONNECT ${options.host}:${options.port} HTTP/1.1\r\nhost: ${options.host}\r\nproxy-authorization: Basic ${user}\r\n\r\n`);
    const status = await statusLine(plain);
    if (!status.includes(' 200 ')) throw new Error(`the proxy answered: ${status}`);
    const socket = connectTls({ ...this.options, ...options, socket: plain, servername: options.servername || options.host });
    await untilOrClosed(socket, 'secureConnect');
    return socket;
  }
}

/** The event's arguments; rejects when the connection closes before it comes. */
function untilOrClosed(socket: Duplex, event: string): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const closed = (): void => reject(new Error(`the connection closed before ${event}`));
    socket.once('close', closed);
    socket.once('error', reject);
    socket.once(event, (...args: unknown[]) => {
      socket.off('close', closed);
      socket.off('error', reject);
      resolve(args);
    });
  });
}

async function statusLine(socket: Socket): Promise<string> {
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = await untilOrClosed(socket, 'data');
    head += chunk;
  }
  socket.pause();
  return head.slice(0, head.indexOf('\r\n'));
}
