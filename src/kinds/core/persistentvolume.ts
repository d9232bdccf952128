import type { PersistentVolume } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, wide } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { accessModesText } from './volume-columns.ts';
import { volumeSourceDefaults } from './volume-source-defaults.ts';
import { volumeFaults, volumeUpdateFaults } from './volume-validation.ts';

const claimText = ({ spec: { claimRef } }: PersistentVolume): string =>
  claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : '';

export const persistentVolume: Kind = {
  group: '',
  kind: 'PersistentVolume',
  resource: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  returnsDeleted: true,
  default: defaults({
    spec: present(fields({ ...volumeSourceDefaults, persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' })),
    status: present(fields({ phase: 'Pending' })),
  }),
  prepareForCreate: (object, { nowIso }) => ({ ...object, status: { phase: 'Pending', lastPhaseTransitionTime: nowIso } }),
  /** Says when the phase changed, unless the client does. */
  prepareForStatusUpdate(object: PersistentVolume, { status: previous = {} }: PersistentVolume, { nowIso }) {
    const { status = {} } = object;
    const said = status.lastPhaseTransitionTime;
    const isSaid = said !== undefined && (status.phase === previous.phase || said !== previous.lastPhaseTransitionTime);
    const time = status.phase === previous.phase ? previous.lastPhaseTransitionTime : nowIso;
    return isSaid || !time ? object : { ...object, status: { ...status, lastPhaseTransitionTime: time } };
  },
  validate: (object: PersistentVolume) => volumeFaults(object),
  validateUpdate: (object: PersistentVolume, previous: PersistentVolume) => volumeUpdateFaults(object, previous),
  columns: [
    nameColumn,
    column<PersistentVolume>('Capacity', 'Size of the volume.', (o) => o.spec.capacity?.storage ?? '0'),
    column<PersistentVolume>('Access Modes', 'Ways in which the volume can be mounted.', (o) => accessModesText(o.spec.accessModes)),
    column<PersistentVolume>('Reclaim Policy', 'What happens when the claim is gone.', (o) => o.spec.persistentVolumeReclaimPolicy ?? ''),
    column<PersistentVolume>('Status', 'Phase of the volume.', (o) =>
      o.metadata.deletionTimestamp ? 'Terminating' : (o.status?.phase ?? ''),
    ),
    column<PersistentVolume>('Claim', 'Claim that the volume is bound to.', claimText),
    column<PersistentVolume>('StorageClass', 'Storage class of the volume.', (o) => o.spec.storageClassName ?? ''),
    column<PersistentVolume>('VolumeAttributesClass', 'Volume attributes class.', (o) => o.spec.volumeAttributesClassName ?? '<unset>'),
    column<PersistentVolume>('Reason', 'Why the volume is in its phase.', (o) => o.status?.reason ?? ''),
    ageColumn,
    wide<PersistentVolume>('VolumeMode', 'Filesystem or Block.', (o) => o.spec.volumeMode ?? '<unset>'),
  ],
};
