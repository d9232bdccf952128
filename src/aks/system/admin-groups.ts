import type { ClusterRoleBinding } from '../../../gen/kubernetes-types.ts';
import { equal } from '../../kernel/json.ts';
import { clusterRoleBinding } from '../../kinds/rbac.authorization.k8s.io/clusterrolebinding.ts';
import type { Cluster } from '../../kube/cluster.ts';

const NAME = 'aks-cluster-admin-binding-aad';
const LABELS = { 'addonmanager.kubernetes.io/mode': 'Reconcile', 'kubernetes.io/cluster-service': 'true' };

/** Makes the members of these Entra groups administrators: `aadProfile.adminGroupObjectIDs` (aks-facts-identity). None removes the binding. */
export function ensureAdminGroups(cluster: Cluster, groups: readonly string[]): void {
  const existing = cluster.get<ClusterRoleBinding>(clusterRoleBinding, undefined, NAME);
  const subjects = groups.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name }));
  if (groups.length === 0) {
    if (existing) cluster.delete(clusterRoleBinding, undefined, NAME);
  } else if (!existing)
    cluster.create(clusterRoleBinding, {
      metadata: { name: NAME, labels: LABELS },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects,
    });
  else if (!equal(existing.subjects ?? [], subjects)) cluster.update(clusterRoleBinding, { ...existing, subjects });
}
