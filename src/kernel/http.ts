/**
 * HTTP as plain data: what the listener hands to a pipeline, and what it gets back.
 * Pipelines (`arm/`, `kube/`, `entra/`) know no socket; the listener (`engines/listener`) knows no API.
 */

/** How a client reached us (DESIGN §6). Decides which host names an answer may contain. */
export type Via = 'proxy' | 'endpoint' | 'takeover';

/** Header names are lower-case. A header that came several times is joined by ", " as RFC 9110 allows. */
export type Headers = Readonly<Record<string, string>>;

export interface HttpRequest {
  /** Upper-case method. */
  readonly method: string;
  /** `scheme://authority` under which the client addressed us, as it must appear in absolute URLs we answer with. No trailing slash. */
  readonly origin: string;
  /** Host name of `origin`, lower-case and without port; for TLS connections to an address, the SNI name wins. */
  readonly host: string;
  /** Path exactly as sent, still percent-encoded, without the query. Starts with "/". */
  readonly path: string;
  /** The query string without "?", still encoded; "" when absent. */
  readonly search: string;
  readonly headers: Headers;
  /** The whole body. Bodies over the listener's limit were already refused with 413. Empty when absent. */
  readonly body: Uint8Array;
  readonly via: Via;
  /** World named by the proxy user, "" for the default one. */
  readonly world: string;
  /** Vantage point named by the proxy user, "" for the internet. */
  readonly vantage: string;
  /** DER of the TLS client certificate, when one was presented (not yet verified). */
  readonly clientCertificate?: Uint8Array;
  /** Aborted when the client went away or the deadline passed. */
  readonly signal: AbortSignal;
}

/** Lets a pipeline push a streamed answer (watch, log). Every chunk waits in the outbox until its revision is durable. */
export interface StreamSink {
  /**
   * Queues bytes that show state up to `revision`. Shared buffers are not copied: never write into them later.
   * Returns false once the client is gone or was cut off because it does not read (the queue passed its limit).
   */
  write(chunk: Uint8Array, revision: number): boolean;
  /** Ends the answer after what is queued. */
  end(): void;
  /** Runs once when the client goes away, or the listener cuts it off. */
  onClose(listener: () => void): void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Bytes, text (sent as UTF-8), or a function that is given the sink once the headers are out. */
  readonly body: Uint8Array | string | ((sink: StreamSink) => void);
  /** The newest revision this answer shows; it is held back until that is durable. 0 or absent: shows no state. */
  readonly revision?: number;
}

/** A pipeline: never rejects for a client's fault; a rejection is a bug and answered with a bare 500 by the listener. */
export type Handler = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>;

/**
 * Answers a protocol upgrade (WebSocket, SPDY). `accept` completes the WebSocket handshake with the chosen sub-protocol;
 * answering with a plain response instead refuses the upgrade.
 */
export interface Upgrade {
  /** Lower-case token of the Upgrade header: "websocket", "spdy/3.1". */
  readonly token: string;
  /** The WebSocket sub-protocols that the client offers. */
  readonly protocols: readonly string[];
  accept(protocol: string | undefined): WebSocketLike;
  /** For other tokens: answers 101 with these headers and hands over the connection as a stream of bytes. */
  acceptRaw(headers: Headers): ByteStream;
}
/** A raw two-way connection after an upgrade; Node's sockets have this shape. */
export interface ByteStream {
  /** Returns false when the peer is behind: wait for "drain". */
  write(data: Uint8Array): boolean;
  end(): void;
  destroy(error?: Error): void;
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  on(event: 'end' | 'close' | 'drain', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}
export interface WebSocketLike {
  send(data: Uint8Array): void;
  close(code?: number, reason?: string): void;
  onMessage(listener: (data: Uint8Array, isBinary: boolean) => void): void;
  onClose(listener: () => void): void;
}
