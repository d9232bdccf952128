import type { HttpResponse } from '../../kernel/http.ts';
import { countRequest } from '../metrics/metrics.ts';
import type { Exchange } from './exchange.ts';

/** Counts and records an answered request, and adapts the answer to HEAD. */
export function finish(exchange: Exchange, response: HttpResponse, startedMs: number): HttpResponse {
  const { ports, request, info, cluster, user, sender, auditId } = exchange;
  const durationMs = ports.hostNowMs() - startedMs;
  countRequest(cluster.scope, info, response.status, durationMs);
  ports.audit?.({
    auditId,
    scope: cluster.scope,
    user: sender,
    ...(user !== sender && { impersonatedUser: user }),
    verb: info.verb,
    requestUri: request.search ? `${request.path}?${request.search}` : request.path,
    userAgent: request.headers['user-agent'] ?? '',
    ...(info.isResource && {
      objectRef: {
        resource: info.resource,
        apiVersion: info.version,
        ...(info.group && { apiGroup: info.group }),
        ...(info.namespace && { namespace: info.namespace }),
        ...(info.name && { name: info.name }),
        ...(info.subresource && { subresource: info.subresource }),
      },
    }),
    responseCode: response.status,
    annotations: {},
    receivedMs: ports.world.nowMs,
  });
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}
