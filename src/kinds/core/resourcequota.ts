import type { ResourceQuota } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { quotaFaults, quotaStatusFaults, quotaUpdateFaults } from './quota-validation.ts';

/** "pods: 1/10, requests.cpu: 200m/2", of limits alone or of everything else. */
const usageText =
  (limits: boolean) =>
  ({ status }: ResourceQuota): string =>
    Object.entries(status?.hard ?? {})
      .filter(([name]) => name.startsWith('limits') === limits)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, hard]) => `${name}: ${status?.used?.[name] ?? '0'}/${hard}`)
      .join(', ');

export const resourceQuota: Kind = {
  group: '',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  returnsDeleted: true,
  default: defaults({ spec: present() }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: ResourceQuota) => quotaFaults(object),
  validateUpdate: (object: ResourceQuota, previous: ResourceQuota) => [...quotaFaults(object), ...quotaUpdateFaults(object, previous)],
  validateStatusUpdate: (object: ResourceQuota) => quotaStatusFaults(object),
  columns: [
    nameColumn,
    column<ResourceQuota>('Request', 'What is used of each hard limit on requests and counts.', usageText(false)),
    column<ResourceQuota>('Limit', 'What is used of each hard limit on limits.', usageText(true)),
    ageColumn,
  ],
};
