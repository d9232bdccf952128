import type { Node, NodeSelector, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../../gen/kubernetes-types.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { persistentVolume } from '../../kinds/core/persistentvolume.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { bytes } from '../../kube/quantity.ts';

/** Set by the scheduler on a claim whose volume is to be made where its first pod goes. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';

const DISK = 'disk.csi.azure.com';
const FILE = 'file.csi.azure.com';
const BLOB = 'blob.csi.azure.com';
/** Drivers whose provisioner is simulated. */
export const PROVISIONERS: ReadonlySet<string> = new Set([DISK, FILE, BLOB]);

const ZONE = 'topology.disk.csi.azure.com/zone';
const GIB = 2 ** 30;

export const volumeNameFor = (claim: PersistentVolumeClaim): string => `pvc-${claim.metadata.uid}`;

/** Why a driver can't make such a volume, in the driver's words. */
export function refusalOf(claim: PersistentVolumeClaim, storage: StorageClass): string | undefined {
  const shared = claim.spec.accessModes?.find((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
  if (storage.provisioner !== DISK || !shared || claim.spec.volumeMode === 'Block') return undefined;
  const mode = shared === 'ReadWriteMany' ? 'MULTI_NODE_MULTI_WRITER' : 'MULTI_NODE_READER_ONLY';
  return `rpc error: code = InvalidArgument desc = Volume capability not supported: mountVolume is not supported for access mode: ${mode}`;
}

/** Makes the volume of a claim as the driver and its external provisioner would. Nothing stands behind it in Azure. */
export function provision(cluster: Cluster, claim: PersistentVolumeClaim, storage: StorageClass): PersistentVolume {
  const name = volumeNameFor(claim);
  const { namespace = '', name: claimName, uid } = claim.metadata;
  const gib = Math.max(Math.ceil(bytes(claim.spec.resources?.requests?.['storage'] ?? '0') / GIB), 1);
  const node = nodeFor(cluster, claim);
  const affinity = storage.provisioner === DISK && node ? zoneOf(node) : undefined;
  return cluster.create<PersistentVolume>(persistentVolume, {
    metadata: {
      name,
      annotations: {
        [PROVISIONED_BY]: storage.provisioner,
        'volume.kubernetes.io/provisioner-deletion-secret-name': '',
        'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
    },
    spec: {
      capacity: { storage: `${gib}Gi` },
      accessModes: claim.spec.accessModes ?? [],
      persistentVolumeReclaimPolicy: storage.reclaimPolicy ?? 'Delete',
      storageClassName: storage.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      ...(storage.mountOptions && { mountOptions: storage.mountOptions }),
      csi: {
        driver: storage.provisioner,
        volumeHandle: handle(storage.provisioner, name, node),
        volumeAttributes: {
          ...storage.parameters,
          'csi.storage.k8s.io/pv/name': name,
          'csi.storage.k8s.io/pvc/name': claimName,
          'csi.storage.k8s.io/pvc/namespace': namespace,
          ...(storage.provisioner === DISK && { requestedsizegib: String(gib) }),
        },
      },
      ...(affinity && { nodeAffinity: { required: affinity } }),
      claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name: claimName, uid },
    },
  });
}

/** The node that the volume has to be near to; with immediate binding any will do. */
function nodeFor(cluster: Cluster, claim: PersistentVolumeClaim): Node | undefined {
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  return (selected !== undefined ? cluster.get<Node>(nodeKind, undefined, selected) : undefined) ?? cluster.list<Node>(nodeKind)[0];
}

function zoneOf(node: Node): NodeSelector | undefined {
  const zone = node.metadata.labels?.[ZONE];
  return zone === undefined ? undefined : { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }] };
}

/** The driver's id of the volume, in the group in which the nodes' own ids say that they are. */
function handle(driver: string, name: string, node: Node | undefined): string {
  const group = /^azure:\/\/(\/subscriptions\/[^/]+\/resourceGroups\/([^/]+))\//.exec(node?.spec.providerID ?? '');
  if (driver === DISK) return `${group?.[1] ?? ''}/providers/Microsoft.Compute/disks/${name}`;
  return `${group?.[2] ?? ''}#f${name.replaceAll('-', '').slice(3, 25)}#${name}###default`;
}
