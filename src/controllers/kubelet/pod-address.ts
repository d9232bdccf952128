import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { formatIPv4, parseCidr } from '../../net/cidr.ts';

/** The node's address in its subnet. */
export const hostAddress = (node: Node): string => node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';

/** Addresses at the start of a node's range that no pod gets: the network's own and the bridge's. */
const FIRST_POD = 2;

/**
 * The address for a pod that starts: the node's own for hostNetwork, else one that is free in the node's podCIDR. The address after
 * as many as are taken is tried first, so that a node that fills up costs no search. O(pods of the node). Undefined when none is left.
 */
export function freePodAddress(cluster: Cluster, node: Node, pod: Pod): string | undefined {
  if (pod.spec.hostNetwork) return hostAddress(node);
  const range = node.spec.podCIDR ? parseCidr(node.spec.podCIDR) : undefined;
  if (!range) return undefined;
  const taken = new Set<string>();
  for (const other of cluster.indexed<Pod>(podKind, 'node', node.metadata.name))
    if (other.status?.podIP && !other.spec.hostNetwork && other.status.phase !== 'Succeeded' && other.status.phase !== 'Failed')
      taken.add(other.status.podIP);
  const last = range.size - 2;
  const at = (offset: number): string => formatIPv4(range.first + offset);
  const next = FIRST_POD + taken.size;
  if (next <= last && !taken.has(at(next))) return at(next);
  for (let offset = FIRST_POD; offset <= last; offset++) if (!taken.has(at(offset))) return at(offset);
  return undefined;
}
