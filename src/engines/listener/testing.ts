import type { EventEmitter } from 'node:events';
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { type RequestOptions, request as sendHttps } from 'node:https';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { HttpRequest, HttpResponse } from '../../kernel/http.ts';
import { issueServer, type KeyAndCertificate, openAuthority } from '../certificates/authority.ts';
import { memoryVault } from '../certificates/vault.ts';
import { startListener } from './listener.ts';
import type { Listener, ListenerOptions } from './options.ts';

/** For tests: a listener on a free port with real sockets, and small clients for it. */

const authority = openAuthority(memoryVault(), 'ca.pem', { commonName: 'test authority' }, Date.now());
export const caPem = authority.certificatePem;
export const clientPair: KeyAndCertificate = issueServer(authority, ['client'], Date.now(), 3_600_000);

const contexts = new Map<string, SecureContext>();
function secureContext(host: string): SecureContext {
  const known = contexts.get(host);
  if (known !== undefined) return known;
  const names = host === 'localhost' ? ['localhost', '127.0.0.1'] : [host];
  const leaf = issueServer(authority, names, Date.now(), 3_600_000);
  const context = createSecureContext({ key: leaf.privateKeyPem, cert: leaf.certificatePem, sessionIdContext: 'test' });
  contexts.set(host, context);
  return context;
}

export interface Logged {
  readonly level: 'error' | 'debug';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface TestListener extends Listener {
  readonly log: readonly Logged[];
}

/** Answers with what it saw, as JSON. */
export const echo = (request: HttpRequest): HttpResponse => {
  const { signal: _, body, clientCertificate, ...plain } = request;
  const seen = { ...plain, bodyText: Buffer.from(body).toString(), certificateBytes: clientCertificate?.byteLength ?? 0 };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(seen) };
};

/** A listener on a free port, stopped after the test. Serves `management.azure.com` and `*.azmk8s.io`; the proxy's token is "t". */
export async function listen(t: { after(run: () => Promise<void>): void }, options: Partial<ListenerOptions> = {}): Promise<TestListener> {
  const log: Logged[] = [];
  const listener = await startListener({
    port: 0,
    handler: echo,
    secureContext,
    isOurs: (host) => host === 'management.azure.com' || host.endsWith('.azmk8s.io'),
    authorizeProxy: ({ token }) => token === undefined || token === 't',
    durable: { revision: () => Number.POSITIVE_INFINITY, whenDurable: () => undefined },
    tooLarge: (request) => ({
      status: 413,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ tooLarge: request.path }),
    }),
    log: {
      error: (fields, message) => void log.push({ level: 'error', message, fields }),
      debug: (fields, message) => void log.push({ level: 'debug', message, fields }),
    },
    ...options,
  });
  t.after(() => listener.stop({ graceMs: 0 }));
  return { ...listener, log };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** One HTTP/1.1 request over TLS. */
export async function get1(
  port: number,
  path: string,
  options: RequestOptions & { readonly body?: string | Buffer } = {},
): Promise<Answer> {
  const { body, ...rest } = options;
  const request = sendHttps({ host: '127.0.0.1', port, path, ca: caPem, ...rest });
  request.end(body);
  const [response] = await once(request, 'response');
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

/** An HTTP/2 session, over a given connection or a new one. */
export function open2(t: { after(run: () => void): void }, port: number, tls?: TLSSocket): ClientHttp2Session {
  const options = tls === undefined ? { ca: caPem } : { createConnection: () => tls };
  const session = connectHttp2(`https://localhost:${port}`, options);
  session.on('error', () => undefined);
  t.after(() => session.destroy());
  return session;
}

/** One HTTP/2 request. */
export async function get2(session: ClientHttp2Session, headers: Record<string, string>, body?: string | Buffer): Promise<Answer> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [fields]: [IncomingHttpHeaders] = await onceOf(stream, 'response');
  return { status: Number(fields[':status']), headers: fields, text: await text(stream) };
}

/** `once`, typed by the caller, who knows the event. */
export const onceOf = <Args extends unknown[]>(emitter: EventEmitter, event: string): Promise<Args> =>
  once(emitter, event) as Promise<Args>;

/** Sends raw bytes and returns all that comes back until the server closes. */
export async function exchangeRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return text(socket);
}

/** Asks the proxy for a tunnel; the socket when it was granted, with the status line either way. */
export async function tunnel(port: number, target: string, user?: string): Promise<{ readonly head: string; readonly socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  const credentials = user === undefined ? '' : `Proxy-Authorization: Basic ${Buffer.from(user).toString('base64')}\r\n`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`);
  const [head]: [Buffer] = await onceOf(socket, 'data');
  return { head: head.toString(), socket };
}

/** TLS to a host name inside a tunnel (or straight to a port). */
export async function startTls(socket: Socket, servername: string, alpn: 'h2' | 'http/1.1'): Promise<TLSSocket> {
  const tls = connectTls({ socket, servername, ca: caPem, ALPNProtocols: [alpn] });
  await once(tls, 'secureConnect');
  return tls;
}

/** A durable engine that confirms revisions when told to. */
export function manualDurability() {
  let durable = 0;
  let waiting: { readonly revision: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  return {
    port: {
      revision: () => durable,
      whenDurable: (_world: string, revision: number) =>
        revision <= durable ? undefined : new Promise<void>((resolve, reject) => waiting.push({ revision, resolve, reject })),
    },
    confirm(revision: number) {
      durable = revision;
      for (const { resolve } of waiting.filter((entry) => entry.revision <= revision)) resolve();
      waiting = waiting.filter((entry) => entry.revision > revision);
    },
    fail() {
      for (const { reject } of waiting) reject(new Error('disk full'));
      waiting = [];
    },
    get waitingCount() {
      return waiting.length;
    },
  };
}
