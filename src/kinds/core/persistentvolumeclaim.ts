import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, wide } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { indexBy } from '../selectable.ts';
import { claimSpecDefaults } from './claim-defaults.ts';
import { accessModesText } from './volume-columns.ts';
import { claimFaults, claimStatusFaults, claimUpdateFaults } from './volume-validation.ts';

const isBound = ({ spec }: PersistentVolumeClaim): boolean => !!spec.volumeName;

/** What the old form of `dataSourceRef` may name; anything else is passed over in silence, unless it was there before. */
const OLD_SOURCES = ['/PersistentVolumeClaim', 'snapshot.storage.k8s.io/VolumeSnapshot'];

/** `dataSource` is the old form of `dataSourceRef`; a claim shows both where the old form can say the same. */
function withBothSources(spec: PersistentVolumeClaimSpec, previous?: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { dataSource, dataSourceRef, ...rest } = spec;
  // A source in another namespace needs a feature that is off.
  if (dataSourceRef?.namespace && previous?.dataSourceRef === undefined)
    return withBothSources(dataSource ? { ...rest, dataSource } : rest, previous);
  if (dataSource && !dataSourceRef) {
    const isKnown =
      previous?.dataSource ?? previous?.dataSourceRef ?? OLD_SOURCES.includes(`${dataSource.apiGroup ?? ''}/${dataSource.kind}`);
    return isKnown ? { ...spec, dataSourceRef: dataSource } : rest;
  }
  if (!dataSourceRef || dataSource || dataSourceRef.namespace) return spec;
  return { ...spec, dataSource: dataSourceRef };
}

export const persistentVolumeClaim: Kind = {
  group: '',
  kind: 'PersistentVolumeClaim',
  resource: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  returnsDeleted: true,
  // Those without a volume, all under "": they wait for one.
  indexes: { unbound: indexBy<PersistentVolumeClaim>(({ spec }) => (spec.volumeName ? [] : [''])) },
  default: defaults({ spec: present(claimSpecDefaults), status: present(fields({ phase: 'Pending' })) }),
  prepareForCreate: (object: PersistentVolumeClaim) => ({ ...object, spec: withBothSources(object.spec), status: { phase: 'Pending' } }),
  prepareForUpdate: (object: PersistentVolumeClaim, previous: PersistentVolumeClaim) => {
    const spec = withBothSources(object.spec, previous.spec);
    return spec === object.spec ? object : { ...object, spec };
  },
  validate: (object: PersistentVolumeClaim) => claimFaults(object),
  validateUpdate: (object: PersistentVolumeClaim, previous: PersistentVolumeClaim) => claimUpdateFaults(object, previous),
  validateStatusUpdate: (object: PersistentVolumeClaim) => claimStatusFaults(object),
  columns: [
    nameColumn,
    column<PersistentVolumeClaim>('Status', 'Phase of the claim.', (o) =>
      o.metadata.deletionTimestamp ? 'Terminating' : (o.status?.phase ?? ''),
    ),
    column<PersistentVolumeClaim>('Volume', 'Volume that the claim is bound to.', (o) => o.spec.volumeName ?? ''),
    column<PersistentVolumeClaim>('Capacity', 'Capacity of the volume.', (o) => (isBound(o) ? (o.status?.capacity?.storage ?? '0') : '')),
    column<PersistentVolumeClaim>('Access Modes', 'Ways in which the volume can be mounted.', (o) =>
      isBound(o) ? accessModesText(o.status?.accessModes) : '',
    ),
    column<PersistentVolumeClaim>('StorageClass', 'Storage class of the claim.', (o) => o.spec.storageClassName ?? ''),
    column<PersistentVolumeClaim>(
      'VolumeAttributesClass',
      'Volume attributes class of the claim.',
      (o) => o.spec.volumeAttributesClassName ?? '<unset>',
    ),
    ageColumn,
    wide<PersistentVolumeClaim>('VolumeMode', 'Filesystem or Block.', (o) => o.spec.volumeMode ?? '<unset>'),
  ],
};
