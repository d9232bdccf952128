import type { ConfigMap, Namespace } from '../../../gen/kubernetes-types.ts';
import { configMap } from '../../kinds/core/configmap.ts';
import { namespace as namespaceKind } from '../../kinds/core/namespace.ts';
import { CLUSTERS, clusterRecord } from '../../kube/clusters.ts';
import { type ClusterController, keysOf, onKind, onObject } from '../cluster-controller.ts';

const NAME = 'kube-root-ca.crt';

/** Publishes the cluster's CA to every namespace. Models kubernetes pkg/controller/certificates/rootcacertpublisher. */
export const rootCaController: ClusterController = {
  name: 'root-ca-certificate-publisher',
  watches: [
    onKind(namespaceKind),
    onObject(configMap, (object) => (object.metadata.name === NAME ? [object.metadata.namespace ?? ''] : [])),
    {
      class: CLUSTERS,
      targets: (change, reader) => keysOf(reader, namespaceKind, change.key).map((key) => ({ scope: change.key, key })),
    },
  ],
  reconcile(cluster, name) {
    const ca = clusterRecord(cluster.tx, cluster.scope)?.caCertificate;
    const namespace = cluster.get<Namespace>(namespaceKind, undefined, name);
    if (!ca || !namespace || namespace.metadata.deletionTimestamp) return;
    const existing = cluster.get<ConfigMap>(configMap, name, NAME);
    const data = { 'ca.crt': ca };
    if (!existing) {
      const annotations = { 'kubernetes.io/description': DESCRIPTION };
      cluster.create(configMap, { metadata: { name: NAME, namespace: name, annotations }, data });
    } else if (existing.data?.['ca.crt'] !== ca) cluster.update<ConfigMap>(configMap, { ...existing, data });
  },
};

const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
