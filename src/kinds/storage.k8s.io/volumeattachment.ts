import type { VolumeAttachment } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, boolean, column, nameColumn } from '../columns.ts';
import { indexBy } from '../selectable.ts';
import { attachmentFaults, attachmentUpdateFaults } from './validation.ts';

export const volumeAttachment: Kind = {
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  returnsDeleted: true,
  requiresResourceVersion: true,
  indexes: { node: indexBy<VolumeAttachment>((object) => [object.spec.nodeName]) },
  prepareForCreate: (object) => ({ ...object, status: { attached: false } }),
  validate: (object: VolumeAttachment) => attachmentFaults(object),
  validateUpdate: (object: VolumeAttachment, previous: VolumeAttachment) => [
    ...attachmentFaults(object),
    ...attachmentUpdateFaults(object, previous),
  ],
  columns: [
    nameColumn,
    column<VolumeAttachment>('Attacher', 'Driver that attaches the volume.', (o) => o.spec.attacher, { format: 'name' }),
    column<VolumeAttachment>('PV', 'Volume to attach.', (o) => o.spec.source.persistentVolumeName ?? ''),
    column<VolumeAttachment>('Node', 'Node to attach it to.', (o) => o.spec.nodeName),
    boolean<VolumeAttachment>('Attached', 'Whether the volume is attached.', (o) => o.status?.attached ?? false),
    ageColumn,
  ],
};
