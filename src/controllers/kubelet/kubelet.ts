import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { kubeletStoppedMs } from '../../kinds/core/node-heartbeat.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { type ClusterController, onObject } from '../cluster-controller.ts';
import { conditionOf } from '../pod-control.ts';
import { type Rejection, rejection } from './admission.ts';
import { type Clock, RETRY_MS, waitingStatus } from './container-status.ts';
import { freePodAddress, hostAddress } from './pod-address.ts';
import { stepPod, stopped } from './pod-status.ts';
import { configFault, mountFault } from './references.ts';

/**
 * The simulated kubelets: what the nodes' agents do with the pods assigned to them. One controller for all nodes, a pod at a time;
 * a pod on a node that is silent stays as it is. Models kubernetes pkg/kubelet as far as the API can tell.
 */
export const kubeletController: ClusterController = {
  name: 'kubelet',
  watches: [
    onObject(podKind, (object) => ((object as Pod).spec.nodeName ? [`${object.metadata.namespace}/${object.metadata.name}`] : [])),
    onObject(nodeKind, (object, reader, scope) =>
      reader.indexed<Pod>(collectionOf(podKind, scope), 'node', object.metadata.name).map(({ key }) => key),
    ),
  ],
  reconcile(cluster, name, namespace) {
    const pod = cluster.get<Pod>(podKind, namespace, name);
    if (!pod?.spec.nodeName) return undefined;
    const node = cluster.get<Node>(nodeKind, undefined, pod.spec.nodeName);
    if (!node || !isAlive(node)) return undefined;
    if (pod.metadata.deletionTimestamp) return stop(cluster, pod);
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return undefined;
    return run(cluster, pod, node);
  },
};

/** A node whose kubelet works: it has reported, and has not fallen silent. One that is merely not ready still stops its pods. */
function isAlive(node: Node): boolean {
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  return ready !== undefined && ready !== 'Unknown' && kubeletStoppedMs(node) === undefined;
}

function run(cluster: Cluster, pod: Pod, node: Node): Outcome | undefined {
  const clock: Clock = cluster.tx;
  const refused = pod.status?.podIP || isScheduled(pod) ? undefined : rejection(cluster, pod, node);
  if (refused) return reject(cluster, pod, refused);
  const podIP = pod.status?.podIP ?? freePodAddress(cluster, node, pod);
  if (!podIP) return noAddress(cluster, pod, node);
  const unmounted = pod.status?.podIP ? undefined : mountFault(cluster, pod);
  if (unmounted !== undefined) return waits(cluster, pod, 'FailedMount', unmounted, RETRY_MS);
  const step = stepPod(pod, { hostIP: hostAddress(node), podIP }, clock, (container) => configFault(cluster, pod, container));
  cluster.updateStatus<Pod>(podKind, { ...pod, status: step.status });
  for (const { type, reason, message } of step.events) cluster.event(pod, type, reason, message);
  return step.againMs === undefined ? undefined : { againMs: step.againMs };
}

/** The scheduler has placed the pod, and thereby checked it against the node. */
const isScheduled = (pod: Pod): boolean => conditionOf(pod, 'PodScheduled')?.status === 'True';

function reject(cluster: Cluster, pod: Pod, { reason, message }: Rejection): undefined {
  cluster.event(pod, 'Warning', reason, message);
  const { qosClass } = pod.status ?? {};
  const status = {
    phase: 'Failed',
    reason,
    message: `Pod was rejected: ${message}`,
    observedGeneration: pod.metadata.generation ?? 1,
    ...(qosClass !== undefined && { qosClass }),
  };
  cluster.updateStatus<Pod>(podKind, { ...pod, status });
}

/** The node's address range is used up: the sandbox can't be made, the kubelet tries again. */
function noAddress(cluster: Cluster, pod: Pod, node: Node): Outcome {
  const message = `Failed to create pod sandbox: plugin type="azure-ipam" failed (add): no IP addresses available in ${node.spec.podCIDR ?? 'the node without podCIDR'}`;
  return waits(cluster, pod, 'FailedCreatePodSandBox', message, 15_000);
}

/** Nothing of the pod can be made yet: it says why, and the kubelet tries again. */
function waits(cluster: Cluster, pod: Pod, reason: string, message: string, againMs: number): Outcome {
  cluster.event(pod, 'Warning', reason, message);
  const waiting = pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating';
  const containerStatuses = pod.spec.containers.map((container) => waitingStatus(container, waiting));
  cluster.updateStatus<Pod>(podKind, { ...pod, status: { ...pod.status, containerStatuses } });
  return { againMs };
}

/**
 * What a container that heeds the signal takes until the kubelet has told of its end. Counted from deletionTimestamp, which has whole
 * seconds: a second on average, and never so short that nobody sees the pod leave.
 */
const STOP_MS = 1_500;

/** A deleted pod: its preStop hooks run, its containers stop, the end is reported, then the object goes for good. */
function stop(cluster: Cluster, pod: Pod): Outcome | undefined {
  const phase = pod.status?.phase;
  if (phase !== 'Succeeded' && phase !== 'Failed') {
    const running = pod.status?.containerStatuses?.filter((status) => status.state?.running) ?? [];
    const leftMs = running.length ? stoppedAtMs(pod) - cluster.tx.nowMs : 0;
    if (isNews(pod)) for (const { name } of running) cluster.event(pod, 'Normal', 'Killing', `Stopping container ${name}`);
    if (leftMs > 0) {
      cluster.updateStatus<Pod>(podKind, { ...pod, status: { ...pod.status, observedGeneration: pod.metadata.generation ?? 1 } });
      return { againMs: leftMs };
    }
    cluster.updateStatus<Pod>(podKind, { ...pod, status: stopped(pod, 0, 'Completed', cluster.tx) });
  }
  cluster.delete(podKind, pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0, uid: pod.metadata.uid });
  return undefined;
}

/** The kubelet has not yet answered to the pod's last change: a deletion counts as one. */
const isNews = (pod: Pod): boolean => (pod.status?.observedGeneration ?? 0) < (pod.metadata.generation ?? 1);

/** When the preStop hooks that sleep are over and the containers after them, in world ms; the grace period cuts both short. */
function stoppedAtMs(pod: Pod): number {
  const sleeps = pod.spec.containers.map(({ lifecycle }) => {
    const words = lifecycle?.preStop?.exec?.command?.join(' ') ?? '';
    return lifecycle?.preStop?.sleep?.seconds ?? Number(/\bsleep (\d+)/.exec(words)?.[1] ?? 0);
  });
  const deadlineMs = Date.parse(pod.metadata.deletionTimestamp ?? '');
  const beganMs = deadlineMs - (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  return Math.min(beganMs + Math.max(0, ...sleeps) * 1000 + STOP_MS, deadlineMs);
}
