import type { HttpRequest, HttpResponse } from '../kernel/http.ts';
import { serviceOfHost } from './hosts.ts';

/** The answer to a body over the listener's limit, in the shape that the host's clients read. */
export function tooLarge(request: HttpRequest): HttpResponse {
  const isKube = serviceOfHost(request.host) === 'kube';
  const body = isKube
    ? {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Request entity too large: limit is 3145728',
        reason: 'RequestEntityTooLarge',
        code: 413,
      }
    : { error: { code: 'RequestContentTooLarge', message: 'The request content size exceeds the maximum size of 4 MB.' } };
  return { status: 413, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
