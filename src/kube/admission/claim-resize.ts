import type { PersistentVolumeClaim, StorageClass } from '../../../gen/kubernetes-types.ts';
import { compareQuantities } from '../quantity.ts';
import type { AdmissionContext, AdmissionPlugin } from './plugin.ts';
import { quantityOf } from './pod-amounts.ts';
import { CLAIMS, concerns, readObject, STORAGE_CLASSES } from './read.ts';
import { refuse } from './refuse.ts';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';

const classOf = ({ metadata, spec }: PersistentVolumeClaim): string | undefined =>
  metadata.annotations?.[BETA_CLASS] ?? spec.storageClassName;

const sizeOf = ({ spec }: PersistentVolumeClaim) => quantityOf(spec.resources?.requests?.storage);

function isExpandable(claim: PersistentVolumeClaim, previous: PersistentVolumeClaim, context: AdmissionContext): boolean {
  const name = classOf(claim);
  if (!name || name !== classOf(previous)) return false;
  return readObject<StorageClass>(context, STORAGE_CLASSES, undefined, name)?.allowVolumeExpansion === true;
}

/** Claims grow only once they are bound, and where their class allows it. Models kubernetes plugin/pkg/admission/storage/persistentvolume/resize. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  validate(request, context) {
    const { object, previous, subresource } = request;
    if (!object || !previous || subresource || !concerns(request, CLAIMS)) return;
    const claim = object as PersistentVolumeClaim; // the request concerns claims
    const before = previous as PersistentVolumeClaim;
    if (compareQuantities(sizeOf(claim), sizeOf(before)) <= 0) return;
    if (before.status?.phase !== 'Bound') throw refuse(request, 'Only bound persistent volume claims can be expanded');
    if (isExpandable(claim, before, context)) return;
    throw refuse(
      request,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
};
