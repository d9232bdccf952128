import type { FlowSchema, PriorityLevelConfiguration } from '../../../gen/kubernetes-types.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import { parseServiceAccount } from '../authn/service-account.ts';
import type { User } from '../kind.ts';
import type { Exchange, Flow } from '../pipeline/exchange.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';

const CLASS = 'kube/flowcontrol.apiserver.k8s.io/';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];

/** The first schema by precedence that matches a request of its present user; found once. */
export function flowOf(exchange: Exchange): Flow | undefined {
  if (exchange.found?.user === exchange.user) return exchange.found.flow;
  const flow = classify(exchange);
  exchange.found = { user: exchange.user, flow };
  return flow;
}

function classify({ ports, cluster, user, info }: Exchange): Flow | undefined {
  const { reader } = ports.world;
  const schema = schemasByPrecedence(reader, cluster.scope).find(({ spec }) => spec?.rules?.some((rule) => matches(rule, user, info)));
  if (!schema) return undefined;
  const level = reader.get(
    collectionName(`${CLASS}prioritylevelconfigurations`, cluster.scope),
    schema.spec?.priorityLevelConfiguration.name ?? '',
  );
  // The collection holds levels alone.
  return { schema, level: level?.value as unknown as PriorityLevelConfiguration | undefined };
}

/** Headers that name the flow schema and priority level of a request. */
export function flowHeaders(exchange: Exchange): Readonly<Record<string, string>> {
  const flow = flowOf(exchange);
  if (!flow) return {};
  const uid = flow.level?.metadata.uid;
  return { 'x-kubernetes-pf-flowschema-uid': flow.schema.metadata.uid, ...(uid && { 'x-kubernetes-pf-prioritylevel-uid': uid }) };
}

const sorted = new WeakMap<object, readonly FlowSchema[]>();

/** Schemas in the order in which they are asked. Sorted anew when one of them changed, found by the newest entry. */
function schemasByPrecedence(reader: Reader, scope: string): readonly FlowSchema[] {
  const entries = reader.list(collectionName(`${CLASS}flowschemas`, scope));
  const newest = entries.reduce<(typeof entries)[number] | undefined>(
    (best, entry) => (!best || entry.revision > best.revision ? entry : best),
    undefined,
  );
  if (!newest) return [];
  const known = sorted.get(newest);
  if (known && known.length === entries.length) return known;
  const schemas = entries.map(({ value }) => value as unknown as FlowSchema); // the collection holds them
  const made = schemas.toSorted(
    (a, b) => (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1),
  );
  sorted.set(newest, made);
  return made;
}

const has = (values: readonly string[] | undefined, wanted: string): boolean =>
  values?.some((value) => value === '*' || value === wanted) === true;

function matches({ subjects, resourceRules, nonResourceRules }: Rule, user: User, info: RequestInfo): boolean {
  if (!subjects.some((subject) => isSubject(subject, user))) return false;
  if (!info.isResource) {
    return (
      nonResourceRules?.some(
        ({ verbs, nonResourceURLs }) =>
          has(verbs, info.verb) &&
          nonResourceURLs.some((url) => url === '*' || url === info.path || (url.endsWith('/*') && info.path.startsWith(url.slice(0, -1)))),
      ) === true
    );
  }
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource;
  return (
    resourceRules?.some(
      ({ verbs, apiGroups, resources, clusterScope, namespaces }) =>
        has(verbs, info.verb) &&
        has(apiGroups, info.group) &&
        has(resources, resource) &&
        (info.namespace === undefined ? clusterScope === true : has(namespaces, info.namespace)),
    ) === true
  );
}

function isSubject({ kind, user: named, group, serviceAccount }: Rule['subjects'][number], user: User): boolean {
  if (kind === 'User') return named?.name === '*' || named?.name === user.name;
  if (kind === 'Group') return group?.name === '*' || (group !== undefined && user.groups.includes(group.name));
  const account = parseServiceAccount(user.name);
  return account?.namespace === serviceAccount?.namespace && (serviceAccount?.name === '*' || serviceAccount?.name === account?.name);
}
