import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import type { Change } from '../../kernel/collection.ts';
import { type Reader, scopeOf } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { collectionOf, kindClass } from '../../kube/kind.ts';
import type { ClusterController } from '../cluster-controller.ts';

/** Removes the pods of nodes that are gone: no kubelet is left to do it. Models kubernetes pkg/controller/podgc. Keys: node names. */
export const podGarbageCollector: ClusterController = {
  name: 'podgc',
  watches: [
    { class: kindClass(nodeKind), targets: (change) => (change.entry ? [] : [change.key]) },
    { class: kindClass(podKind), targets: onPod },
  ],
  reconcile(cluster, nodeName) {
    if (cluster.get<Node>(nodeKind, undefined, nodeName)) return;
    for (const pod of cluster.indexed<Pod>(podKind, 'node', nodeName))
      cluster.delete(podKind, pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0, uid: pod.metadata.uid });
  },
};

/** A pod that is found on no node: its node went while nobody looked, or it was bound by hand. */
function onPod({ entry, previous, collection }: Change, reader: Reader): readonly string[] {
  // The collection holds pods alone.
  const nodeName = (entry?.value as Pod | undefined)?.spec.nodeName;
  if (!nodeName || (previous?.value as Pod | undefined)?.spec.nodeName === nodeName) return [];
  return reader.get(collectionOf(nodeKind, scopeOf(collection)), nodeName) ? [] : [nodeName];
}
