import type { CSIDriver } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, boolean, column, nameColumn } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { driverFaults, driverUpdateFaults } from './validation.ts';

export const csiDriver: Kind = {
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: 'changed',
  returnsDeleted: true,
  requiresResourceVersion: true,
  default: defaults({
    spec: present(
      fields({
        attachRequired: true,
        podInfoOnMount: false,
        storageCapacity: false,
        fsGroupPolicy: 'ReadWriteOnceWithFSType',
        volumeLifecycleModes: ['Persistent'],
        requiresRepublish: false,
        seLinuxMount: false,
      }),
    ),
  }),
  validate: (object: CSIDriver) => driverFaults(object),
  validateUpdate: (object: CSIDriver, previous: CSIDriver) => [...driverFaults(object), ...driverUpdateFaults(object, previous)],
  columns: [
    nameColumn,
    boolean<CSIDriver>('AttachRequired', 'Whether volumes must be attached to a node.', (o) => o.spec.attachRequired ?? true),
    boolean<CSIDriver>('PodInfoOnMount', 'Whether the driver is told of the pod.', (o) => o.spec.podInfoOnMount ?? false),
    boolean<CSIDriver>('StorageCapacity', 'Whether pods are scheduled by the capacity left.', (o) => o.spec.storageCapacity ?? false),
    column<CSIDriver>('TokenRequests', 'Audiences of the tokens that the driver gets.', (o) =>
      o.spec.tokenRequests ? o.spec.tokenRequests.map(({ audience }) => audience).join(',') : '<unset>',
    ),
    boolean<CSIDriver>('RequiresRepublish', 'Whether volumes are published again and again.', (o) => o.spec.requiresRepublish ?? false),
    column<CSIDriver>(
      'Modes',
      'Kinds of volumes that the driver offers.',
      (o) => (o.spec.volumeLifecycleModes ?? []).join(',') || '<none>',
    ),
    ageColumn,
  ],
};
