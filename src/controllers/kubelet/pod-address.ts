import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { formatIPv4, parseCidr } from '../../net/cidr.ts';

/** The node's address in its subnet. */
export const hostAddress = (node: Node): string => node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';

/**
 * The address for a pod that starts: the node's own for hostNetwork, else the first one free in the node's podCIDR after the
 * network address and the bridge. Cost: O(pods of the node). Undefined when the range is used up.
 */
export function freePodAddress(cluster: Cluster, node: Node, pod: Pod): string | undefined {
  if (pod.spec.hostNetwork) return hostAddress(node);
  const range = node.spec.podCIDR ? parseCidr(node.spec.podCIDR) : undefined;
  if (!range) return undefined;
  const taken = new Set(
    cluster
      .indexed<Pod>(podKind, 'node', node.metadata.name)
      .filter((other) => !other.spec.hostNetwork && other.status?.phase !== 'Succeeded' && other.status?.phase !== 'Failed')
      .map((other) => other.status?.podIP),
  );
  for (let offset = 2; offset < range.size - 1; offset++) {
    const address = formatIPv4(range.first + offset);
    if (!taken.has(address)) return address;
  }
  return undefined;
}
