import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Headers } from '../../kernel/http.ts';
import { connectionOf } from './connection.ts';
import { exchange } from './exchange.ts';
import type { Core } from './options.ts';
import type { Reply } from './reply.ts';

export class Http1Reply implements Reply {
  readonly #core: Core;
  readonly #response: ServerResponse;

  constructor(core: Core, response: ServerResponse) {
    this.#core = core;
    this.#response = response;
  }

  get isClosed(): boolean {
    return this.#response.destroyed || this.#response.closed;
  }

  get hasStarted(): boolean {
    return this.#response.headersSent;
  }

  send(status: number, headers: Headers, body: Uint8Array | string | undefined): void {
    this.#writeHead(status, headers);
    this.#response.end(body);
  }

  open(status: number, headers: Headers): ServerResponse {
    this.#writeHead(status, headers);
    this.#response.flushHeaders();
    return this.#response;
  }

  onClose(listener: (isComplete: boolean) => void): void {
    this.#response.once('close', () => listener(this.#response.writableFinished));
  }

  cut(): void {
    this.#response.destroy();
  }

  #writeHead(status: number, headers: Headers): void {
    if (this.#core.isStopping) this.#response.shouldKeepAlive = false;
    this.#response.writeHead(status, headers);
  }
}

/** Request headers as plain data: duplicates were joined by Node, only Set-Cookie (which no client sends) would stay a list. */
export function fieldsOf(request: IncomingMessage): Headers {
  const setCookie = request.headers['set-cookie'];
  const fields = request.headers as Headers; // with joinDuplicateHeaders every other value is text
  return setCookie === undefined ? fields : { ...fields, 'set-cookie': setCookie.join(', ') };
}

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';

/** Answers what is no HTTP, or not in time, in a few words and closes the connection. */
function answerMalformed(core: Core, error: Error & { code?: string }, socket: Duplex) {
  core.log.debug({ err: error }, 'malformed HTTP');
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'request header fields too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'the request took too long to arrive']
        : ['400 Bad Request', 'malformed HTTP'];
  socket.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length + 1}\r\nConnection: close\r\n\r\n${text}\n`);
}

export interface Http1Hooks {
  /** A request outside TLS: the proxy's, health, or a client that mistook the port. */
  readonly onPlain: (request: IncomingMessage, response: ServerResponse) => void;
  readonly onConnect: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Undefined: no upgrades. */
  readonly onUpgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
}

/** The HTTP/1.1 side. It listens nowhere: connections are handed to it, before or inside TLS. */
export function createHttp1(core: Core, hooks: Http1Hooks): Server {
  const { limits } = core;
  const server = createServer({
    joinDuplicateHeaders: true,
    maxHeaderSize: limits.headerBytes,
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    shouldUpgradeCallback: (request) => hooks.onUpgrade !== undefined && connectionOf(request.socket)?.isSecure === true,
  });
  server.on('request', (request, response) => {
    const connection = connectionOf(request.socket);
    if (connection === undefined) return void response.destroy();
    if (!connection.isSecure) return hooks.onPlain(request, response);
    const { method = 'GET', url: target = '/' } = request;
    const body = hasBody(request) ? request : undefined;
    exchange(
      core,
      connection,
      { method, target, authority: request.headers.host, headers: fieldsOf(request), body },
      new Http1Reply(core, response),
    );
  });
  server.on('clientError', (error, socket) => answerMalformed(core, error, socket));
  server.on('connect', hooks.onConnect);
  if (hooks.onUpgrade !== undefined) server.on('upgrade', hooks.onUpgrade);
  server.emit('listening'); // starts Node's own watch over headersTimeout and requestTimeout, which begins with this event
  return server;
}
