import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { podRequests } from '../../kinds/core/pod/requests.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { allocatableOf, meetsNodeAffinity } from '../scheduler/node-facts.ts';
import { clashes, hostPorts, PORTS_TAKEN } from '../scheduler/node-plugins.ts';

/** Why a node does not take a pod: reason and message of the pod's status. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** Resources as a kubelet names and counts them. */
const RESOURCES = { cpuMilli: 'cpu', memoryBytes: 'memory', ephemeralBytes: 'ephemeral-storage', pods: 'pods' } as const;

/**
 * What a kubelet checks before it takes up a pod. The scheduler has done so for those that it placed; others were bound to the node by
 * their maker. Models kubernetes pkg/kubelet/lifecycle predicateAdmitHandler. Undefined: the node takes the pod.
 */
export function rejection(cluster: Cluster, pod: Pod, node: Node): Rejection | undefined {
  const own = podRequests(pod);
  const totals = cluster.tx.totals(collectionOf(podKind, cluster.scope), 'node', node.metadata.name);
  const others = Object.fromEntries(Object.entries(totals).map(([name, amount]) => [name, amount - (own[name] ?? 0)]));
  const allocatable = allocatableOf(node);
  for (const [name, resource] of Object.entries(RESOURCES)) {
    const [requested = 0, used = 0, capacity = 0] = [own[name], others[name], allocatable[name]];
    if (requested === 0 || requested + used <= capacity) continue;
    const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
    return { reason: `OutOf${resource}`, message };
  }
  if (!meetsNodeAffinity(pod, node)) return failedPredicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  return clashes(
    hostPorts(own),
    hostPorts(others).filter((name) => others[name]),
  )
    ? failedPredicate('NodePorts', PORTS_TAKEN)
    : undefined;
}

const failedPredicate = (reason: string, text: string): Rejection => ({ reason, message: `Predicate ${reason} failed: ${text}` });
