import type { ClusterRole } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { plainColumns } from '../columns.ts';
import { clusterRoleFaults } from './validation.ts';

export const clusterRole: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'ClusterRole',
  resource: 'clusterroles',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  nameRule: nameIsPathSegment,
  validate: (object: ClusterRole) => clusterRoleFaults(object),
  columns: plainColumns,
};
