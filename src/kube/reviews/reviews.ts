import type { HttpResponse } from '../../kernel/http.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { Later } from '../pipeline/ports.ts';
import type { ResourceRequest } from '../pipeline/request-info.ts';
import { notImplemented } from '../status.ts';

/** Answers a resource that holds no objects. */
export function reviewOf(_exchange: Exchange, info: ResourceRequest): Later<HttpResponse> {
  throw notImplemented(info.resource);
}
