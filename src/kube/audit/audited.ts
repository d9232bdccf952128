import type { HttpResponse } from '../../kernel/http.ts';
import type { Json } from '../../kernel/json.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { AuditEvent } from '../pipeline/ports.ts';
import { decodeMessage, readEnvelope } from '../protobuf/decode.ts';

/** What an answered request looks like to audit policies and logs. Bodies are read only when asked for. */
export function audited(exchange: Exchange, response: HttpResponse, durationMs: number): AuditEvent {
  const { ports, request, info, cluster, user, sender, auditId, decision } = exchange;
  const { body } = response;
  return {
    auditId,
    scope: cluster.scope,
    stage: typeof body === 'function' ? 'ResponseStarted' : 'ResponseComplete',
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
    annotations: decision
      ? {
          'authorization.k8s.io/decision': decision.allowed ? 'allow' : 'forbid',
          'authorization.k8s.io/reason': decision.reason,
        }
      : {},
    receivedMs: ports.world.nowMs,
    durationMs,
    requestObject: () => objectIn(exchange, request.body, request.headers['content-type'] ?? ''),
    responseObject: () =>
      typeof body === 'function' ? undefined : objectIn(exchange, Buffer.from(body), response.headers['content-type'] ?? ''),
  };
}

/** A JSON or protobuf body as JSON; undefined where there is none, or none that can be read. */
function objectIn({ registry, cluster }: Exchange, body: Uint8Array, contentType: string): Json | undefined {
  if (body.length === 0) return undefined;
  if (!contentType.startsWith('application/vnd.kubernetes.protobuf')) return parsed(body);
  const envelope = readEnvelope(body).value;
  if (!envelope) return undefined;
  const { apiVersion, kind, raw } = envelope;
  const slash = apiVersion.indexOf('/');
  const schema = registry.schemas.ofKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
  const message = schema?.name ? decodeMessage(raw, schema.name, cluster.version).value : undefined;
  return message && { kind, apiVersion, ...message };
}

function parsed(body: Uint8Array): Json | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString()) as Json; // what JSON.parse makes
  } catch {
    return undefined;
  }
}
