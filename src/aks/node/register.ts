import type { Lease, Node, Pod } from '../../../gen/kubernetes-types.ts';
import { getResource, setObserved } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import { vmSize } from '../../azure/compute/vm-sizes.ts';
import { takenIn } from '../../azure/network/private-addresses.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { lease } from '../../kinds/coordination.k8s.io/lease.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { csiNode } from '../../kinds/storage.k8s.io/csinode.ts';
import type { Cluster, NewObject } from '../../kube/cluster.ts';
import { freeAddresses, freeRanges } from '../../net/allocation.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { instancesOf, scaleSetId } from '../agent-pool/scale-set.ts';
import { nodesOf } from '../agent-pool/settled.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { nodeGroupOf } from '../managed-cluster/node-group.ts';
import { nodeName, scaleSetName } from '../names.ts';
import { nodeObject } from './node.ts';

/** Registers a Node for every instance of a pool's scale set that has none, and removes the Nodes of instances that are gone. */
export function syncNodes(tx: Transaction, api: Cluster, cluster: Resource, pool: Resource): void {
  const scaleSet = scaleSetId(cluster, pool);
  const prefix = scaleSetName(api.scope, pool.name, false);
  const instances = new Map(instancesOf(tx, scaleSet).map((instance) => [nodeName(prefix, Number(instance.name)), instance]));
  const known = new Set<string>();
  for (const node of nodesOf(tx, cluster, pool)) {
    known.add(node.metadata.name);
    if (!instances.has(node.metadata.name)) api.delete(nodeKind, undefined, node.metadata.name);
  }
  const missing = [...instances].filter(([name]) => !known.has(name));
  if (missing.length === 0) return;
  const free = rangesLeft(tx, api, cluster);
  for (const [name, instance] of missing) {
    // An instance that was deallocated keeps its address.
    const address = textAt(objectAt(instance.observed, 'privateAddresses'), IP_CONFIGURATION) || free.addresses.next().value;
    const podCidr = free.podCidrs.next().value;
    // A subnet or pod range that is used up leaves the instance without a node: the pool does not settle.
    if (address && podCidr) register(tx, api, cluster, pool, { name, instance, address, podCidr });
  }
}

/** Takes nodes away with the pods on them: nobody is left to end those. */
export function removeNodes(api: Cluster, nodes: readonly Node[]): void {
  for (const { metadata } of nodes) {
    for (const pod of api.indexed<Pod>(podKind, 'node', metadata.name))
      api.delete(podKind, pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 });
    api.delete(nodeKind, undefined, metadata.name);
  }
}

/** Namespace of the nodes' leases. */
const LEASES = 'kube-node-lease';
/** Name of the one ip configuration of a node's interface. */
const IP_CONFIGURATION = 'ipconfig1';
/** Pod ranges in Azure CNI Overlay are a /24 per node. */
const POD_BLOCK_PREFIX = 24;

function rangesLeft(tx: Transaction, api: Cluster, cluster: Resource) {
  const nodes = api.list<Node>(nodeKind);
  const taken = takenIn(tx, nodeGroupOf(cluster).subnet);
  const takenBlocks = new Set(nodes.map((node) => node.spec.podCIDR ?? ''));
  const subnet = parsePrefix(textAt(getResource(tx, nodeGroupOf(cluster).subnet)?.desired ?? {}, 'addressPrefix'));
  const pods = parsePrefix(textAt(objectAt(cluster.desired, 'networkProfile'), 'podCidr'));
  if (!subnet || !pods) throw new Error(`cluster ${cluster.id} has no readable node subnet or pod range`);
  return { addresses: freeAddresses(subnet, taken), podCidrs: freeRanges(pods, POD_BLOCK_PREFIX, takenBlocks) };
}

interface Registration {
  readonly name: string;
  readonly instance: Resource;
  readonly address: string;
  readonly podCidr: string;
}

function register(
  tx: Transaction,
  api: Cluster,
  cluster: Resource,
  pool: Resource,
  { name, instance, address, podCidr }: Registration,
): void {
  const group = nodeGroupOf(cluster);
  const network = getResource(tx, group.network);
  const identity = getResource(tx, group.identity);
  setObserved(tx, instance.id, { privateAddresses: { [IP_CONFIGURATION]: address } });
  const zone = instance.zones?.[0];
  const node = api.create<Node>(
    nodeKind,
    nodeObject({
      cluster,
      pool,
      instanceId: instance.id,
      name,
      ...(zone && { zone }),
      address,
      podCidr,
      network: { id: group.network, subnet: 'aks-subnet', guid: textAt(network?.observed ?? {}, 'resourceGuid') },
      kubeletClientId: textAt(identity?.observed ?? {}, 'clientId'),
      nowIso: tx.nowIso,
    }),
  );
  if (!api.get(csiNode, undefined, name)) api.create(csiNode, csiNodeOf(node, pool));
  // The lease of an earlier node of this name goes by garbage collection, which may be yet to come.
  if (api.get(lease, LEASES, name)) api.delete(lease, LEASES, name);
  api.create<Lease>(lease, {
    metadata: {
      name,
      namespace: LEASES,
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid: node.metadata.uid }],
    },
    spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: `${tx.nowIso.slice(0, 19)}.000000Z` },
  });
  api.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`);
}

/** What the CSI drivers report of a node: its name to them, and how many disks its size can hold. */
function csiNodeOf(node: Node, pool: Resource): NewObject {
  const { name, uid } = node.metadata;
  const count = vmSize(textAt(pool.desired, 'vmSize'))?.maxDataDisks ?? 0;
  return {
    metadata: { name, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: {
      drivers: [
        { name: 'disk.csi.azure.com', nodeID: name, topologyKeys: ['topology.disk.csi.azure.com/zone'], allocatable: { count } },
        { name: 'file.csi.azure.com', nodeID: name },
      ],
    },
  };
}
