import type { Kind } from '../../kube/kind.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { claimSpecDefaults } from './defaults.ts';

export const resourceClaimTemplate: Kind = {
  group: 'resource.k8s.io',
  kind: 'ResourceClaimTemplate',
  resource: 'resourceclaimtemplates',
  namespaced: true,
  versions: [{ name: 'v1', since: 34 }],
  generation: false,
  returnsDeleted: true,
  default: defaults({ spec: present(fields({ metadata: {}, spec: present(claimSpecDefaults) })) }),
  columns: [nameColumn, ageColumn],
};
