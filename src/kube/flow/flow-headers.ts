import type { FlowSchema } from '../../../gen/kubernetes-types.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import { parseServiceAccount } from '../authn/service-account.ts';
import type { User } from '../kind.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { RequestInfo } from '../pipeline/request-info.ts';

const CLASS = 'kube/flowcontrol.apiserver.k8s.io/';

type Rule = NonNullable<NonNullable<FlowSchema['spec']>['rules']>[number];

/** Headers that name the flow schema and priority level of a request: those of the first schema by precedence that matches it. */
export function flowHeaders({ ports, cluster, user, info }: Exchange): Readonly<Record<string, string>> {
  const { reader } = ports.world;
  const schema = schemasByPrecedence(reader, cluster.scope).find(({ spec }) => spec?.rules?.some((rule) => matches(rule, user, info)));
  if (!schema) return {};
  const level = reader.get(
    collectionName(`${CLASS}prioritylevelconfigurations`, cluster.scope),
    schema.spec?.priorityLevelConfiguration.name ?? '',
  );
  const { uid } = (level?.value as unknown as FlowSchema | undefined)?.metadata ?? {}; // any object has metadata
  return {
    'x-kubernetes-pf-flowschema-uid': schema.metadata.uid,
    ...(uid && { 'x-kubernetes-pf-prioritylevel-uid': uid }),
  };
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
