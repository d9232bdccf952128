import type { PersistentVolumeClaim, Pod, PodCondition } from '../../../gen/kubernetes-types.ts';
import type { Change } from '../../kernel/collection.ts';
import { fnv1a32 } from '../../kernel/hash.ts';
import type { Reader } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { persistentVolumeClaim as claimKind } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf, kindClass } from '../../kube/kind.ts';
import { controllerOf, type KubeObject } from '../../kube/object.ts';
import { type ClusterController, onObject } from '../cluster-controller.ts';
import { SELECTED_NODE } from '../persistentvolume/provision.ts';
import { withCondition } from '../pod-control.ts';
import { claimFacts, placementOf } from './placement.ts';
import { plan, preemptionText } from './plan.ts';
import { makeRoom } from './victims.ts';
import { isOpen } from './volume-binding.ts';

const SCHEDULER = 'default-scheduler';
const unassigned = (pod: Pod): boolean => !pod.spec.nodeName && pod.spec.schedulerName === SCHEDULER && !pod.metadata.deletionTimestamp;
const finished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/**
 * Assigns pods to nodes. Models kube-scheduler with its default plugins. A pod that fits nowhere is tried again whenever a node
 * changes or a pod leaves one: the "node" index files waiting pods under "".
 */
export const schedulerController: ClusterController = {
  name: 'scheduler',
  watches: [{ class: kindClass(podKind), targets: onPod }, onObject(nodeKind, () => [RETRY]), onObject(claimKind, onClaim)],
  reconcile(cluster, name, namespace) {
    if (!namespace) return retry(cluster);
    const pod = cluster.get<Pod>(podKind, namespace, name);
    if (pod && unassigned(pod) && !pod.spec.schedulingGates?.length) place(cluster, pod);
  },
};

/** Key for "room may have become free": all pods that were refused are tried again. */
const RETRY = 'retry';

function onPod(change: Change): readonly string[] {
  // The collection holds pods alone.
  const after = change.entry?.value as Pod | undefined;
  const before = change.previous?.value as Pod | undefined;
  // A refusal that the scheduler wrote itself is no reason to look again.
  if (after && unassigned(after) && (before?.spec !== after.spec || before.metadata.labels !== after.metadata.labels)) return [change.key];
  return before && occupies(before) && !(after && occupies(after)) ? [RETRY] : [];
}

const occupies = (pod: Pod): boolean => Boolean(pod.spec.nodeName) && !finished(pod);

/** Tries pods again, those of higher priority first. Of equal pods of one controller only the first that fits nowhere is asked about. */
function retry(cluster: Cluster): void {
  const waiting = cluster
    .indexed<Pod>(podKind, 'unbound', '')
    .filter((pod) => unassigned(pod) && pod.status?.conditions?.some(isRefusal))
    .sort((a, b) => (b.spec.priority ?? 0) - (a.spec.priority ?? 0));
  const refusals = new Map<string, string>();
  for (const pod of waiting) {
    const owner = controllerOf(pod);
    const group = owner && ALIKE.has(owner.kind) ? owner.uid : pod.metadata.uid;
    const known = refusals.get(group);
    if (known !== undefined) refuse(cluster, pod, known);
    else {
      const message = place(cluster, pod);
      if (message !== undefined) refusals.set(group, message);
    }
  }
}

/** Controllers whose pods ask for the same; those of daemon and stateful sets have a node or a claim of their own. */
const ALIKE: ReadonlySet<string> = new Set(['ReplicaSet', 'ReplicationController', 'Job']);

const isRefusal = ({ type, reason }: PodCondition): boolean => type === 'PodScheduled' && reason === 'Unschedulable';

/** What the plugin for resource claims adds, which comes before preemption since 1.34. */
const claimsText = (version: string): string => (Number(version.split('.')[1]) >= 34 ? 'no new claims to deallocate, ' : '');

/** Assigns a pod, or makes room for it, or says why it fits nowhere. Returns why it does not go anywhere yet. */
function place(cluster: Cluster, pod: Pod): string | undefined {
  const placement = placementOf(cluster, pod);
  const outcome = plan(pod, placement, fnv1a32(pod.metadata.uid));
  if ('nodeName' in outcome) {
    if (!selectNode(cluster, pod, outcome.nodeName)) bind(cluster, pod, outcome.nodeName);
    return undefined;
  }
  const rooming = makeRoom(cluster, pod, placement, outcome);
  const why = rooming ?? preemptionText(pod, outcome);
  const message = why ? `${outcome.message} ${claimsText(cluster.version)}${why}` : outcome.message;
  refuse(cluster, pod, message);
  // Each pod that others go for is asked about by itself.
  return rooming === undefined ? message : undefined;
}

/** Tells the claims that wait for it where the pod is to go. True when there are such: the pod follows once they are bound. */
function selectNode(cluster: Cluster, pod: Pod, nodeName: string): boolean {
  const open = claimFacts(cluster, pod).filter(isOpen);
  for (const { claim } of open) {
    if (!claim || claim.metadata.annotations?.[SELECTED_NODE] !== undefined) continue;
    const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName };
    cluster.update<PersistentVolumeClaim>(claimKind, { ...claim, metadata: { ...claim.metadata, annotations } });
  }
  return open.length > 0;
}

/** Pods that wait for a claim. */
function onClaim({ metadata }: KubeObject, reader: Reader, scope: string): string[] {
  return reader
    .indexed<Pod>(collectionOf(podKind, scope), 'claim', `${metadata.namespace}/${metadata.name}`)
    .filter(({ value }) => unassigned(value))
    .map(({ key }) => key);
}

function bind(cluster: Cluster, pod: Pod, nodeName: string): void {
  const conditions = withCondition<PodCondition>(pod.status?.conditions, {
    type: 'PodScheduled',
    status: 'True',
    observedGeneration: pod.metadata.generation ?? 1,
    lastTransitionTime: cluster.tx.nowIso,
  });
  const { nominatedNodeName: _, ...status } = pod.status ?? {};
  cluster.update<Pod>(podKind, { ...pod, spec: { ...pod.spec, nodeName }, status: { ...status, conditions } }, 'binding');
  cluster.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${nodeName}`);
}

function refuse(cluster: Cluster, pod: Pod, message: string): void {
  const known = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (known?.status === 'False' && known.message === message) return;
  const condition: PodCondition = {
    type: 'PodScheduled',
    status: 'False',
    observedGeneration: pod.metadata.generation ?? 1,
    lastTransitionTime: cluster.tx.nowIso,
    reason: 'Unschedulable',
    message,
  };
  const current = cluster.get<Pod>(podKind, pod.metadata.namespace, pod.metadata.name) ?? pod;
  const conditions = withCondition(current.status?.conditions, condition);
  cluster.updateStatus<Pod>(podKind, { ...current, status: { ...current.status, conditions } });
  cluster.event(pod, 'Warning', 'FailedScheduling', message);
}
