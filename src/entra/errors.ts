import { sha256Hex } from '../kernel/hash.ts';
import type { Headers, HttpRequest, HttpResponse } from '../kernel/http.ts';

/** A refusal of the token service, with Entra's own numbers: the wording that scripts and people search for. */
export class EntraError extends Error {
  readonly status: number;
  /** OAuth 2.0 error code. */
  readonly error: string;
  /** The number behind "AADSTS". */
  readonly code: number;
  constructor(status: number, error: string, code: number, message: string) {
    super(message);
    this.status = status;
    this.error = error;
    this.code = code;
  }
}

export const invalidRequest = (code: number, message: string): EntraError => new EntraError(400, 'invalid_request', code, message);
export const invalidGrant = (code: number, message: string): EntraError => new EntraError(400, 'invalid_grant', code, message);
export const invalidClient = (code: number, message: string): EntraError => new EntraError(401, 'invalid_client', code, message);

export const missingParameter = (name: string): EntraError =>
  invalidRequest(900144, `The request body must contain the following parameter: '${name}'.`);

/** A request id in the form of a GUID. */
export function requestId(secret: string): string {
  const hex = sha256Hex(secret);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The error body of the token endpoint. `nowMs` is host time. */
export function errorResponse(error: EntraError, request: HttpRequest, traceId: string, nowMs: number): HttpResponse {
  const correlationId = request.headers['client-request-id'] ?? new URLSearchParams(request.search).get('client-request-id') ?? traceId;
  const timestamp = `${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const codeText = `AADSTS${error.code}`;
  return json(error.status, {
    error: error.error,
    error_description: `${codeText}: ${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.code],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `${request.origin}/error?code=${error.code}`,
  });
}

/** An answer that no cache may keep. */
export const json = (
  status: number,
  body: unknown,
  more: { readonly revision?: number; readonly headers?: Headers } = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', pragma: 'no-cache', ...more.headers },
  body: JSON.stringify(body),
  ...(more.revision !== undefined && { revision: more.revision }),
});
