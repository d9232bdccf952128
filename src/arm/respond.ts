import type { HttpRequest, HttpResponse } from '../kernel/http.ts';
import type { Json } from '../kernel/json.ts';
import type { Refusal } from './resource-type.ts';

/** What a handler of the pipeline answers, before it is HTTP. Neither `body` nor `text`: an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: Json;
  /** The body where it is JSON text already. */
  readonly text?: string;
  readonly headers?: { readonly [name: string]: string };
}

/** GUIDs for the headers that trace a request; from the host, since reading must not consume the world's randomness. */
export type RequestIds = () => string;

/** Headers that every answer of Azure Resource Manager carries. */
export function tracingHeaders(request: HttpRequest, newId: RequestIds): { [name: string]: string } {
  const id = newId();
  const client = request.headers['x-ms-client-request-id'];
  const correlation = request.headers['x-ms-correlation-request-id'];
  return {
    'cache-control': 'no-cache',
    'x-ms-request-id': id,
    'x-ms-correlation-request-id': correlation && /^[0-9a-f-]{36}$/i.test(correlation) ? correlation : id,
    ...(client && request.headers['x-ms-return-client-request-id']?.toLowerCase() === 'true' && { 'x-ms-client-request-id': client }),
  };
}

export function respond(answer: Answer, tracing: { readonly [name: string]: string }, revision: number): HttpResponse {
  const headers: { [name: string]: string } = { ...tracing, ...answer.headers };
  const body = answer.text ?? (answer.body === undefined ? '' : JSON.stringify(answer.body));
  if (body === '') return { status: answer.status, headers, body, revision };
  headers['content-type'] = 'application/json; charset=utf-8';
  return { status: answer.status, headers, body, revision };
}

export const refusalAnswer = ({ status, error, headers }: Refusal): Answer => ({
  status,
  body: { error },
  headers: { ...headers, 'x-ms-failure-cause': status < 500 ? 'gateway' : 'service' },
});
