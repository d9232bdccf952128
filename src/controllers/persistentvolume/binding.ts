import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../gen/kubernetes-types.ts';
import { persistentVolume } from '../../kinds/core/persistentvolume.ts';
import { persistentVolumeClaim } from '../../kinds/core/persistentvolumeclaim.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { bytes } from '../../kube/quantity.ts';
import { meetsTerm } from '../scheduler/node-facts.ts';
import { selectorOf } from '../selection.ts';

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';

/** Whether a volume is there for this claim alone, by its name and, once known, its uid. */
export const isFor = ({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean =>
  claimRef?.namespace === metadata.namespace && claimRef?.name === metadata.name && (!claimRef?.uid || claimRef.uid === metadata.uid);

/** Whether pods on a node can use a volume. */
export const isReachable = ({ spec }: PersistentVolume, node: Node): boolean =>
  spec.nodeAffinity?.required?.nodeSelectorTerms.some((term) => meetsTerm(term, node)) ?? true;

/** The smallest free volume that will do for a claim, one reserved for it before all others. Models volume/util FindMatchingVolume. */
export function matchingVolume(
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  node?: Node,
): PersistentVolume | undefined {
  const { spec } = claim;
  const wanted = bytes(spec.resources?.requests?.['storage'] ?? '0');
  const selector = spec.selector && selectorOf(spec.selector);
  const size = (volume: PersistentVolume): number => bytes(volume.spec.capacity?.['storage'] ?? '0');
  const fits = (volume: PersistentVolume): boolean =>
    !volume.metadata.deletionTimestamp &&
    size(volume) >= wanted &&
    (volume.spec.volumeMode ?? 'Filesystem') === (spec.volumeMode ?? 'Filesystem') &&
    (spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode));
  const reserved = volumes.find((volume) => volume.spec.claimRef && isFor(volume, claim) && fits(volume));
  if (reserved) return reserved;
  const free = volumes.filter(
    (volume) =>
      !volume.spec.claimRef &&
      volume.status?.phase === 'Available' &&
      (volume.spec.storageClassName ?? '') === (spec.storageClassName ?? '') &&
      (!selector || selector.matches(volume.metadata.labels)) &&
      (!node || isReachable(volume, node)) &&
      fits(volume),
  );
  return free.sort((a, b) => size(a) - size(b))[0];
}

/** Ties a claim and a volume to each other. */
export function bind(cluster: Cluster, volume: PersistentVolume, claim: PersistentVolumeClaim): void {
  const { namespace = '', name, uid } = claim.metadata;
  const bound = withAnnotation(volume, volume.spec.claimRef ? undefined : BOUND_BY_CONTROLLER);
  const claimRef = { ...volume.spec.claimRef, kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid };
  const tied = cluster.update<PersistentVolume>(persistentVolume, { ...bound, spec: { ...volume.spec, claimRef } });
  setPhase(cluster, tied, 'Bound');
  const chosen = withAnnotation(withAnnotation(claim, claim.spec.volumeName ? undefined : BOUND_BY_CONTROLLER), BIND_COMPLETED);
  const written = cluster.update<PersistentVolumeClaim>(persistentVolumeClaim, {
    ...chosen,
    spec: { ...claim.spec, volumeName: volume.metadata.name },
  });
  const { accessModes = [], capacity = {} } = volume.spec;
  const status = { ...written.status, phase: 'Bound', accessModes, capacity };
  cluster.updateStatus<PersistentVolumeClaim>(persistentVolumeClaim, { ...written, status });
}

const withAnnotation = <T extends PersistentVolume | PersistentVolumeClaim>(object: T, name: string | undefined): T =>
  name === undefined || object.metadata.annotations?.[name] !== undefined
    ? object
    : { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [name]: 'yes' } } };

export function setPhase(cluster: Cluster, volume: PersistentVolume, phase: string): void {
  if (volume.status?.phase === phase) return;
  const status = { ...volume.status, phase, lastPhaseTransitionTime: cluster.tx.nowIso };
  cluster.updateStatus<PersistentVolume>(persistentVolume, { ...volume, status });
}
