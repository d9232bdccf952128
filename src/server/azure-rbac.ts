import { isAllowed } from '../arm/rbac.ts';
import type { World } from '../kernel/world.ts';
import { clusterRecord } from '../kube/clusters.ts';
import type { KubePorts } from '../kube/pipeline/ports.ts';
import { directory } from './directory.ts';

/** What Azure calls a verb of Kubernetes in a data action. */
const VERBS: { readonly [verb: string]: string } = {
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'delete',
  deletecollection: 'delete',
};

/**
 * Azure RBAC for Kubernetes: a request is a data action on the cluster, or on its namespace, for the Entra principal behind the user:
 * `Microsoft.ContainerService/managedClusters/apps/deployments/read` on `{cluster}/namespaces/{namespace}`.
 * Source: docs manage-azure-rbac, and the data actions of the built-in AKS roles.
 */
export const authorizeAzure =
  (world: World): NonNullable<KubePorts['authorizeAzure']> =>
  (user, { verb, group, resource, subresource, namespace, path }, { scope }) => {
    const cluster = clusterRecord(world.reader, scope);
    const principal = user.extra?.['oid']?.[0];
    if (!cluster || !principal) return false;
    const what = path === undefined ? [group, resource, subresource].filter(Boolean).join('/') : path.replace(/^\//, '');
    const action = `Microsoft.ContainerService/managedClusters/${what}/${VERBS[verb] ?? `${verb}/action`}`;
    const at = namespace ? `${cluster.resourceId}/namespaces/${namespace}` : cluster.resourceId;
    return isAllowed(world.reader, directory, principal, action, at, 'data');
  };
