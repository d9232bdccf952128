import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { formatAddress, parsePrefix, sizeOf } from '../../net/prefix.ts';

/** The node's address in its subnet. */
export const hostAddress = (node: Node): string => node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';

/** Addresses at the start of a node's range that no pod gets: the network's own and the bridge's. */
const FIRST_POD = 2;

/**
 * The address for a pod that starts: the node's own for hostNetwork, else one that is free in the node's podCIDR. Searched from the
 * place after as many as the node has pods, so that a node that fills up costs no search. Undefined when none is left.
 */
export function freePodAddress(cluster: Cluster, node: Node, pod: Pod): string | undefined {
  if (pod.spec.hostNetwork) return hostAddress(node);
  const range = node.spec.podCIDR ? parsePrefix(node.spec.podCIDR) : undefined;
  if (!range) return undefined;
  const usable = Number(sizeOf(range)) - 1 - FIRST_POD;
  const { pods = 1 } = cluster.tx.totals(collectionOf(podKind, cluster.scope), 'node', node.metadata.name);
  for (let i = 0; i < usable; i++) {
    const address = formatAddress({ version: range.version, value: range.base + BigInt(FIRST_POD + ((pods - 1 + i) % usable)) });
    if (cluster.indexed(podKind, 'address', address).length === 0) return address;
  }
  return undefined;
}
