import type { Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../gen/kubernetes-types.ts';
import type { Totals } from '../../kernel/collection.ts';
import { namespace as namespaceKind } from '../../kinds/core/namespace.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { persistentVolume } from '../../kinds/core/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { podRequests } from '../../kinds/core/pod/requests.ts';
import { storageClass } from '../../kinds/storage.k8s.io/storageclass.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import type { LabelSelector } from '../../kube/selectors/label-selector.ts';
import { exactLabel } from '../selection.ts';
import { allocatableOf } from './node-facts.ts';
import type { ClaimFacts, Placement } from './plugin.ts';

const finished = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/**
 * The cluster as plugins see it for one pod. What the pods of a node request comes from the "node" index's totals, not from a walk; room
 * that was made for pods of no lower priority counts as taken, as in upstream's RunFilterPluginsWithNominatedPods.
 */
export function placementOf(cluster: Cluster, incoming: Pod): Placement {
  const pods = collectionOf(podKind, cluster.scope);
  const { tx } = cluster;
  const promised = promisedRoom(cluster, incoming);
  const assigned = (pod: Pod) => Boolean(pod.spec.nodeName) && !finished(pod);
  return {
    nodes: cluster.list<Node>(nodeKind),
    candidate: (node) => ({
      node,
      allocatable: allocatableOf(node),
      requested: plus(tx.totals(pods, 'node', node.metadata.name), promised.get(node.metadata.name)),
    }),
    antiAffine: cluster.indexed<Pod>(podKind, 'antiAffine', '').filter(assigned),
    nodeOf: (pod) => (pod.spec.nodeName ? cluster.get<Node>(nodeKind, undefined, pod.spec.nodeName) : undefined),
    siblingsOn: (controllerUid, nodeName) => tx.totals(pods, 'spread', `${controllerUid}@${nodeName}`)['pods'] ?? 0,
    matching: (namespaces, selector) =>
      matching(cluster, namespaces, selector).filter((pod) => assigned(pod) && selector.matches(pod.metadata.labels)),
    claimsOf: (pod) => claimFacts(cluster, pod),
    volumes: () => cluster.list<PersistentVolume>(persistentVolume),
    namespaces: (selector) =>
      cluster
        .list<Namespace>(namespaceKind)
        .filter((each) => selector.matches(each.metadata.labels))
        .map((each) => each.metadata.name),
  };
}

/** What nominated pods will request, by node. */
function promisedRoom(cluster: Cluster, incoming: Pod): ReadonlyMap<string, Totals> {
  const promised = new Map<string, Totals>();
  for (const pod of cluster.indexed<Pod>(podKind, 'nominated', '')) {
    const nodeName = pod.status?.nominatedNodeName ?? '';
    if (pod.metadata.uid === incoming.metadata.uid || (pod.spec.priority ?? 0) < (incoming.spec.priority ?? 0)) continue;
    promised.set(nodeName, plus(podRequests(pod), promised.get(nodeName)));
  }
  return promised;
}

function plus(a: Totals, b: Totals | undefined): Totals {
  if (!b) return a;
  const sum: Record<string, number> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}

/** Pods that may match: by the label index where the selector names one value, else all of the namespaces. */
function matching(cluster: Cluster, namespaces: readonly string[] | '*', selector: LabelSelector): readonly Pod[] {
  if (namespaces === '*') return cluster.list<Pod>(podKind);
  const exact = exactLabel(selector);
  return namespaces.flatMap((namespace) =>
    exact ? cluster.indexed<Pod>(podKind, 'label', `${namespace}/${exact}`) : cluster.list<Pod>(podKind, namespace),
  );
}

/** What is known of the claims that a pod's volumes name. */
export function claimFacts(cluster: Cluster, pod: Pod): ClaimFacts[] {
  const { namespace = '' } = pod.metadata;
  return (podKind.indexes?.['claim']?.(pod) ?? []).map((key): ClaimFacts => {
    const name = key.slice(namespace.length + 1);
    const claim = cluster.get<PersistentVolumeClaim>(claimKind, namespace, name);
    if (!claim) return { name, waits: false, isProvisioned: false };
    const { volumeName, storageClassName } = claim.spec;
    const isBound = volumeName && claim.status?.phase === 'Bound';
    const volume = isBound ? cluster.get<PersistentVolume>(persistentVolume, undefined, volumeName) : undefined;
    const storage = storageClassName ? cluster.get<StorageClass>(storageClass, undefined, storageClassName) : undefined;
    return {
      name,
      claim,
      ...(volume && { volume }),
      waits: storage?.volumeBindingMode === 'WaitForFirstConsumer',
      isProvisioned: storage !== undefined && storage.provisioner !== 'kubernetes.io/no-provisioner',
    };
  });
}
