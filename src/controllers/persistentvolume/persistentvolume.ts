import type { Node, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../gen/kubernetes-types.ts';
import type { Reader } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { persistentVolume } from '../../kinds/core/persistentvolume.ts';
import { persistentVolumeClaim } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { storageClass } from '../../kinds/storage.k8s.io/storageclass.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { type KubeObject, objectKey } from '../../kube/object.ts';
import { bytes } from '../../kube/quantity.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { BIND_COMPLETED, bind, isFor, matchingVolume, setPhase } from './binding.ts';
import { PROVISIONED_BY, PROVISIONERS, provision, refusalOf, SELECTED_NODE, volumeNameFor } from './provision.ts';

/**
 * Binds claims to volumes and makes, grows and reclaims those of Azure's drivers. Models kubernetes pkg/controller/volume/persistentvolume
 * with the external provisioner and resizer. Keys: "namespace/claim", or the name of a volume.
 */
export const persistentVolumeController: ClusterController = {
  name: 'persistentvolume-binder',
  watches: [
    onKind(persistentVolumeClaim),
    onObject(persistentVolume, ({ metadata }) => [metadata.name]),
    onObject(persistentVolume, claimsOf),
    onObject(persistentVolumeClaim, volumeOf),
    onObject(storageClass, (_, reader, scope) => unbound(reader, scope)),
  ],
  reconcile(cluster, name, namespace) {
    if (namespace) {
      const claim = cluster.get<PersistentVolumeClaim>(persistentVolumeClaim, namespace, name);
      if (claim && !claim.metadata.deletionTimestamp) reconcileClaim(cluster, claim);
    } else {
      const volume = cluster.get<PersistentVolume>(persistentVolume, undefined, name);
      if (volume && !volume.metadata.deletionTimestamp) reconcileVolume(cluster, volume);
    }
  },
};

const unbound = (reader: Reader, scope: string): string[] =>
  reader.indexed(collectionOf(persistentVolumeClaim, scope), 'unbound', '').map(({ key }) => key);

/** The claim that a volume belongs to; all that wait while it belongs to none. */
function claimsOf(object: KubeObject, reader: Reader, scope: string): readonly string[] {
  const { claimRef } = (object as PersistentVolume).spec; // watched for volumes alone
  return claimRef ? [objectKey(claimRef.namespace, claimRef.name ?? '')] : unbound(reader, scope);
}

/** A claim that changes or goes concerns its volume. */
function volumeOf(object: KubeObject): readonly string[] {
  const { volumeName } = (object as PersistentVolumeClaim).spec; // watched for claims alone
  return volumeName ? [volumeName] : [];
}

function reconcileClaim(cluster: Cluster, claim: PersistentVolumeClaim): void {
  if (claim.spec.volumeName) settleNamed(cluster, claim, claim.spec.volumeName);
  else if (claim.status?.phase !== 'Lost') seek(cluster, claim);
}

/** A claim that names its volume: bound to it, waiting for it, or having lost it. */
function settleNamed(cluster: Cluster, claim: PersistentVolumeClaim, volumeName: string): void {
  const volume = cluster.get<PersistentVolume>(persistentVolume, undefined, volumeName);
  const wasBound = claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
  if (volume && (!volume.spec.claimRef || isFor(volume, claim))) {
    if (claim.status?.phase !== 'Bound' || volume.status?.phase !== 'Bound') bind(cluster, volume, claim);
    else grow(cluster, volume, claim);
  } else if (wasBound && claim.status?.phase !== 'Lost') {
    cluster.updateStatus<PersistentVolumeClaim>(persistentVolumeClaim, { ...claim, status: { phase: 'Lost' } });
    const message = 'Bound claim has lost its PersistentVolume. Data on the volume is lost!';
    cluster.event(claim, 'Warning', 'ClaimLost', message);
  }
}

/** Finds or makes a volume for a claim, once it is known where its first pod goes if the class waits for that. */
function seek(cluster: Cluster, claim: PersistentVolumeClaim): void {
  const className = claim.spec.storageClassName ?? '';
  const storage = className ? cluster.get<StorageClass>(storageClass, undefined, className) : undefined;
  const selected = claim.metadata.annotations?.[SELECTED_NODE];
  const node = selected === undefined ? undefined : cluster.get<Node>(nodeKind, undefined, selected);
  const waits = storage?.volumeBindingMode === 'WaitForFirstConsumer' && !node;
  const volumes = cluster.list<PersistentVolume>(persistentVolume);
  const volume = waits ? volumes.find((each) => each.spec.claimRef && isFor(each, claim)) : matchingVolume(volumes, claim, node);
  if (volume) bind(cluster, volume, claim);
  else if (waits) cluster.event(claim, 'Normal', 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
  else if (!className) {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    cluster.event(claim, 'Normal', 'FailedBinding', message);
  } else if (!storage) cluster.event(claim, 'Warning', 'ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  else make(cluster, claim, storage);
}

function make(cluster: Cluster, claim: PersistentVolumeClaim, storage: StorageClass): void {
  const { provisioner } = storage;
  if (provisioner === 'kubernetes.io/no-provisioner') return;
  const hint = 'If volume creation is delayed, please verify that the provisioner is running and correctly registered.';
  const who = `either by the external provisioner '${provisioner}' or manually by the system administrator`;
  cluster.event(claim, 'Normal', 'ExternalProvisioning', `Waiting for a volume to be created ${who}. ${hint}`);
  if (!PROVISIONERS.has(provisioner)) return;
  const name = `${claim.metadata.namespace}/${claim.metadata.name}`;
  cluster.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${name}"`);
  const refusal = refusalOf(claim, storage);
  if (refusal) {
    const message = `failed to provision volume with StorageClass "${storage.metadata.name}": ${refusal}`;
    cluster.event(claim, 'Warning', 'ProvisioningFailed', message);
    return;
  }
  const annotated = cluster.update<PersistentVolumeClaim>(persistentVolumeClaim, {
    ...claim,
    metadata: {
      ...claim.metadata,
      annotations: {
        ...claim.metadata.annotations,
        'volume.beta.kubernetes.io/storage-provisioner': provisioner,
        'volume.kubernetes.io/storage-provisioner': provisioner,
      },
    },
  });
  bind(cluster, provision(cluster, annotated, storage), annotated);
  cluster.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeNameFor(claim)}`);
}

/** A claim that asks for more than its volume has gets it, where a simulated driver can. */
function grow(cluster: Cluster, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const wanted = claim.spec.resources?.requests?.['storage'] ?? '0';
  const has = claim.status?.capacity?.['storage'] ?? '0';
  if (bytes(wanted) <= bytes(has) || !PROVISIONERS.has(volume.spec.csi?.driver ?? '')) return;
  const capacity = { ...volume.spec.capacity, storage: wanted };
  cluster.update<PersistentVolume>(persistentVolume, { ...volume, spec: { ...volume.spec, capacity } });
  cluster.updateStatus<PersistentVolumeClaim>(persistentVolumeClaim, { ...claim, status: { ...claim.status, capacity } });
  cluster.event(claim, 'Normal', 'FileSystemResizeSuccessful', 'MountVolume.NodeExpandVolume succeeded for volume');
}

/** Phase of a volume by its claim, and what becomes of it when that is gone. */
function reconcileVolume(cluster: Cluster, volume: PersistentVolume): void {
  const { claimRef, persistentVolumeReclaimPolicy: policy } = volume.spec;
  if (!claimRef?.uid) {
    setPhase(cluster, volume, 'Available');
    return;
  }
  const claim = cluster.get<PersistentVolumeClaim>(persistentVolumeClaim, claimRef.namespace, claimRef.name ?? '');
  if (claim && isFor(volume, claim)) return;
  setPhase(cluster, volume, 'Released');
  const { [PROVISIONED_BY]: provisioner = '' } = volume.metadata.annotations ?? {};
  if (policy === 'Delete' && PROVISIONERS.has(provisioner)) cluster.delete(persistentVolume, undefined, volume.metadata.name);
}

const PROTECTED_CLAIM = 'kubernetes.io/pvc-protection';
const PROTECTED_VOLUME = 'kubernetes.io/pv-protection';

/** Lets claims go that no pod uses any longer, and volumes that are not bound. Models pkg/controller/volume/{pvc,pv}protection. */
export const volumeProtectionController: ClusterController = {
  name: 'volume-protection',
  watches: [
    onKind(persistentVolumeClaim),
    onKind(persistentVolume),
    onObject(podKind, (object) => podKind.indexes?.['claim']?.(object) ?? []),
  ],
  reconcile(cluster, name, namespace) {
    const kind = namespace ? persistentVolumeClaim : persistentVolume;
    const object = cluster.get(kind, namespace || undefined, name);
    const finalizer = namespace ? PROTECTED_CLAIM : PROTECTED_VOLUME;
    if (!object?.metadata.deletionTimestamp || !object.metadata.finalizers?.includes(finalizer)) return;
    const inUse = namespace
      ? cluster.indexed<Pod>(podKind, 'claim', `${namespace}/${name}`).some(uses)
      : (object as PersistentVolume).status?.phase === 'Bound';
    if (inUse) return;
    const finalizers = object.metadata.finalizers.filter((each) => each !== finalizer);
    cluster.update(kind, { ...object, metadata: { ...object.metadata, finalizers } });
  },
};

const uses = ({ spec, status }: Pod): boolean => Boolean(spec.nodeName) && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
