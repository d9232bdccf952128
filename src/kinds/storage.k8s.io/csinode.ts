import type { CSINode } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, integer, nameColumn } from '../columns.ts';
import { csiNodeFaults, csiNodeUpdateFaults } from './validation.ts';

export const csiNode: Kind = {
  group: 'storage.k8s.io',
  kind: 'CSINode',
  resource: 'csinodes',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  returnsDeleted: true,
  requiresResourceVersion: true,
  validate: (object: CSINode) => csiNodeFaults(object),
  validateUpdate: (object: CSINode, previous: CSINode) => [...csiNodeFaults(object), ...csiNodeUpdateFaults(object, previous)],
  columns: [nameColumn, integer<CSINode>('Drivers', 'Drivers that are registered on the node.', (o) => o.spec.drivers.length), ageColumn],
};
