import type { Kind } from '../../kube/kind.ts';
import { plainColumns } from '../columns.ts';

export const role: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'Role',
  resource: 'roles',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  columns: plainColumns,
};
