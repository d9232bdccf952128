import type { HttpResponse } from '../../kernel/http.ts';
import { audited } from '../audit/audited.ts';
import { countRequest } from '../metrics/metrics.ts';
import type { Exchange } from './exchange.ts';

/** Counts and records an answered request, and adapts the answer to HEAD. */
export function finish(exchange: Exchange, response: HttpResponse, startedMs: number): HttpResponse {
  const { ports, request, info, cluster } = exchange;
  const durationMs = ports.hostNowMs() - startedMs;
  countRequest(cluster.scope, info, response.status, durationMs);
  if (ports.audit) ports.audit(audited(exchange, response, durationMs));
  return request.method === 'HEAD' ? { ...response, body: '' } : response;
}
