import assert from 'node:assert/strict';
import type { HttpRequest, HttpResponse, StreamSink } from '../../kernel/http.ts';
import { memoryJournal } from '../../kernel/journal.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { World } from '../../kernel/world.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import { bootstrapCluster } from '../bootstrap/bootstrap.ts';
import type { Kind } from '../kind.ts';
import { indexesOf } from '../registry/indexes.ts';
import { kubeHandler } from './handler.ts';
import type { KubePorts, ServedCluster } from './ports.ts';

/** What tests send: everything else has a default. A body that is no text or bytes is sent as JSON. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** DER of a client certificate. */
  readonly certificate?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
  /** The body parsed as JSON. */
  readonly json: JsonObject;
}

/** An open watch: the events that have come so far. */
export interface Stream {
  readonly events: { readonly type: string; readonly object: JsonObject }[];
  readonly chunks: Uint8Array[];
  readonly isEnded: () => boolean;
  close(): void;
}

const HOST_MS = Date.UTC(2026, 10, 21);
const RECORD = { fqdn: 'x', running: true, serviceCidr: '10.0.0.0/16', dnsServiceIp: '10.0.0.10', resourceId: '' } as const;
const ADMIN_TOKEN = 'admin';

/** An API server over a world of its own, with an administrator's token, for tests. */
export function testServer(
  kinds: readonly Kind[],
  options: { admission?: readonly AdmissionPlugin[]; version?: string; ports?: Partial<KubePorts>; cluster?: Partial<ServedCluster> } = {},
) {
  const world =
    options.ports?.world ??
    new World({
      name: 'test',
      seed: 'seed',
      indexes: indexesOf(kinds),
      controllers: [],
      journal: memoryJournal(),
      hostNowMs: HOST_MS,
    });
  const timers: { readonly delayMs: number; readonly work: () => void }[] = [];
  const ports: KubePorts = {
    world,
    kinds,
    admission: options.admission ?? [],
    verifyClient: () => undefined,
    verifyServiceAccountToken: () => undefined,
    signServiceAccountToken: () => '',
    serviceAccountKeys: () => ({ keys: [] }),
    staticTokenUser: (token) => (token === ADMIN_TOKEN ? { name: 'admin', groups: ['system:masters', 'system:authenticated'] } : undefined),
    after: (delayMs, work) => {
      const timer = { delayMs, work };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    hostNowMs: () => world.nowMs,
    ...options.ports,
  };
  const cluster: ServedCluster = {
    scope: 'c1',
    version: options.version ?? '1.36.2',
    issuer: 'https://issuer/',
    audiences: ['https://issuer/'],
    ...options.cluster,
  };
  const handler = kubeHandler(ports);
  const respond = async (sent: Sent): Promise<HttpResponse> => handler(requestOf(sent), cluster);
  const send = async (sent: Sent): Promise<Answer> => answerOf(await respond(sent));
  return {
    world,
    cluster,
    ports,
    timers,
    /** Gives the cluster what every cluster has from its start. */
    bootstrap: () => world.transact((tx) => bootstrapCluster(tx, { ...RECORD, ...cluster })),
    send,
    /** POSTs what must be accepted. */
    create: async (path: string, body: unknown, headers: Sent['headers'] = {}): Promise<JsonObject> => {
      const { status, text, json } = await send({ method: 'POST', path, body, headers });
      assert.equal(status, 201, text);
      return json;
    },
    respond,
    watch: async (sent: Sent): Promise<Stream> => streamOf(await respond(sent)),
  };
}

export type TestServer = ReturnType<typeof testServer>;

/** A request as the listener hands it over. */
export function requestOf({ method = 'GET', path, headers = {}, body, certificate }: Sent): HttpRequest {
  const [bare = '', search = ''] = path.split('?', 2);
  const bytes =
    body === undefined
      ? new Uint8Array()
      : body instanceof Uint8Array
        ? body
        : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    method,
    origin: 'https://c1.hcp.eastus2.azmk8s.io:443',
    host: 'c1.hcp.eastus2.azmk8s.io',
    path: bare,
    search,
    headers: {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'user-agent': 'test/v1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: bytes,
    via: 'proxy',
    world: '',
    vantage: '',
    signal: new AbortController().signal,
    ...(certificate && { clientCertificate: certificate }),
  };
}

function answerOf(response: HttpResponse): Answer {
  if (typeof response.body === 'function') throw new Error('a stream: use watch');
  const text = typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
  return {
    status: response.status,
    headers: response.headers,
    text,
    get json() {
      return JSON.parse(text) as JsonObject; // tests ask for it where the body is an object
    },
  };
}

function streamOf(response: HttpResponse): Stream {
  if (typeof response.body !== 'function') throw new Error(`no stream: ${response.status} ${String(response.body)}`);
  const chunks: Uint8Array[] = [];
  let isOpen = true;
  let isEnded = false;
  const listeners: (() => void)[] = [];
  const sink: StreamSink = {
    write: (chunk) => isOpen && chunks.push(chunk) > 0,
    end: () => {
      isEnded = true;
    },
    onClose: (listener) => listeners.push(listener),
  };
  response.body(sink);
  return {
    chunks,
    get events() {
      // Frames are JSON, one per line.
      return Buffer.concat(chunks)
        .toString()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Stream['events'][number]);
    },
    isEnded: () => isEnded,
    close: () => {
      isOpen = false;
      for (const listener of listeners) listener();
    },
  };
}
