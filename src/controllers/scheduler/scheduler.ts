import type { Namespace, Node, Pod } from '../../../gen/kubernetes-types.ts';
import { fnv1a32 } from '../../kernel/hash.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import { namespace as namespaceKind } from '../../kinds/core/namespace.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { kindClass } from '../../kube/kind.ts';
import { controllerOf } from '../../kube/object.ts';
import type { LabelSelector } from '../../kube/selectors/label-selector.ts';
import { type ClusterController, onObject } from '../cluster-controller.ts';
import { withCondition } from '../pod-control.ts';
import { exactLabel } from '../selection.ts';
import { allocatableOf } from './node-facts.ts';
import { plan } from './plan.ts';
import type { Placement } from './plugin.ts';

const SCHEDULER = 'default-scheduler';
const unassigned = (pod: Pod): boolean => !pod.spec.nodeName && pod.spec.schedulerName === SCHEDULER && !pod.metadata.deletionTimestamp;
const finished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/**
 * Assigns pods to nodes. Models kube-scheduler with its default plugins. A pod that fits nowhere is tried again whenever a node
 * changes or a pod leaves one: the "node" index files waiting pods under "".
 */
export const schedulerController: ClusterController = {
  name: 'scheduler',
  watches: [
    onObject(podKind, (object, reader, scope) => {
      const pod = object as Pod;
      if (unassigned(pod)) return [`${pod.metadata.namespace}/${pod.metadata.name}`];
      return pod.spec.nodeName && (finished(pod) || pod.metadata.deletionTimestamp) ? waiting(reader, scope) : [];
    }),
    onObject(nodeKind, (_, reader, scope) => waiting(reader, scope)),
  ],
  reconcile(cluster, name, namespace) {
    const pod = cluster.get<Pod>(podKind, namespace, name);
    if (!pod || !unassigned(pod)) return;
    if (pod.spec.schedulingGates?.length) return;
    const outcome = plan(pod, placementOf(cluster), fnv1a32(pod.metadata.uid));
    if ('nodeName' in outcome) bind(cluster, pod, outcome.nodeName);
    else refuse(cluster, pod, outcome.message);
  },
};

const waiting = (reader: Reader, scope: string): string[] =>
  reader
    .indexed<Pod>(collectionName(kindClass(podKind), scope), 'node', '')
    .filter(({ value }) => unassigned(value))
    .map(({ key }) => key);

function bind(cluster: Cluster, pod: Pod, nodeName: string): void {
  const bound = cluster.update<Pod>(podKind, { ...pod, spec: { ...pod.spec, nodeName } });
  const conditions = withCondition(bound.status?.conditions, {
    type: 'PodScheduled',
    status: 'True',
    lastTransitionTime: cluster.tx.nowIso,
  });
  cluster.updateStatus<Pod>(podKind, { ...bound, status: { ...bound.status, conditions } });
  cluster.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`);
}

function refuse(cluster: Cluster, pod: Pod, message: string): void {
  const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (known?.status === 'False' && known.message === message) return;
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: cluster.tx.nowIso };
  cluster.updateStatus<Pod>(podKind, { ...pod, status: { ...pod.status, conditions: withCondition(pod.status?.conditions, condition) } });
  cluster.event(pod, 'Warning', 'FailedScheduling', message);
}

/** The cluster as plugins see it. What the pods of a node request comes from the "node" index's totals, not from a walk. */
export function placementOf(cluster: Cluster): Placement {
  const pods = collectionName(kindClass(podKind), cluster.scope);
  const { tx } = cluster;
  const assigned = (pod: Pod) => Boolean(pod.spec.nodeName) && !finished(pod);
  return {
    nodes: cluster.list<Node>(nodeKind).map((node) => ({
      node,
      allocatable: allocatableOf(node),
      requested: tx.totals(pods, 'node', node.metadata.name),
    })),
    antiAffine: cluster.indexed<Pod>(podKind, 'antiAffine', '').filter(assigned),
    nodeOf: (pod) => (pod.spec.nodeName ? cluster.get<Node>(nodeKind, undefined, pod.spec.nodeName) : undefined),
    siblings(pod, limit) {
      const owner = controllerOf(pod);
      return owner ? cluster.indexed<Pod>(podKind, 'owner', owner.uid).slice(0, limit).filter(assigned) : [];
    },
    matching: (namespaces, selector) =>
      matching(cluster, namespaces, selector).filter((pod) => assigned(pod) && selector.matches(pod.metadata.labels)),
    namespaces: (selector) =>
      cluster
        .list<Namespace>(namespaceKind)
        .filter((each) => selector.matches(each.metadata.labels))
        .map((each) => each.metadata.name),
  };
}

/** Pods that may match: by the label index where the selector names one value, else all of the namespaces. */
function matching(cluster: Cluster, namespaces: readonly string[] | '*', selector: LabelSelector): readonly Pod[] {
  if (namespaces === '*') return cluster.list<Pod>(podKind);
  const exact = exactLabel(selector);
  return namespaces.flatMap((namespace) =>
    exact ? cluster.indexed<Pod>(podKind, 'label', `${namespace}/${exact}`) : cluster.list<Pod>(podKind, namespace),
  );
}
