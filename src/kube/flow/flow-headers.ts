import type { FlowSchema, PriorityLevelConfiguration } from '../../../gen/kubernetes-types.ts';
import { collectionName, scopeOf } from '../../kernel/store.ts';
import type { World } from '../../kernel/world.ts';
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

const classify = ({ ports, cluster, user, info }: Exchange): Flow | undefined =>
  flowsByPrecedence(ports.world, cluster.scope).find(({ schema }) => schema.spec?.rules?.some((rule) => matches(rule, user, info)));

/** Headers that name the flow schema and priority level of a request. */
export function flowHeaders(exchange: Exchange): Readonly<Record<string, string>> {
  const flow = flowOf(exchange);
  if (!flow) return {};
  const uid = flow.level?.metadata.uid;
  return { 'x-kubernetes-pf-flowschema-uid': flow.schema.metadata.uid, ...(uid && { 'x-kubernetes-pf-prioritylevel-uid': uid }) };
}

const known = new WeakMap<World, Map<string, readonly Flow[]>>();

/** A cluster's flows in the order in which they are asked. Put in order anew when a schema or level was written. */
function flowsByPrecedence(world: World, scope: string): readonly Flow[] {
  const byScope = known.get(world) ?? new Map<string, readonly Flow[]>();
  if (!known.has(world)) {
    known.set(world, byScope);
    world.onCommit(({ changes }) => {
      for (const { collection } of changes) if (collection.startsWith(CLASS)) byScope.delete(scopeOf(collection));
    });
  }
  const found = byScope.get(scope);
  if (found) return found;
  // The collections hold schemas and levels alone.
  const schemas = world.reader.list(collectionName(`${CLASS}flowschemas`, scope)).map(({ value }) => value as unknown as FlowSchema);
  const flows = schemas
    .toSorted(
      (a, b) => (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1),
    )
    .map((schema): Flow => {
      const name = schema.spec?.priorityLevelConfiguration.name ?? '';
      const level = world.reader.get(collectionName(`${CLASS}prioritylevelconfigurations`, scope), name);
      return { schema, level: level?.value as unknown as PriorityLevelConfiguration | undefined };
    });
  byScope.set(scope, flows);
  return flows;
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
