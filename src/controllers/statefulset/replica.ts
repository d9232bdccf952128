import type { PersistentVolumeClaim, Pod, PodTemplateSpec, StatefulSet, Volume } from '../../../gen/kubernetes-types.ts';
import { persistentVolumeClaim } from '../../kinds/core/persistentvolumeclaim.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { StatusError } from '../../kube/status.ts';
import { controllerRef } from '../pod-control.ts';

export const REVISION = 'controller-revision-hash';
const POD_NAME = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX = 'apps.kubernetes.io/pod-index';

export const podName = (set: StatefulSet, ordinal: number): string => `${set.metadata.name}-${ordinal}`;
const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string =>
  `${template.metadata.name}-${podName(set, ordinal)}`;

/** The ordinal of one of the set's pods; -1 where the name has none. */
export function ordinalOf(set: StatefulSet, pod: Pod): number {
  const prefix = `${set.metadata.name}-`;
  const text = pod.metadata.name.startsWith(prefix) ? pod.metadata.name.slice(prefix.length) : '';
  return /^\d+$/.test(text) ? Number(text) : -1;
}

/** Creates the claims and the pod of an ordinal, or tells by an event why the API refuses. */
export function createReplica(cluster: Cluster, set: StatefulSet, ordinal: number, revision: string, template: PodTemplateSpec): void {
  const name = podName(set, ordinal);
  try {
    createClaims(cluster, set, ordinal);
    cluster.create<Pod>(podKind, {
      metadata: {
        name,
        namespace: set.metadata.namespace ?? '',
        labels: { ...template.metadata?.labels, [POD_NAME]: name, [POD_INDEX]: String(ordinal), [REVISION]: revision },
        ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
        ownerReferences: [controllerRef(set)],
      },
      spec: {
        ...template.spec,
        hostname: name,
        ...(set.spec.serviceName && { subdomain: set.spec.serviceName }),
        ...volumes(set, ordinal, template),
      },
    });
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    cluster.event(set, 'Warning', 'FailedCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`);
    return;
  }
  cluster.event(set, 'Normal', 'SuccessfulCreate', `create Pod ${name} in StatefulSet ${set.metadata.name} successful`);
}

/** The template's volumes, those of claim templates in the place of others of the same name. */
function volumes(set: StatefulSet, ordinal: number, template: PodTemplateSpec): { readonly volumes?: readonly Volume[] } {
  const claimed = (set.spec.volumeClaimTemplates ?? []).map(
    (each): Volume => ({
      name: each.metadata.name,
      persistentVolumeClaim: { claimName: claimName(set, each, ordinal) },
    }),
  );
  if (claimed.length === 0) return {};
  const others = (template.spec?.volumes ?? []).filter((volume) => !claimed.some(({ name }) => name === volume.name));
  return { volumes: [...claimed, ...others] };
}

/** Makes sure of the claims of an ordinal; they outlive their pod. */
export function createClaims(cluster: Cluster, set: StatefulSet, ordinal: number): void {
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template, ordinal);
    if (cluster.get(persistentVolumeClaim, set.metadata.namespace, name)) continue;
    const owned = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete';
    cluster.create<PersistentVolumeClaim>(persistentVolumeClaim, {
      metadata: {
        ...template.metadata,
        name,
        namespace: set.metadata.namespace ?? '',
        labels: { ...template.metadata.labels, ...set.spec.selector.matchLabels },
        ...(owned && { ownerReferences: [controllerRef(set)] }),
      },
      spec: template.spec,
    });
    const message = `create Claim ${name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name} success`;
    cluster.event(set, 'Normal', 'SuccessfulCreate', message);
  }
}

export function deleteReplica(cluster: Cluster, set: StatefulSet, pod: Pod): void {
  if (pod.metadata.deletionTimestamp) return;
  cluster.delete(podKind, pod.metadata.namespace, pod.metadata.name);
  const message = `delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  cluster.event(set, 'Normal', 'SuccessfulDelete', message);
}

/** With whenScaled: Delete, the claims of a pod that is scaled away go with it. */
export function condemnClaims(cluster: Cluster, set: StatefulSet, pod: Pod): void {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return;
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const name = claimName(set, template, ordinalOf(set, pod));
    const claim = cluster.get<PersistentVolumeClaim>(persistentVolumeClaim, set.metadata.namespace, name);
    if (!claim || claim.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid)) continue;
    const owner = {
      apiVersion: 'v1',
      kind: 'Pod',
      name: pod.metadata.name,
      uid: pod.metadata.uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    cluster.update<PersistentVolumeClaim>(persistentVolumeClaim, { ...claim, metadata: { ...claim.metadata, ownerReferences: [owner] } });
  }
}
