import type { HttpResponse } from '../../kernel/http.ts';
import { json } from '../errors.ts';

/** A refusal in Microsoft Graph's terms. */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const notFound = (id: string): GraphError =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
export const badRequest = (message: string, code = 'Request_BadRequest'): GraphError => new GraphError(400, code, message);
export const denied = (): GraphError =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
export const notImplemented = (what: string): GraphError =>
  new GraphError(501, 'NotImplemented', `Slipway's Microsoft Graph does not have ${what}.`);

/** `nowMs` is host time. */
export function graphErrorResponse(
  { status, code, message }: GraphError,
  requestId: string,
  clientRequestId: string,
  nowMs: number,
): HttpResponse {
  const innerError = { date: new Date(nowMs).toISOString().slice(0, 19), 'request-id': requestId, 'client-request-id': clientRequestId };
  const headers: Record<string, string> = { 'request-id': requestId };
  if (status === 401)
    headers['www-authenticate'] = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"';
  return json(status, { error: { code, message, innerError } }, { headers });
}
