import type { RoleBinding } from '../../../gen/kubernetes-types.ts';
import type { Column } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, wide } from '../columns.ts';
import { defaults, derived, each, fields, nonEmpty } from '../defaulting.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Users and groups belong to RBAC's own group, service accounts to the core group. */
export const bindingDefaults = defaults({
  subjects: each(fields({ apiGroup: derived(({ kind }) => (kind === 'User' || kind === 'Group' ? GROUP : undefined)) })),
  roleRef: fields({ apiGroup: nonEmpty(GROUP) }),
});

const subjectsText =
  (wanted: string) =>
  ({ subjects = [] }: RoleBinding): string =>
    subjects
      .filter(({ kind }) => kind === wanted)
      .map(({ name, namespace }) => (wanted === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');

export const bindingColumns: readonly Column[] = [
  nameColumn,
  column<RoleBinding>('Role', 'Role that is granted.', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  wide<RoleBinding>('Users', 'Users that have the role.', subjectsText('User')),
  wide<RoleBinding>('Groups', 'Groups that have the role.', subjectsText('Group')),
  wide<RoleBinding>('ServiceAccounts', 'Service accounts that have the role.', subjectsText('ServiceAccount')),
];
