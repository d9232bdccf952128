import type { ResourceV1ResourceClaim } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { claimSpecDefaults } from './defaults.ts';

/** "pending", "allocated,reserved", "deleted,allocated" … */
function stateText({ metadata, status }: ResourceV1ResourceClaim): string {
  const isDeleted = metadata.deletionTimestamp !== undefined;
  const states = isDeleted ? ['deleted'] : [];
  if (!status?.allocation) return [...states, ...(isDeleted ? [] : ['pending'])].join(',');
  return [...states, 'allocated', ...((status.reservedFor?.length ?? 0) > 0 ? ['reserved'] : [])].join(',');
}

export const resourceClaim: Kind = {
  group: 'resource.k8s.io',
  kind: 'ResourceClaim',
  resource: 'resourceclaims',
  namespaced: true,
  versions: [{ name: 'v1', since: 34 }],
  status: true,
  generation: false,
  returnsDeleted: true,
  default: defaults({ spec: present(claimSpecDefaults) }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  columns: [nameColumn, column<ResourceV1ResourceClaim>('State', 'Whether the claim is allocated and in use.', stateText), ageColumn],
};
