import type { Headers, HttpRequest } from '../../kernel/http.ts';
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

export function startLifetime(): Lifetime {
  let controller: AbortController | undefined;
  let aborted: AbortReason | undefined;
  return {
    get signal() {
      if (controller === undefined) {
        controller = new AbortController();
        if (aborted !== undefined) controller.abort(abortError(aborted));
      }
      return controller.signal;
    },
    abort(reason) {
      aborted ??= reason;
      if (controller !== undefined && !controller.signal.aborted) controller.abort(abortError(reason));
    },
  };
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

/** The request as pipelines see it, or undefined when its target is malformed. */
export function makeRequest(head: Head, body: Uint8Array, lifetime: Lifetime): HttpRequest | undefined {
  const { connection, address } = head;
  const target = splitTarget(head.target);
  if (target === undefined) return undefined;
  const request: Omit<HttpRequest, 'clientCertificate'> & { readonly clientCertificate: Uint8Array | undefined } = {
    method: head.method,
    origin: address.origin,
    host: address.host,
    path: target.path,
    search: target.search,
    headers: head.headers,
    body,
    via: address.via,
    world: connection.access.world,
    vantage: connection.access.vantage,
    clientCertificate: connection.clientCertificate,
    get signal() {
      return lifetime.signal;
    },
  };
  // Undefined reads as absent. One literal for all: adding the field to some of them would make every later access slower.
  return request as HttpRequest;
}
