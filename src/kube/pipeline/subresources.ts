import type { HttpResponse } from '../../kernel/http.ts';
import type { ResourceExchange } from './exchange.ts';
import type { Later } from './ports.ts';

/** Subresources whose body is of another kind than the object's, by "pods/eviction". */
export const ownSubresources: Readonly<Record<string, (exchange: ResourceExchange) => Later<HttpResponse>>> = {};
