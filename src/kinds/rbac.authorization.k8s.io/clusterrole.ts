import type { Kind } from '../../kube/kind.ts';
import { plainColumns } from '../columns.ts';

export const clusterRole: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  columns: plainColumns,
};
