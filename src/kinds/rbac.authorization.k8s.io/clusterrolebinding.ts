import type { Kind } from '../../kube/kind.ts';
import { bindingColumns, bindingDefaults } from './binding.ts';

export const clusterRoleBinding: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRoleBinding',
  resource: 'clusterrolebindings',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  default: bindingDefaults,
  columns: bindingColumns,
};
