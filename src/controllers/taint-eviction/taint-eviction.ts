import type { Node, Pod, Taint } from '../../../gen/kubernetes-types.ts';
import type { Change } from '../../kernel/collection.ts';
import { type Reader, scopeOf } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf, kindClass } from '../../kube/kind.ts';
import { type ClusterController, onKind } from '../cluster-controller.ts';
import { markDisrupted } from '../pod-control.ts';
import { tolerates } from '../scheduler/node-facts.ts';

/** Deletes pods from nodes whose NoExecute taints they do not, or no longer, tolerate. Models kubernetes pkg/controller/tainteviction. */
export const taintEvictionController: ClusterController = {
  name: 'taint-eviction',
  watches: [onKind(nodeKind), { class: kindClass(podKind), targets: onPod }],
  reconcile(cluster, name) {
    const taints = cluster.get<Node>(nodeKind, undefined, name)?.spec.taints?.filter(isEvicting) ?? [];
    if (taints.length === 0) return undefined;
    let againMs = Number.POSITIVE_INFINITY;
    for (const pod of cluster.indexed<Pod>(podKind, 'node', name)) {
      if (pod.metadata.deletionTimestamp) continue;
      const leftMs = Math.min(...taints.map((taint) => staysUntilMs(pod, taint))) - cluster.tx.nowMs;
      if (leftMs <= 0) evict(cluster, pod);
      else againMs = Math.min(againMs, leftMs);
    }
    return Number.isFinite(againMs) ? { againMs } : undefined;
  },
};

const isEvicting = (taint: Taint): boolean => taint.effect === 'NoExecute';

/** The node of a pod that comes to it or changes its tolerations, where that node drives pods out. */
function onPod(change: Change, reader: Reader): readonly string[] {
  // The collection holds pods alone.
  const pod = change.entry?.value as Pod | undefined;
  if (!pod?.spec.nodeName || pod.spec === (change.previous?.value as Pod | undefined)?.spec) return [];
  const node = reader.get<Node>(collectionOf(nodeKind, scopeOf(change.collection)), pod.spec.nodeName)?.value;
  return node?.spec.taints?.some(isEvicting) ? [node.metadata.name] : [];
}

/** Until when a pod may stay, in world ms, by its shortest toleration of the taint. */
function staysUntilMs(pod: Pod, taint: Taint): number {
  const matching = pod.spec.tolerations?.filter((toleration) => tolerates(toleration, taint)) ?? [];
  if (matching.length === 0) return 0;
  const seconds = Math.min(...matching.map(({ tolerationSeconds }) => tolerationSeconds ?? Number.POSITIVE_INFINITY));
  return Date.parse(taint.timeAdded ?? pod.metadata.creationTimestamp) + Math.max(seconds, 0) * 1000;
}

function evict(cluster: Cluster, pod: Pod): void {
  const { namespace, name } = pod.metadata;
  markDisrupted(cluster, pod, 'DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint');
  cluster.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`);
  cluster.delete(podKind, namespace, name);
}
