import type { HttpRequest, HttpResponse } from '../kernel/http.ts';
import { notFound, notImplemented, refuse, unauthenticated } from './errors.ts';
import { getResource } from './estate.ts';
import type { ArmPorts, Exchange } from './exchange.ts';
import { segmentsOf, subscriptionId } from './ids.ts';
import { metadataAnswer } from './metadata.ts';
import { apiVersionOf } from './request.ts';
import { type Caller, Refusal } from './resource-type.ts';
import { type Answer, refusalAnswer, respond, tracingHeaders } from './respond.ts';
import { Router, type Target } from './router.ts';
import { armRoutes } from './routes/index.ts';
import { isKnownNamespace } from './routes/providers.ts';
import { serveAction, serveCollection, serveResource, serveRoute } from './verbs.ts';

export type ArmHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** Azure Resource Manager as a handler. Every refusal is an answer; anything else thrown is a bug of ours and answered 500. */
export function armHandler(ports: ArmPorts): ArmHandler {
  const router = new Router(ports.arm.types, [...armRoutes(ports.arm, ports.routes), ...ports.routes]);
  return async (request) => {
    const tracing = tracingHeaders(request, ports.newRequestId);
    let answer: Answer;
    try {
      answer = await serve(ports, router, request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = refusalAnswer(error);
    }
    return respond(request.method === 'HEAD' ? headOf(answer) : answer, tracing, ports.world.reader.revision);
  };
}

const headOf = ({ status, headers }: Answer): Answer => ({ status, ...(headers && { headers }) });

async function serve(ports: ArmPorts, router: Router, request: HttpRequest): Promise<Answer> {
  const segments = segmentsOf(request.path);
  const query = new URLSearchParams(request.search);
  if (segments[0]?.toLowerCase() === 'metadata' && segments[1]?.toLowerCase() === 'endpoints') return metadataAnswer(request, query);
  const apiVersion = apiVersionOf(query);
  const caller = await authenticate(ports, request);
  const exchange: Exchange = { ports, request, query, apiVersion, caller, url: (path) => request.origin + path };
  checkSubscription(ports, segments);
  return dispatch(exchange, router.resolve(segments));
}

/** A subscription that is not there is said to be so before anyone's permissions are looked at, as Azure does. */
function checkSubscription({ world }: ArmPorts, [first, subscription]: readonly string[]): void {
  if (first?.toLowerCase() !== 'subscriptions' || subscription === undefined) return;
  if (getResource(world.reader, subscriptionId(subscription))) return;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription))
    throw refuse(400, 'InvalidSubscriptionId', `The provided subscription identifier '${subscription}' is malformed or invalid.`);
  throw refuse(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`);
}

async function authenticate(ports: ArmPorts, request: HttpRequest): Promise<Caller> {
  const header = request.headers['authorization'];
  const authority = ports.authority(request);
  if (!header) throw unauthenticated("Authentication failed. The 'Authorization' header is missing.", 'AuthenticationFailed', authority);
  const bearer = /^Bearer +(\S+)$/i.exec(header.trim())?.[1];
  if (!bearer)
    throw unauthenticated(
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
      'AuthenticationFailedInvalidHeader',
      authority,
    );
  const outcome = await ports.authenticate(bearer, request);
  if ('caller' in outcome) return outcome.caller;
  throw unauthenticated(outcome.message, outcome.code, authority, { error: outcome.error, description: outcome.description });
}

function dispatch(exchange: Exchange, target: Target): Answer | Promise<Answer> {
  switch (target.kind) {
    case 'route':
      return serveRoute(exchange, target);
    case 'resource':
      return serveResource(exchange, target.type, target.id);
    case 'collection':
      return serveCollection(exchange, target.type, target.below);
    case 'action':
      return serveAction(exchange, target.type, target.id, target.tail);
    case 'unknownType':
      if (isKnownNamespace(exchange.ports.arm, target.namespace)) throw notImplemented(`${target.namespace}/${target.type}`);
      throw refuse(404, 'InvalidResourceNamespace', `The resource namespace '${target.namespace}' is invalid.`);
    case 'unknownPath':
      throw notFound(`The requested resource '${exchange.request.path}' does not exist.`);
  }
}
