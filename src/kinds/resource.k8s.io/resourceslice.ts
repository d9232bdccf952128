import type { ResourceSlice } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { indexBy, selectable } from '../selectable.ts';

export const resourceSlice: Kind = {
  group: 'resource.k8s.io',
  kind: 'ResourceSlice',
  resource: 'resourceslices',
  namespaced: false,
  versions: [{ name: 'v1', since: 34 }],
  returnsDeleted: true,
  selectableFields: selectable({ 'spec.nodeName': '', 'spec.driver': '' }),
  indexes: { node: indexBy<ResourceSlice>(({ spec }) => (spec.nodeName ? [spec.nodeName] : [])) },
  columns: [
    nameColumn,
    column<ResourceSlice>('Node', 'Node that has the devices.', (o) => o.spec.nodeName ?? ''),
    column<ResourceSlice>('Driver', 'Driver of the devices.', (o) => o.spec.driver),
    column<ResourceSlice>('Pool', 'Pool that the devices belong to.', (o) => o.spec.pool.name),
    ageColumn,
  ],
};
