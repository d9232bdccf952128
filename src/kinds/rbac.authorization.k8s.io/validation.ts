import type { ClusterRole, PolicyRule, RbacSubject, RoleBinding } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { nameIsPathSegment, nameIsSubdomain } from '../../kube/names/dns.ts';
import { labelSelectorOf } from '../../kube/selectors/label-selector.ts';
import { type Faults, messages, selectorFaults } from '../faults.ts';
import { internalForm } from '../internal-form.ts';

// Models kubernetes pkg/apis/rbac/validation.

const GROUP = 'rbac.authorization.k8s.io';

/** Faults of a role's rules; those of a namespace have nothing to say about URLs that are no resources. */
export function ruleFaults(path: string, rules: readonly PolicyRule[] | null | undefined, namespaced: boolean): readonly FieldError[] {
  const out: FieldError[] = [];
  rules?.forEach(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }, i) => {
    const at = `${path}[${i}]`;
    if (!verbs?.length) out.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
    if (nonResourceURLs?.length) {
      if (namespaced) out.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'));
      if (apiGroups?.length || resources?.length || resourceNames?.length)
        out.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, 'rules cannot apply to both regular resources and non-resource URLs'));
      return;
    }
    if (!apiGroups?.length) out.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
    if (!resources?.length) out.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  });
  return out;
}

/** Faults of a role of the whole cluster, which may be put together from others. */
export function clusterRoleFaults({ rules, aggregationRule }: ClusterRole): readonly FieldError[] {
  const out = [...ruleFaults('rules', rules, false)];
  if (!aggregationRule) return out;
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) out.push(required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
  selectors.forEach((selector, i) => {
    selectorFaults(`${path}[${i}]`, selector, out);
    // A LabelSelector is plain JSON.
    if (labelSelectorOf(selector as unknown as Json).value === undefined)
      out.push(invalid(`${path}[${i}]`, null, 'invalid label selector.'));
  });
  return out;
}

function subjectFaults(path: string, { kind, name, namespace, apiGroup = '' }: RbacSubject, namespaced: boolean, out: Faults): void {
  if (!name) out.push(required(`${path}.name`));
  switch (kind) {
    case 'ServiceAccount':
      if (name) messages(`${path}.name`, name, nameIsSubdomain(name), out);
      if (apiGroup !== '') out.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
      if (!namespaced && !namespace) out.push(required(`${path}.namespace`));
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== GROUP) out.push(notSupported(`${path}.apiGroup`, apiGroup, [GROUP]));
      break;
    default:
      out.push(notSupported(`${path}.kind`, kind ?? '', ['ServiceAccount', 'User', 'Group']));
  }
}

/** Faults of a binding; one of a namespace may grant a role of either kind. */
export function bindingFaults({ roleRef, subjects = [] }: RoleBinding, namespaced: boolean): readonly FieldError[] {
  const out: FieldError[] = [];
  if (roleRef?.apiGroup !== GROUP) out.push(notSupported('roleRef.apiGroup', roleRef?.apiGroup ?? '', [GROUP]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(roleRef?.kind ?? '')) out.push(notSupported('roleRef.kind', roleRef?.kind ?? '', kinds));
  if (!roleRef?.name) out.push(required('roleRef.name'));
  else messages('roleRef.name', roleRef.name, nameIsPathSegment(roleRef.name), out);
  subjects.forEach((subject, i) => {
    subjectFaults(`subjects[${i}]`, subject, namespaced, out);
  });
  return out;
}

export const bindingUpdateFaults = ({ roleRef }: RoleBinding, { roleRef: previous }: RoleBinding): readonly FieldError[] =>
  equal(roleRef, previous) ? [] : [invalid('roleRef', internalForm('rbac.RoleRef', roleRef), 'cannot change roleRef')];
