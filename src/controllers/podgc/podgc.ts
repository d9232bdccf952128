import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { kindClass } from '../../kube/kind.ts';
import type { ClusterController } from '../cluster-controller.ts';

/** Removes the pods of nodes that are gone: no kubelet is left to do it. Models kubernetes pkg/controller/podgc. Keys: node names. */
export const podGarbageCollector: ClusterController = {
  name: 'podgc',
  watches: [{ class: kindClass(nodeKind), targets: (change) => (change.entry ? [] : [change.key]) }],
  reconcile(cluster, nodeName) {
    if (cluster.get<Node>(nodeKind, undefined, nodeName)) return;
    for (const pod of cluster.indexed<Pod>(podKind, 'node', nodeName))
      cluster.delete(podKind, pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0, uid: pod.metadata.uid });
  },
};
