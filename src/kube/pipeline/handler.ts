import type { HttpRequest, HttpResponse } from '../../kernel/http.ts';
import { Random } from '../../kernel/random.ts';
import { ANONYMOUS, authenticate, chain } from '../authn/authenticate.ts';
import { impersonationOf } from '../authn/impersonate.ts';
import { attributesOf, authorize, refusalOf } from '../authz/authorize.ts';
import { seated } from '../flow/seats.ts';
import type { User } from '../kind.ts';
import { registryOf } from '../registry/registry.ts';
import { internalError, StatusError, unauthorized } from '../status.ts';
import { dispatch } from './dispatch.ts';
import type { Exchange } from './exchange.ts';
import { finish } from './finish.ts';
import type { KubePorts, Later, ServedCluster } from './ports.ts';
import { requestInfo } from './request-info.ts';
import { refusalResponse } from './respond.ts';

/** Answers the requests of all clusters of one world. Never rejects for a client's fault. */
export type KubeHandler = (request: HttpRequest, cluster: ServedCluster) => Later<HttpResponse>;

/** kube-apiserver: request info → authenticate → impersonate → authorize → the handler of verb and resource (DESIGN §4). */
export const kubeHandler = (ports: KubePorts): KubeHandler => {
  // Ids of requests and tokens are unique, not secret, and no part of the world.
  const ids = new Random(`requests ${ports.hostNowMs()}`);
  return (request, cluster) => {
    const startedMs = ports.hostNowMs();
    const exchange = begin(ports, ids, request, cluster);
    const done = (response: HttpResponse) => finish(exchange, response, startedMs);
    if (exchange.fault) return done(refusalResponse(exchange, exchange.fault));
    const answer = guarded(exchange, () =>
      chain(authenticate(ports, request, cluster), (user) =>
        chain(admitted(exchange, user), () => seated(exchange, () => dispatch(exchange))),
      ),
    );
    return chain(answer, done);
  };
};

/** Shared by all requests without a query; nobody writes to a query. */
const NO_QUERY = new URLSearchParams();

/** The exchange, with the fault of a path that cannot be read. */
function begin(ports: KubePorts, ids: Random, request: HttpRequest, cluster: ServedCluster): Exchange & { readonly fault?: StatusError } {
  const query = request.search === '' ? NO_QUERY : new URLSearchParams(request.search);
  const exchange = {
    ports,
    request,
    query,
    cluster,
    registry: registryOf(ports.kinds, cluster.version),
    auditId: request.headers['audit-id'] ?? ids.uuid(),
    newId: () => ids.uuid(),
    warnings: new Set<string>(),
    user: ANONYMOUS,
    sender: ANONYMOUS,
  };
  try {
    return { ...exchange, info: requestInfo(request.method, request.path, query) };
  } catch (error) {
    const info = { isResource: false, verb: request.method.toLowerCase(), path: request.path } as const;
    return { ...exchange, info, fault: statusErrorOf(error) };
  }
}

/** Runs a step; what it throws, now or later, becomes the answer. */
function guarded(exchange: Exchange, step: () => Later<HttpResponse>): Later<HttpResponse> {
  const refuse = (error: unknown) => refusalResponse(exchange, statusErrorOf(error));
  try {
    const answer = step();
    return answer instanceof Promise ? answer.catch(refuse) : answer;
  } catch (error) {
    return refuse(error);
  }
}

const statusErrorOf = (error: unknown): StatusError =>
  error instanceof StatusError ? error : internalError(error instanceof Error ? error.message : String(error));

/** Refuses who is not known or not allowed, and sets the user as whom the request goes on. */
function admitted(exchange: Exchange, user: User | undefined): Later<void> {
  if (!user) throw unauthorized();
  exchange.user = user;
  exchange.sender = user;
  const impersonation = impersonationOf(exchange.request.headers, user);
  if (!impersonation) return allow(exchange, user);
  return chain(allChecks(exchange, impersonation.checks), () => {
    exchange.user = impersonation.user;
    return allow(exchange, impersonation.user);
  });
}

function allChecks(exchange: Exchange, checks: readonly ReturnType<typeof attributesOf>[], at = 0): Later<void> {
  const check = checks[at];
  if (!check) return undefined;
  return chain(authorize(exchange.ports, exchange.cluster, check), ({ allowed }) => {
    if (!allowed) throw refusalOf(check);
    return allChecks(exchange, checks, at + 1);
  });
}

function allow(exchange: Exchange, user: User): Later<void> {
  const attributes = attributesOf(user, exchange.info);
  return chain(authorize(exchange.ports, exchange.cluster, attributes), (decision) => {
    exchange.decision = decision;
    if (decision.allowed) return;
    // AKS has no anonymous requests but for what everybody may read.
    throw user === ANONYMOUS ? unauthorized() : refusalOf(attributes);
  });
}
