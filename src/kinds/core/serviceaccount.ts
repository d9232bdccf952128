import type { Kind } from '../../kube/kind.ts';
import { ageColumn, nameColumn } from '../columns.ts';

export const serviceAccount: Kind = {
  group: '',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  returnsDeleted: true,
  generation: false,
  columns: [nameColumn, ageColumn],
};
