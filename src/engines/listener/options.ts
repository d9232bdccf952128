import type { SecureContext } from 'node:tls';
import type { Handler, HttpRequest, HttpResponse, Upgrade } from '../../kernel/http.ts';

/** Which revisions of a world are on disk. The outbox holds every answer that shows a newer one (DESIGN §3). */
export interface DurableRevisions {
  /** The newest durable revision; infinity where nothing is kept on disk. */
  revision(world: string): number;
  /** Resolves when `revision` is durable; undefined when it already is. Rejects when the journal can no longer write. */
  whenDurable(world: string, revision: number): Promise<void> | undefined;
}

/** Who asks for a proxy connection: the user name is `<world>[.<vantage>]`, the password the token. */
export interface ProxyCaller {
  /** "" for the default world. */
  readonly world: string;
  /** "" for the internet. */
  readonly vantage: string;
  /** Undefined when the client sent no credentials at all: default world, internet. */
  readonly token: string | undefined;
}

/** Answers a protocol upgrade: calls `upgrade.accept` (or `acceptRaw`) and returns undefined, or returns the refusal. */
export type UpgradeHandler = (request: HttpRequest, upgrade: Upgrade) => HttpResponse | undefined | Promise<HttpResponse | undefined>;

/** How long a pipeline may take, and what is answered then; its `signal` is aborted. Only asked when it did not answer at once. */
export interface Deadline {
  readonly afterMs: number;
  readonly response: () => HttpResponse;
}

export interface ListenerLog {
  /** A defect of ours. `id` is what the client was told. */
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
  /** A client's or the network's fault. */
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface Limits {
  /** Largest request body; more is answered by `tooLarge`. */
  readonly bodyBytes: number;
  /** A refused body is read and dropped up to this size, so that the client gets to see the answer; then the connection is cut. */
  readonly discardedBodyBytes: number;
  /** All request headers of one request together. */
  readonly headerBytes: number;
  /** Queued bytes of a streamed answer above which its client must show progress within `streamStallMs`. */
  readonly streamQueueBytes: number;
  /** Queued bytes of a streamed answer above which its client is cut off at once: a fast reader may be this far behind a first list. */
  readonly streamQueueHardBytes: number;
  readonly streamStallMs: number;
  /** Streams that one HTTP/2 connection may hold open; Go opens another connection for more, Node queues. */
  readonly streamsPerConnection: number;
  /** Memory of one HTTP/2 session in MB. Node's 10 fails 38 of 40 concurrent 5 MB lists. */
  readonly sessionMemoryMb: number;
  /** Idle keep-alive time. Above Go's 90 s, else its reuse of a connection races our closing it. */
  readonly keepAliveMs: number;
  /** An HTTP/2 connection without open streams is closed after this. */
  readonly sessionIdleMs: number;
  /**
   * HTTP/2 connections without open streams that are kept; of more, those that were idle for longest are closed. azurerm opens one for
   * each request and leaves it, and each takes about 200 KB.
   */
  readonly idleSessions: number;
  /** From the connection to the first byte, and again for the TLS handshake. */
  readonly handshakeMs: number;
  /** From a request's first byte to the end of its headers (HTTP/1.1). */
  readonly headersMs: number;
  /** From a request's first byte to the end of its body (HTTP/1.1). */
  readonly requestMs: number;
  /** Answers of at least this size are compressed for clients that accept gzip (kube-apiserver's threshold) … */
  readonly gzipFromBytes: number;
  /** … up to this one: on loopback, compressing a large list takes longer than sending it. */
  readonly gzipToBytes: number;
  /** Largest WebSocket message from a client. */
  readonly webSocketMessageBytes: number;
}

const mebi = 1024 * 1024;

export const defaultLimits: Limits = {
  bodyBytes: 8 * mebi,
  discardedBodyBytes: 64 * mebi,
  headerBytes: 64 * 1024,
  streamQueueBytes: 16 * mebi,
  streamQueueHardBytes: 256 * mebi,
  streamStallMs: 5_000,
  streamsPerConnection: 1_000,
  sessionMemoryMb: 1_000,
  keepAliveMs: 120_000,
  sessionIdleMs: 300_000,
  idleSessions: 100,
  handshakeMs: 30_000,
  headersMs: 30_000,
  requestMs: 300_000,
  gzipFromBytes: 128 * 1024,
  gzipToBytes: 8 * mebi,
  webSocketMessageBytes: 16 * mebi,
};

export interface ListenerOptions {
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly address?: string;
  /** TCP port, 0 for any free one, or "auto" for the next free one from 8443. */
  readonly port: number | 'auto';
  readonly handler: Handler;
  /** Absent: every upgrade is served as a plain request. */
  readonly upgradeHandler?: UpgradeHandler;
  /** The TLS context for a host name or address. Called per connection: must be cached. */
  readonly secureContext: (host: string) => SecureContext;
  /** Whether we answer for this host name (lower-case). Proxy connections to it end here, all others pass through. */
  readonly isOurs: (host: string) => boolean;
  /** Whether the caller may use the proxy, the world and the vantage point. */
  readonly authorizeProxy: (caller: ProxyCaller) => boolean;
  /** True: proxy connections to other hosts are refused with 403. */
  readonly offline?: boolean;
  readonly durable: DurableRevisions;
  /** Answers a request whose body passed `bodyBytes`; the request is given without its body. */
  readonly tooLarge: (request: HttpRequest) => HttpResponse;
  readonly deadline?: (request: HttpRequest) => Deadline | undefined;
  readonly log: ListenerLog;
  readonly limits?: Partial<Limits>;
}

export interface ExtraPort {
  readonly port: number;
  /** Stops accepting and cuts its connections. */
  close(): Promise<void>;
}

export interface Listener {
  readonly address: string;
  readonly port: number;
  /**
   * Opens a loopback port (any free one unless given) that behaves as if the client had addressed `https://<host>`:
   * for one port per cluster's API server.
   */
  openPort(options: { readonly host: string; readonly world?: string; readonly port?: number }): Promise<ExtraPort>;
  /** Stops accepting, ends streamed answers, lets requests finish for `graceMs`, then cuts what is left. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}

/** What the parts of the listener share. */
export interface Core extends Omit<ListenerOptions, 'limits'> {
  readonly limits: Limits;
  /** Streamed answers that are open; ended when the listener stops. */
  readonly sinks: Set<{ end(): void }>;
  isStopping: boolean;
}
