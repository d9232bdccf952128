import { validateHeaderValue } from 'node:http';
import { constants, type IncomingHttpHeaders, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Headers } from '../../kernel/http.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import type { Core } from './options.ts';
import type { Reply } from './reply.ts';

/** Header fields that HTTP/2 forbids (RFC 9113 §8.2.2). */
const connectionHeaders = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];

function outgoing(status: number, headers: Headers): Record<string, string | number> {
  const fields: Record<string, string | number> = { ':status': status, ...headers };
  for (const name in headers) validateHeaderValue(name, headers[name] ?? ''); // Node checks HTTP/1.1 values only
  for (const name of connectionHeaders) if (name in fields) delete fields[name];
  return fields;
}

class Http2Reply implements Reply {
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
  }

  get isClosed(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  get hasStarted(): boolean {
    return this.#stream.headersSent;
  }

  send(status: number, headers: Headers, body: Uint8Array | string | undefined): void {
    const isEmpty = body === undefined || body.length === 0;
    this.#stream.respond(outgoing(status, headers), { endStream: isEmpty });
    if (!isEmpty) this.#stream.end(body);
  }

  open(status: number, headers: Headers): ServerHttp2Stream {
    this.#stream.respond(outgoing(status, headers));
    return this.#stream;
  }

  /** Not by writableFinished: the stream may close before Node has heard that its last bytes were written. */
  onClose(listener: (isComplete: boolean) => void): void {
    const stream = this.#stream;
    stream.once('close', () => listener(stream.rstCode === constants.NGHTTP2_NO_ERROR && stream.headersSent && stream.writableEnded));
  }

  /** Not by close(): it ends the stream before it resets it, and the client would take the answer for complete. */
  cut(): void {
    this.#stream.destroy(new Error('cut off'));
  }
}

/** The fields of a request; the pseudo-header fields are told apart by their colon. */
function fieldsOf(headers: IncomingHttpHeaders): Headers {
  const fields: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && name.charCodeAt(0) !== 58) fields[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return fields;
}

function onStream(core: Core, connection: Connection, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
  stream.on('error', () => undefined); // a reset by the client; 'close' follows and is heard
  const method = headers[':method'] ?? 'GET';
  const target = headers[':path'];
  if (target === undefined || method === 'CONNECT') return stream.close(constants.NGHTTP2_REFUSED_STREAM);
  if (headers.expect === '100-continue') stream.additionalHeaders({ ':status': 100 });
  const authority = headers[':authority'] ?? headers.host;
  const body = stream.endAfterHeaders ? undefined : stream;
  exchange(core, connection, { method, target, authority, headers: fieldsOf(headers), body }, new Http2Reply(stream));
}

/** Closes the connection that was idle for longest when there are too many; `idle` is in the order in which they became so. */
function rest(session: ServerHttp2Session, idle: Set<ServerHttp2Session>, limit: number): void {
  if (session.closed || session.destroyed) return;
  idle.add(session);
  const [oldest] = idle;
  if (idle.size <= limit || oldest === undefined) return;
  idle.delete(oldest);
  oldest.close();
}

/**
 * Serves one HTTP/2 connection, among those in `idle` while it has nothing to do. The stream API costs a third less per request than
 * Node's compatibility API.
 */
export function acceptHttp2(core: Core, socket: TLSSocket, connection: Connection, idle: Set<ServerHttp2Session>): ServerHttp2Session {
  const { streamsPerConnection, sessionMemoryMb, sessionIdleMs, headerBytes } = core.limits;
  const session = performServerHandshake(socket, {
    maxSessionMemory: sessionMemoryMb,
    settings: { maxConcurrentStreams: streamsPerConnection, maxHeaderListSize: headerBytes },
  });
  // The session waits for this event, which Node emits by itself only for clients and for its own TLS server.
  if (socket.listenerCount('secureConnect') > 0) socket.emit('secureConnect');
  let openStreams = 0;
  session.on('stream', (stream, headers) => {
    openStreams++;
    idle.delete(session);
    stream.once('close', () => {
      openStreams--;
      if (openStreams === 0) rest(session, idle, core.limits.idleSessions);
    });
    onStream(core, connection, stream, headers);
  });
  session.once('close', () => idle.delete(session));
  session.on('error', (error) => core.log.debug({ err: error }, 'HTTP/2 connection failed'));
  session.setTimeout(sessionIdleMs, () => {
    if (openStreams === 0) session.close();
  });
  return session;
}
