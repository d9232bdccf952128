import type { Namespace } from '../../../gen/kubernetes-types.ts';
import { namespace as namespaceKind } from '../../kinds/core/namespace.ts';
import { serviceAccount } from '../../kinds/core/serviceaccount.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';

/** Keeps a ServiceAccount "default" in every namespace. Models kubernetes pkg/controller/serviceaccount. */
export const serviceAccountController: ClusterController = {
  name: 'serviceaccount',
  watches: [onKind(namespaceKind), onObject(serviceAccount, (object) => [object.metadata.namespace ?? ''])],
  reconcile(cluster, name) {
    const namespace = cluster.get<Namespace>(namespaceKind, undefined, name);
    if (!namespace || namespace.metadata.deletionTimestamp) return;
    if (!cluster.get(serviceAccount, name, 'default')) cluster.create(serviceAccount, { metadata: { name: 'default', namespace: name } });
  },
};
