import type { ClusterRole, PolicyRule } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { clusterRole } from '../../kinds/rbac.authorization.k8s.io/clusterrole.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { type ClusterController, onObject } from '../cluster-controller.ts';
import { selectorOf } from '../selection.ts';

/** Puts the rules of selected roles into those that aggregate them. Models kubernetes pkg/controller/clusterroleaggregation. */
export const clusterRoleAggregationController: ClusterController = {
  name: 'clusterrole-aggregation',
  watches: [
    onObject(clusterRole, (_, reader, scope) =>
      reader
        .list<ClusterRole>(collectionOf(clusterRole, scope))
        .filter(({ value }) => value.aggregationRule)
        .map(({ key }) => key),
    ),
  ],
  reconcile(cluster, name) {
    const role = cluster.get<ClusterRole>(clusterRole, undefined, name);
    if (!role?.aggregationRule) return;
    const rules = aggregated(cluster, role);
    if (!equal((role.rules ?? []) as Json, rules as Json)) cluster.update<ClusterRole>(clusterRole, { ...role, rules });
  },
};

/** Each rule once, in the order of the roles' names. */
function aggregated(cluster: Cluster, role: ClusterRole): PolicyRule[] {
  const found = new Map<string, PolicyRule>();
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matcher = selectorOf(selector);
    for (const other of cluster.list<ClusterRole>(clusterRole))
      if (other.metadata.name !== role.metadata.name && matcher.matches(other.metadata.labels))
        for (const rule of other.rules ?? []) found.set(JSON.stringify(rule), rule);
  }
  return [...found.values()];
}
