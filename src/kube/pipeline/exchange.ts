import type { FlowSchema, PriorityLevelConfiguration } from '../../../gen/kubernetes-types.ts';
import type { HttpRequest } from '../../kernel/http.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { Decision } from '../authz/attributes.ts';
import type { User } from '../kind.ts';
import type { Registry, ServedResource } from '../registry/registry.ts';
import type { WriteContext } from '../write/context.ts';
import type { KubePorts, ServedCluster } from './ports.ts';
import type { RequestInfo, ResourceRequest } from './request-info.ts';

/** Flow schema and priority level of a request. */
export interface Flow {
  readonly schema: FlowSchema;
  readonly level: PriorityLevelConfiguration | undefined;
}

/** One request on its way through the pipeline. */
export interface Exchange {
  readonly ports: KubePorts;
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  readonly cluster: ServedCluster;
  readonly registry: Registry;
  readonly info: RequestInfo;
  readonly auditId: string;
  /** A new unique id (UUID) for what leaves the world, such as a token. */
  readonly newId: () => string;
  /** Texts of Warning headers, each once. */
  readonly warnings: Set<string>;
  /** Who asks, after impersonation. */
  user: User;
  /** Who sent the request. */
  sender: User;
  /** What authorization said of it. */
  decision?: Decision;
  /** Its flow, once looked for, with the user for whom. */
  found?: { readonly user: User; readonly flow: Flow | undefined };
}

/** A request for a resource with stored objects. */
export interface ResourceExchange extends Exchange {
  readonly info: ResourceRequest;
  readonly resource: ServedResource;
}

/** Dry run is asked for with `dryRun=All`; other values are refused where options are read. */
export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All');

const MAX_MANAGER_LENGTH = 128;

/** Field manager of a write: named by the client, else what its user agent starts with. */
export function managerOf(exchange: Exchange): string {
  const named = exchange.query.get('fieldManager');
  if (named) return named;
  const agent = exchange.request.headers['user-agent'] ?? '';
  return (agent.split('/', 1)[0] ?? '').slice(0, MAX_MANAGER_LENGTH) || 'unknown';
}

/** What the write path needs of this request. */
export const writeContextOf = (exchange: Exchange, tx: Transaction, dryRun = isDryRun(exchange.query)): WriteContext => ({
  tx,
  scope: exchange.cluster.scope,
  version: exchange.cluster.version,
  user: exchange.user,
  manager: managerOf(exchange),
  dryRun,
  admission: exchange.ports.admission,
  warn: (text) => exchange.warnings.add(text),
});
