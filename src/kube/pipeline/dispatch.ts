import type { HttpResponse } from '../../kernel/http.ts';
import type { ServedResource } from '../registry/registry.ts';
import { reviewOf } from '../reviews/reviews.ts';
import type { BuiltInResource } from '../schema/resources.ts';
import { methodNotAllowed, notImplemented, unknownResource } from '../status.ts';
import { watch } from '../watch/watch.ts';
import { isPartOf } from '../write/subresources.ts';
import type { Exchange, ResourceExchange } from './exchange.ts';
import { patch } from './patch.ts';
import { pathResponse, plainNotFound } from './paths.ts';
import type { Later } from './ports.ts';
import { get, list } from './read.ts';
import { remove, removeCollection } from './remove.ts';
import type { ResourceRequest, Verb } from './request-info.ts';
import { headersOf } from './respond.ts';
import { scale } from './scale.ts';
import { ownSubresources } from './subresources.ts';
import { create, update } from './write.ts';

type Serve = (exchange: ResourceExchange) => Later<HttpResponse>;

const VERBS: Readonly<Record<Verb, Serve>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** Hands an authorized request to what serves its path and verb. Throws 404 and 405. */
export function dispatch(exchange: Exchange): Later<HttpResponse> {
  const { info, registry } = exchange;
  if (!info.isResource) return pathResponse(exchange);
  const { group, version } = info;
  const resource = registry.resource(group, version, info.resource);
  const review = resource ? undefined : registry.virtual(group, version, info.resource);
  if (!resource && !review) {
    const isKnown = group === '' || registry.groupVersions.some((item) => item.group === group && item.version === version);
    if (isKnown) throw unknownResource();
    return plainNotFound(exchange);
  }
  if (exchange.request.method === 'HEAD') throw methodNotAllowed();
  if (!resource) return reviewOf(exchange, info, review as BuiltInResource); // one of the two is there
  const served = { ...exchange, info, resource };
  if (resource.version.deprecation) exchange.warnings.add(resource.version.deprecation);
  if (info.subresource) return dispatchSubresource(served);
  return serveOf(info, resource)(served);
}

/** What serves a verb on the resource itself. */
function serveOf(info: ResourceRequest, resource: ServedResource): Serve {
  const { verb, name, namespace } = info;
  if (verb === '') throw methodNotAllowed();
  const { namespaced } = resource.kind;
  if (namespace !== undefined && !namespaced) throw unknownResource();
  if (namespaced && name && namespace === undefined) throw unknownResource();
  if (
    (verb === 'create' && (name || (namespaced && namespace === undefined))) ||
    (verb === 'update' && !name) ||
    (verb === 'patch' && !name)
  ) {
    throw methodNotAllowed();
  }
  if (verb === 'deletecollection' && namespaced && namespace === undefined) throw methodNotAllowed();
  if (!resource.facts.verbs.includes(verb)) throw methodNotAllowed();
  return VERBS[verb];
}

function dispatchSubresource(exchange: ResourceExchange): Later<HttpResponse> {
  const { info, resource, ports } = exchange;
  const facts = resource.facts.subresources.find(({ name }) => name === info.subresource);
  const path = `${resource.kind.resource}/${info.subresource}`;
  const connect = ports.connect?.[path];
  if (connect) {
    const { request, query, cluster, user } = exchange;
    const { verb, namespace, name, subresource } = info;
    return connect({ request, query, cluster, user, verb, namespace, name, subresource, headers: (type) => headersOf(exchange, type) });
  }
  if (!facts || !info.name || (resource.kind.namespaced && info.namespace === undefined)) throw unknownResource();
  if (info.verb === '' || !facts.verbs.includes(info.verb)) throw methodNotAllowed();
  const own = ownSubresources[path];
  if (own) return own(exchange);
  if (info.subresource === 'scale' && resource.kind.scale) return scale(exchange);
  const isPart = info.subresource === 'status' || isPartOf(resource.kind, info.subresource);
  if (!isPart) throw notImplemented(path);
  if (info.verb === 'get') return get(exchange);
  if (info.verb === 'update') return update(exchange);
  if (info.verb === 'patch') return patch(exchange);
  throw notImplemented(`${info.verb} ${path}`);
}
