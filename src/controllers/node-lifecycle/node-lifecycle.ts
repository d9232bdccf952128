import type { Node, NodeCondition, Pod } from '../../../gen/kubernetes-types.ts';
import type { Change } from '../../kernel/collection.ts';
import { type Reader, scopeOf } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { kubeletStoppedMs } from '../../kinds/core/node-heartbeat.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { kindClass } from '../../kube/kind.ts';
import { type ClusterController, keysOf } from '../cluster-controller.ts';
import { readyStatus, taintsOf } from './taints.ts';

/** How long a node may be silent before its state counts as unknown: --node-monitor-grace-period. */
const GRACE_MS = 50_000;
const SILENT = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };

/** What the kubelet of a node that is back says of it. */
const HEALTHY: Readonly<Record<string, Pick<NodeCondition, 'status' | 'reason' | 'message'>>> = {
  Ready: { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  MemoryPressure: { status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  DiskPressure: { status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  PIDPressure: { status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
};

/**
 * Notices nodes that fall silent or come back, and taints nodes by their conditions. Models kubernetes pkg/controller/nodelifecycle.
 * A kubelet that stops says so by an annotation (kinds/core/node-heartbeat.ts): that its lease runs out is the only event.
 */
export const nodeLifecycleController: ClusterController = {
  name: 'node-lifecycle',
  watches: [{ class: kindClass(nodeKind), targets }],
  reconcile(cluster, name) {
    const found = cluster.get<Node>(nodeKind, undefined, name);
    if (!found || found.metadata.deletionTimestamp) return undefined;
    const { node, againMs } = observe(cluster, found);
    const ready = readyStatus(node);
    const taints = taintsOf(node, ready !== 'True' && cluster.list<Node>(nodeKind).some(isReady), cluster.tx.nowIso);
    if (taints !== (node.spec.taints ?? taints)) writeTaints(cluster, node, taints);
    else if (!node.spec.taints && taints.length) writeTaints(cluster, node, taints);
    if (ready !== 'True') markPods(cluster, node);
    return againMs === undefined ? undefined : { againMs };
  },
};

const isReady = (node: Node): boolean => readyStatus(node) === 'True';

/** The node itself; all nodes when the first or last ready one changes, since nothing is evicted while no node is ready. */
function targets(change: Change, reader: Reader): readonly string[] {
  // The collection holds nodes alone.
  const states = [change.previous, change.entry].map((entry) => entry !== undefined && isReady(entry.value as unknown as Node));
  if (states[0] === states[1]) return [change.key];
  const others = reader.list<Node>(change.collection).some(({ key, value }) => key !== change.key && isReady(value));
  return others ? [change.key] : keysOf(reader, nodeKind, scopeOf(change.collection));
}

function writeTaints(cluster: Cluster, node: Node, taints: readonly NonNullable<Node['spec']['taints']>[number][]): void {
  const { taints: _, ...spec } = node.spec;
  cluster.update<Node>(nodeKind, { ...node, spec: { ...spec, ...(taints.length && { taints }) } });
}

/** The node with its conditions as they are known now, and when that may change by time alone. */
function observe(cluster: Cluster, node: Node): { node: Node; againMs?: number } {
  const stoppedMs = kubeletStoppedMs(node);
  const isUnknown = node.status?.conditions?.some(({ type, reason }) => type === 'Ready' && reason === SILENT.reason) ?? false;
  if (stoppedMs === undefined) return { node: isUnknown ? report(cluster, node, (type) => HEALTHY[type], 'NodeReady') : node };
  if (isUnknown) return { node };
  const leftMs = stoppedMs + GRACE_MS - cluster.tx.nowMs;
  if (leftMs > 0) return { node, againMs: leftMs };
  return { node: report(cluster, node, (type) => (type in HEALTHY ? SILENT : undefined), 'NodeNotReady') };
}

function report(
  cluster: Cluster,
  node: Node,
  stateOf: (type: string) => Pick<NodeCondition, 'status' | 'reason' | 'message'> | undefined,
  event: 'NodeReady' | 'NodeNotReady',
): Node {
  const { nowIso } = cluster.tx;
  const conditions = node.status?.conditions?.map((condition) => {
    const state = stateOf(condition.type);
    const heartbeat = event === 'NodeReady' && { lastHeartbeatTime: nowIso };
    return state ? { ...condition, ...state, ...heartbeat, lastTransitionTime: nowIso } : condition;
  });
  cluster.event(node, 'Normal', event, `Node ${node.metadata.name} status is now: ${event}`);
  return cluster.updateStatus<Node>(nodeKind, { ...node, status: { ...node.status, ...(conditions && { conditions }) } });
}

/** Pods of a node that is not ready serve nobody. */
function markPods(cluster: Cluster, { metadata }: Node): void {
  for (const pod of cluster.indexed<Pod>(podKind, 'node', metadata.name)) {
    if (!pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) continue;
    const conditions = pod.status.conditions.map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: cluster.tx.nowIso } : condition,
    );
    cluster.updateStatus<Pod>(podKind, { ...pod, status: { ...pod.status, conditions } });
    cluster.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
  }
}
