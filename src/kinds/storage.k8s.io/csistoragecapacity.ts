import type { CSIStorageCapacity } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { plainColumns } from '../columns.ts';
import { capacityFaults, capacityUpdateFaults } from './validation.ts';

export const csiStorageCapacity: Kind = {
  group: 'storage.k8s.io',
  kind: 'CSIStorageCapacity',
  resource: 'csistoragecapacities',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  requiresResourceVersion: true,
  validate: (object: CSIStorageCapacity) => capacityFaults(object),
  validateUpdate: (object: CSIStorageCapacity, previous: CSIStorageCapacity) => [
    ...capacityFaults(object),
    ...capacityUpdateFaults(object, previous),
  ],
  columns: plainColumns,
};
