import type { ClusterRole, RoleBinding } from '../../../gen/kubernetes-types.ts';
import type { IndexDefinition } from '../../kernel/collection.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import type { User } from '../kind.ts';
import type { Attributes, Decision } from './attributes.ts';

export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

type Subject = NonNullable<RoleBinding['subjects']>[number];
type Binding = Pick<RoleBinding, 'metadata' | 'subjects' | 'roleRef'>;
type Role = Pick<ClusterRole, 'metadata' | 'rules'>;

const CLASS = 'kube/rbac.authorization.k8s.io/';
const SUBJECT = 'subject';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** The user or group that a subject stands for, as the index files it. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string | undefined): string {
  if (kind === 'ServiceAccount') return `User ${SERVICE_ACCOUNT}${namespace ?? bindingNamespace ?? ''}:${name}`;
  return `${kind} ${name}`;
}

/** Bindings by whom they name, so that a decision reads only those that concern the user. */
export const bindingIndexes: readonly IndexDefinition[] = ['clusterrolebindings', 'rolebindings'].map((resource) => ({
  class: CLASS + resource,
  name: SUBJECT,
  keys: (value) => {
    // Collections of bindings hold bindings.
    const { subjects, metadata } = value as unknown as Binding;
    return [...new Set((subjects ?? []).map((subject) => subjectKey(subject, metadata.namespace)))];
  },
}));

/** A role as a binding grants it. */
export interface Grant {
  readonly rules: readonly PolicyRule[];
  readonly binding: Binding;
  readonly isClusterWide: boolean;
}

const NO_RULES: readonly PolicyRule[] = [];

/** Everything granted to a user in a namespace ("" for the cluster alone), cluster-wide grants first. */
export function* grantsOf(reader: Reader, scope: string, user: User, namespace: string): Generator<Grant> {
  const keys = [`User ${user.name}`, ...user.groups.map((group) => `Group ${group}`)];
  const all = collectionName(`${CLASS}clusterrolebindings`, scope);
  for (const key of keys) {
    for (const { value } of reader.indexed(all, SUBJECT, key)) yield grant(reader, scope, value as unknown as Binding, true);
  }
  if (namespace === '') return;
  const local = collectionName(`${CLASS}rolebindings`, scope);
  for (const key of keys) {
    for (const entry of reader.indexed(local, SUBJECT, key)) {
      const binding = entry.value as unknown as Binding; // the collection holds bindings
      if (binding.metadata.namespace === namespace) yield grant(reader, scope, binding, false);
    }
  }
}

function grant(reader: Reader, scope: string, binding: Binding, isClusterWide: boolean): Grant {
  return { rules: rulesOf(reader, scope, binding.roleRef, binding.metadata.namespace), binding, isClusterWide };
}

/** Rules of the role that a binding refers to; none where the role is missing. */
export function rulesOf(reader: Reader, scope: string, ref: Binding['roleRef'], namespace: string | undefined): readonly PolicyRule[] {
  const isCluster = ref.kind === 'ClusterRole';
  const collection = collectionName(`${CLASS}${isCluster ? 'clusterroles' : 'roles'}`, scope);
  const entry = reader.get(collection, isCluster ? ref.name : `${namespace}/${ref.name}`);
  return (entry?.value as unknown as Role | undefined)?.rules ?? NO_RULES; // the collection holds roles
}

/** Decides by the stored roles and bindings. Members of system:masters may do everything. Models pkg/registry/rbac/validation. */
export function decide(reader: Reader, scope: string, attributes: Attributes): Decision {
  if (attributes.user.groups.includes('system:masters')) return { allowed: true, reason: '' };
  for (const { rules, binding, isClusterWide } of grantsOf(reader, scope, attributes.user, attributes.namespace)) {
    if (rules.some((rule) => allows(rule, attributes))) return { allowed: true, reason: reasonOf(binding, isClusterWide, attributes.user) };
  }
  return { allowed: false, reason: '' };
}

function reasonOf({ metadata, roleRef, subjects = [] }: Binding, isClusterWide: boolean, user: User): string {
  const subject = subjects.find((item) => matches(subjectKey(item, metadata.namespace), user)) ?? subjects[0];
  const kind = isClusterWide ? 'ClusterRoleBinding' : 'RoleBinding';
  const name = isClusterWide ? metadata.name : `${metadata.name}/${metadata.namespace}`;
  const of = subject?.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace}` : (subject?.name ?? '');
  return `RBAC: allowed by ${kind} ${JSON.stringify(name)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject?.kind} ${JSON.stringify(of)}`;
}

const matches = (key: string, user: User): boolean =>
  key === `User ${user.name}` || (key.startsWith('Group ') && user.groups.includes(key.slice('Group '.length)));

/** Whether one rule covers the request. */
export function allows(rule: PolicyRule, attributes: Attributes): boolean {
  const has = (values: readonly string[] | undefined, wanted: string) =>
    values?.some((value) => value === '*' || value === wanted) === true;
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResource) return rule.nonResourceURLs?.some((url) => coversPath(url, attributes.path)) === true;
  const { group, resource, subresource, name } = attributes;
  if (!has(rule.apiGroups, group)) return false;
  const combined = subresource ? `${resource}/${subresource}` : resource;
  const coversResource = rule.resources?.some(
    (item) => item === '*' || item === combined || (subresource !== '' && item === `*/${subresource}`),
  );
  if (!coversResource) return false;
  return !rule.resourceNames?.length || rule.resourceNames.includes(name);
}

const coversPath = (url: string, path: string): boolean =>
  url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1).replace(/\*+$/, '')));
