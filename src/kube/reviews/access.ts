import { invalid as invalidField } from '../../kernel/field-error.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { chain } from '../authn/authenticate.ts';
import type { Attributes } from '../authz/attributes.ts';
import { authorize } from '../authz/authorize.ts';
import { grantsOf } from '../authz/rbac.ts';
import type { User } from '../kind.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { Later } from '../pipeline/ports.ts';
import type { ResourceRequest } from '../pipeline/request-info.ts';
import { badRequest, invalid } from '../status.ts';

const GROUP = 'authorization.k8s.io';

/** SelfSubjectAccessReview: may the one who asks do this? */
export const selfAccessReview = (exchange: Exchange, spec: JsonObject): Later<JsonObject> =>
  decided(exchange, exchange.user, spec, 'SelfSubjectAccessReview');

/** SubjectAccessReview: may that user or these groups do this? */
export const accessReview = (exchange: Exchange, spec: JsonObject): Later<JsonObject> => {
  const user = subjectOf(spec, 'SubjectAccessReview');
  return decided(exchange, user, spec, 'SubjectAccessReview');
};

/** LocalSubjectAccessReview: the same within one namespace. */
export const localAccessReview = (exchange: Exchange, spec: JsonObject, info: ResourceRequest): Later<JsonObject> => {
  const kind = 'LocalSubjectAccessReview';
  const attributes = spec.resourceAttributes;
  if (isObject(attributes) && attributes.namespace !== info.namespace) {
    throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${info.namespace}`);
  }
  if (spec.nonResourceAttributes !== undefined) {
    throw invalid({ group: GROUP, kind }, '', [
      invalidField('spec.nonResourceAttributes', spec.nonResourceAttributes, 'disallowed on this kind of request'),
    ]);
  }
  return decided(exchange, subjectOf(spec, kind), spec, kind);
};

function subjectOf(spec: JsonObject, kind: string): User {
  const groups = texts(spec.groups);
  const name = typeof spec.user === 'string' ? spec.user : '';
  if (name === '' && groups.length === 0) {
    throw invalid({ group: GROUP, kind }, '', [invalidField('spec.user', '', 'at least one of user or group must be specified')]);
  }
  return { name, groups, ...(typeof spec.uid === 'string' && { uid: spec.uid }) };
}

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function decided(exchange: Exchange, user: User, spec: JsonObject, kind: string): Later<JsonObject> {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isObject(resourceAttributes) === isObject(nonResourceAttributes)) {
    const detail = isObject(resourceAttributes)
      ? 'cannot be specified in combination with resourceAttributes'
      : 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw invalid({ group: GROUP, kind }, '', [invalidField('spec.resourceAttributes', null, detail)]);
  }
  const attributes = isObject(resourceAttributes) ? resourceRequest(user, resourceAttributes) : pathRequest(user, nonResourceAttributes);
  return chain(
    authorize(exchange.ports, exchange.cluster, attributes),
    ({ allowed, reason }): JsonObject => ({ allowed, ...(reason && { reason }) }),
  );
}

const resourceRequest = (user: User, asked: JsonObject): Attributes => ({
  user,
  verb: text(asked.verb),
  isResource: true,
  group: text(asked.group),
  version: text(asked.version),
  resource: text(asked.resource),
  subresource: text(asked.subresource),
  namespace: text(asked.namespace),
  name: text(asked.name),
  path: '',
});

const pathRequest = (user: User, asked: Json | undefined): Attributes => ({
  user,
  verb: isObject(asked) ? text(asked.verb) : '',
  isResource: false,
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path: isObject(asked) ? text(asked.path) : '',
});

/** SelfSubjectRulesReview: all that the one who asks may do in a namespace. */
export function rulesReview({ ports, cluster, user }: Exchange, spec: JsonObject): JsonObject {
  const namespace = text(spec.namespace);
  if (namespace === '') throw badRequest('no namespace on request');
  const held = [...grantsOf(ports.world.reader, cluster.scope, user, namespace)].flatMap(({ rules }) => rules);
  const resourceRules = held
    .filter(({ resources }) => resources)
    .map(({ verbs, apiGroups, resources, resourceNames }) => ({
      verbs,
      apiGroups: apiGroups ?? [],
      resources: resources ?? [],
      ...(resourceNames && { resourceNames }),
    }));
  const nonResourceRules = held.flatMap(({ verbs, nonResourceURLs }) => (nonResourceURLs ? [{ verbs, nonResourceURLs }] : []));
  return { resourceRules, nonResourceRules, incomplete: cluster.aad?.azureRbac === true };
}
