import { equal, type Json } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { User } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { forbidden } from '../status.ts';
import { checkOf } from './attributes.ts';
import { decide, grantsOf, type PolicyRule, rulesOf } from './rbac.ts';

const GROUP = 'rbac.authorization.k8s.io';

/**
 * Nobody grants what they do not have, by a role or by a binding, unless they may `escalate` or `bind` the role.
 * Models pkg/registry/rbac policybased storage. Runs as a validating plugin because that is where it sees the finished object.
 */
export const rbacEscalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  validate({ kind, operation, object, previous, user }, { tx, scope }) {
    if (kind.group !== GROUP || (operation !== 'CREATE' && operation !== 'UPDATE') || !object) return;
    if (user.groups.includes('system:masters')) return;
    const namespace = object.metadata.namespace ?? '';
    const isRole = kind.resource === 'roles' || kind.resource === 'clusterroles';
    const verb = isRole ? 'escalate' : 'bind';
    const field = isRole ? 'rules' : 'roleRef';
    if (previous && equal(object[field], previous[field]) && (isRole || equal(object.subjects, previous.subjects))) return;
    const ref = refOf(object);
    const resource = isRole ? kind.resource : ref.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
    const name = isRole ? object.metadata.name : ref.name;
    if (decide(tx, scope, checkOf(user, verb, GROUP, resource, namespace, name)).allowed) return;
    const wanted = isRole ? asRules(object.rules) : rulesOf(tx, scope, ref, namespace);
    const missing = uncovered(tx, scope, user, namespace, wanted);
    if (missing.length === 0) return;
    const list = missing.map(ruleText).join('\n');
    throw forbidden(
      kind,
      object.metadata.name,
      `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${list}`,
    );
  },
};

const asRules = (rules: Json | undefined): readonly PolicyRule[] =>
  Array.isArray(rules) ? (rules as unknown as readonly PolicyRule[]) : [];

function refOf(object: KubeObject): { readonly apiGroup: string; readonly kind: string; readonly name: string } {
  // Validation has passed: a binding has a roleRef.
  return object.roleRef as { readonly apiGroup: string; readonly kind: string; readonly name: string };
}

/** Single permissions of the wanted rules that nothing granted to the user covers. */
function uncovered(tx: Transaction, scope: string, user: User, namespace: string, wanted: readonly PolicyRule[]): PolicyRule[] {
  const held = [...grantsOf(tx, scope, user, namespace)].flatMap(({ rules }) => rules);
  return wanted.flatMap(singles).filter((rule) => !held.some((own) => covers(own, rule)));
}

/** A rule as rules of one verb, group and resource each. */
function singles(rule: PolicyRule): PolicyRule[] {
  const urls = (rule.nonResourceURLs ?? []).flatMap((url) => rule.verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })));
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) =>
      rule.verbs.flatMap((verb): PolicyRule[] => {
        const single = { verbs: [verb], apiGroups: [group], resources: [resource] };
        return rule.resourceNames?.length ? rule.resourceNames.map((name) => ({ ...single, resourceNames: [name] })) : [single];
      }),
    ),
  );
  return [...urls, ...resources];
}

function covers(own: PolicyRule, single: PolicyRule): boolean {
  const within = (values: readonly string[] | undefined, wanted: readonly string[] | undefined) =>
    values?.includes('*') === true || wanted?.every((item) => values?.includes(item)) === true;
  if (!within(own.verbs, single.verbs)) return false;
  if (single.nonResourceURLs) {
    const [url = ''] = single.nonResourceURLs;
    return (
      own.nonResourceURLs?.some((item) => item === '*' || item === url || (item.endsWith('*') && url.startsWith(item.slice(0, -1)))) ===
      true
    );
  }
  const [resource = ''] = single.resources ?? [];
  const subresource = resource.includes('/') ? `*/${resource.slice(resource.indexOf('/') + 1)}` : '';
  const hasResource = within(own.resources, single.resources) || (subresource !== '' && own.resources?.includes(subresource) === true);
  if (!within(own.apiGroups, single.apiGroups) || !hasResource) return false;
  return !own.resourceNames?.length || single.resourceNames?.every((name) => own.resourceNames?.includes(name)) === true;
}

const goList = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

function ruleText({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string {
  const parts = [
    apiGroups && `APIGroups:${goList(apiGroups)}`,
    resources && `Resources:${goList(resources)}`,
    resourceNames && `ResourceNames:${goList(resourceNames)}`,
    nonResourceURLs && `NonResourceURLs:${goList(nonResourceURLs)}`,
    `Verbs:${goList(verbs)}`,
  ];
  return `{${parts.filter(Boolean).join(', ')}}`;
}
