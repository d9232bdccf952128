import type { APIService } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { apiServiceFaults } from './validation.ts';

function availableText({ status }: APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available');
  if (!condition) return 'Unknown';
  return condition.status === 'True' ? condition.status : `${condition.status} (${condition.reason ?? ''})`;
}

export const apiService: Kind = {
  group: 'apiregistration.k8s.io',
  kind: 'APIService',
  resource: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  generation: false,
  requiresResourceVersion: true,
  default: defaults({ spec: present(fields({ service: fields({ port: 443 }) })) }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  nameRule: nameIsPathSegment,
  validate: (object: APIService) => apiServiceFaults(object),
  columns: [
    nameColumn,
    column<APIService>('Service', 'Service that answers, or Local.', ({ spec: { service } }) =>
      service ? `${service.namespace ?? ''}/${service.name ?? ''}` : 'Local',
    ),
    column<APIService>('Available', 'Whether the service answers.', availableText),
    ageColumn,
  ],
};
