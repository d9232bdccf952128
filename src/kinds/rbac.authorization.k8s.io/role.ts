import type { Role } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { plainColumns } from '../columns.ts';
import { ruleFaults } from './validation.ts';

export const role: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  resource: 'roles',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  nameRule: nameIsPathSegment,
  validate: ({ rules }: Role) => ruleFaults('rules', rules, true),
  columns: plainColumns,
};
