import type { Kind } from '../../kube/kind.ts';
import { bindingColumns, bindingDefaults } from './binding.ts';

export const roleBinding: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  default: bindingDefaults,
  columns: bindingColumns,
};
