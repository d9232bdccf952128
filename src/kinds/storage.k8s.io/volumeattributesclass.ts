import type { VolumeAttributesClass } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { attributesClassFaults, attributesClassUpdateFaults } from './validation.ts';

export const volumeAttributesClass: Kind = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttributesClass',
  resource: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  versions: [{ name: 'v1', since: 34 }],
  generation: false,
  returnsDeleted: true,
  requiresResourceVersion: true,
  validate: (object: VolumeAttributesClass) => attributesClassFaults(object),
  validateUpdate: (object: VolumeAttributesClass, previous: VolumeAttributesClass) => [
    ...attributesClassUpdateFaults(object, previous),
    ...attributesClassFaults(object),
  ],
  columns: [nameColumn, column<VolumeAttributesClass>('DriverName', 'Driver that knows the attributes.', (o) => o.driverName), ageColumn],
};
