import type { HttpResponse } from '../../kernel/http.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import { chain } from '../authn/authenticate.ts';
import { metadataOf, readBody } from '../pipeline/body.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import { negotiate } from '../pipeline/negotiate.ts';
import type { Later } from '../pipeline/ports.ts';
import type { ResourceRequest } from '../pipeline/request-info.ts';
import { documentResponse } from '../pipeline/respond.ts';
import type { BuiltInResource } from '../schema/resources.ts';
import { badRequest, methodNotAllowed, notAcceptable, notImplemented, qualified, unknownResource } from '../status.ts';
import { accessReview, localAccessReview, rulesReview, selfAccessReview } from './access.ts';
import { selfSubjectReview, tokenReview } from './identity.ts';
import { tracked } from './tracked.ts';

/** What makes the status of a review from its spec. */
type Review = (exchange: Exchange, spec: JsonObject, info: ResourceRequest) => Later<JsonObject>;

const REVIEWS: Readonly<Record<string, Review>> = {
  selfsubjectaccessreviews: selfAccessReview,
  subjectaccessreviews: accessReview,
  localsubjectaccessreviews: localAccessReview,
  selfsubjectrulesreviews: rulesReview,
  selfsubjectreviews: selfSubjectReview,
  tokenreviews: tokenReview,
};

/** Answers a resource that holds no objects: a review is created, answered and forgotten. */
export function reviewOf(exchange: Exchange, info: ResourceRequest, facts: BuiltInResource): Later<HttpResponse> {
  const review = REVIEWS[info.resource];
  if (!review) throw notImplemented(info.resource);
  if (info.subresource || info.name) throw unknownResource();
  if (info.verb !== 'create' || facts.namespaced !== (info.namespace !== undefined)) throw methodNotAllowed();
  const form = negotiate(exchange.request.headers.accept, false);
  if (form.as) {
    throw notAcceptable(
      `the resource ${qualified({ group: info.group, resource: info.resource })} does not support being converted to a ${form.as}`,
    );
  }
  const gvk = { group: info.group, version: info.version, kind: facts.kind };
  const body = readBody(exchange, gvk);
  const { namespace } = metadataOf(body);
  if (namespace && namespace !== info.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const spec = isObject(body.spec) ? body.spec : {};
  return chain(review(exchange, spec, info), (status) => {
    const { kind: _, apiVersion: __, metadata, status: ___, ...rest } = tracked(exchange, body, gvk);
    const { kind, apiVersion } = body;
    return documentResponse(exchange, { kind, apiVersion, metadata, ...rest, status } as JsonObject, 201, form.format);
  });
}
