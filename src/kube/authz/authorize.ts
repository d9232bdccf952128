import { chain } from '../authn/authenticate.ts';
import type { User } from '../kind.ts';
import type { KubePorts, Later, ServedCluster } from '../pipeline/ports.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';
import { forbidden, StatusError } from '../status.ts';
import { type Attributes, type Decision, refusalText } from './attributes.ts';
import { decide } from './rbac.ts';

/** Attributes of a request. */
export function attributesOf(user: User, info: RequestInfo): Attributes {
  const none = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '', path: '' };
  if (!info.isResource) return { ...none, user, verb: info.verb, isResource: false, path: info.path };
  const { verb, group, version, resource, subresource, name } = info;
  return { user, verb, isResource: true, group, version, resource, subresource, namespace: info.namespace ?? '', name, path: '' };
}

/** RBAC first, and Azure RBAC where the cluster has it: one that allows is enough. */
export function authorize(ports: KubePorts, cluster: ServedCluster, attributes: Attributes): Later<Decision> {
  const decision = decide(ports.world.reader, cluster.scope, attributes);
  if (decision.allowed || !cluster.aad?.azureRbac || !ports.authorizeAzure) return decision;
  const { user, verb, group, resource, subresource, namespace, path } = attributes;
  const asked = { verb, group, resource, subresource, namespace: namespace || undefined, ...(path && { path }) };
  return chain(ports.authorizeAzure(user, asked, cluster), (allowed) =>
    allowed ? { allowed, reason: 'Access allowed by Azure RBAC' } : decision,
  );
}

/** The 403 for a request that nothing allows. */
export function refusalOf(attributes: Attributes): StatusError {
  const detail = refusalText(attributes);
  const { isResource, group, resource, name } = attributes;
  if (!isResource) return new StatusError(403, 'Forbidden', `forbidden: ${detail}`, {});
  return forbidden({ group, resource }, name, detail);
}
