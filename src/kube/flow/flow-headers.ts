import type { Exchange } from '../pipeline/exchange.ts';

/** Headers that name the flow schema and priority level of a request. */
export function flowHeaders(_exchange: Exchange): Readonly<Record<string, string>> {
  return {};
}
