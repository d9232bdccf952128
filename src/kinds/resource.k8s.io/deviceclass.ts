import type { Kind } from '../../kube/kind.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';

export const deviceClass: Kind = {
  group: 'resource.k8s.io',
  kind: 'DeviceClass',
  resource: 'deviceclasses',
  namespaced: false,
  // Before 1.34 only as a beta, which servers do not serve unless told so; so are the other kinds of this group.
  versions: [{ name: 'v1', since: 34 }],
  returnsDeleted: true,
  default: defaults({ spec: present() }),
  columns: [nameColumn, ageColumn],
};
