import type { StorageClass } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column } from '../columns.ts';
import { defaults } from '../defaulting.ts';
import { storageClassFaults, storageClassUpdateFaults } from './validation.ts';

const DEFAULT_ANNOTATIONS = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** Claims that name no class get this one. */
export const isDefaultClass = ({ metadata }: Pick<StorageClass, 'metadata'>): boolean =>
  DEFAULT_ANNOTATIONS.some((key) => metadata.annotations?.[key] === 'true');

export const storageClass: Kind = {
  group: 'storage.k8s.io',
  kind: 'StorageClass',
  resource: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  returnsDeleted: true,
  default: defaults({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  validate: (object: StorageClass) => storageClassFaults(object),
  validateUpdate: (object: StorageClass, previous: StorageClass) => [
    ...storageClassFaults(object),
    ...storageClassUpdateFaults(object, previous),
  ],
  columns: [
    column<StorageClass>(
      'Name',
      'Name of the class, and whether it is the default.',
      (o) => `${o.metadata.name}${isDefaultClass(o) ? ' (default)' : ''}`,
      {
        format: 'name',
      },
    ),
    column<StorageClass>('Provisioner', 'Driver that makes the volumes.', (o) => o.provisioner),
    column<StorageClass>('ReclaimPolicy', 'What happens to volumes whose claim is gone.', (o) => o.reclaimPolicy ?? ''),
    column<StorageClass>('VolumeBindingMode', 'When volumes are made and bound.', (o) => o.volumeBindingMode ?? ''),
    column<StorageClass>('AllowVolumeExpansion', 'Whether volumes may grow.', (o) => String(o.allowVolumeExpansion ?? false)),
    ageColumn,
  ],
};
