import type { Headers, HttpRequest, Via } from '../../kernel/http.ts';
import type { Address, Connection } from './connection.ts';

/** Why a pipeline may stop: the client went away, or the deadline passed. */
export type AbortReason = 'gone' | 'late';

/** Tells a pipeline to stop. Signal and error are only made when somebody asks: most requests never do. */
export interface Lifetime {
  readonly signal: AbortSignal;
  abort(reason: AbortReason): void;
}

const abortError = (reason: AbortReason): DOMException =>
  reason === 'gone' ? new DOMException('the client went away', 'AbortError') : new DOMException('the deadline passed', 'TimeoutError');

export class RequestLifetime implements Lifetime {
  #controller: AbortController | undefined;
  #aborted: AbortReason | undefined;

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(abortError(this.#aborted));
    }
    return this.#controller.signal;
  }

  abort(reason: AbortReason): void {
    this.#aborted ??= reason;
    if (this.#controller !== undefined && !this.#controller.signal.aborted) this.#controller.abort(abortError(reason));
  }
}

export interface Head {
  readonly method: string;
  /** The request target as sent: origin-form, or absolute-form as RFC 9112 §3.2.2 makes servers accept. */
  readonly target: string;
  readonly headers: Headers;
  readonly address: Address;
  readonly connection: Connection;
}

const absoluteForm = /^https?:\/\/[^/?#]*/i;

/** Path and query of a request target, untouched; undefined when it names no path (`OPTIONS *`). */
export function splitTarget(target: string): { readonly path: string; readonly search: string } | undefined {
  const relative = target.startsWith('/') ? target : target.replace(absoluteForm, '');
  const mark = relative.indexOf('?');
  const path = (mark < 0 ? relative : relative.slice(0, mark)) || '/';
  if (!path.startsWith('/') || (relative === target && !target.startsWith('/'))) return undefined;
  return { path, search: mark < 0 ? '' : relative.slice(mark + 1) };
}

/** A request as pipelines see it. All have all fields: a certificate only in some of them would make every later access slower. */
class Received {
  readonly method: string;
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  readonly search: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly via: Via;
  readonly world: string;
  readonly vantage: string;
  readonly clientCertificate: Uint8Array | undefined;
  readonly #lifetime: Lifetime;

  constructor({ method, headers, address, connection }: Head, path: string, search: string, body: Uint8Array, lifetime: Lifetime) {
    this.method = method;
    this.origin = address.origin;
    this.host = address.host;
    this.path = path;
    this.search = search;
    this.headers = headers;
    this.body = body;
    this.via = address.via;
    this.world = connection.access.world;
    this.vantage = connection.access.vantage;
    this.clientCertificate = connection.clientCertificate;
    this.#lifetime = lifetime;
  }

  get signal(): AbortSignal {
    return this.#lifetime.signal;
  }
}

/** The request as pipelines see it, or undefined when its target is malformed. */
export function makeRequest(head: Head, body: Uint8Array, lifetime: Lifetime): HttpRequest | undefined {
  const target = splitTarget(head.target);
  // An undefined certificate reads as an absent one.
  return target && (new Received(head, target.path, target.search, body, lifetime) as HttpRequest);
}
