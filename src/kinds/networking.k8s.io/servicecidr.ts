import type { ServiceCIDR } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { serviceCidrFaults, serviceCidrUpdateFaults } from './address-validation.ts';

export const serviceCidr: Kind = {
  group: 'networking.k8s.io',
  kind: 'ServiceCIDR',
  resource: 'servicecidrs',
  namespaced: false,
  versions: [{ name: 'v1', since: 33 }],
  status: true,
  generation: false,
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: ServiceCIDR) => serviceCidrFaults(object),
  validateUpdate: (object: ServiceCIDR, previous: ServiceCIDR) => serviceCidrUpdateFaults(object, previous),
  columns: [nameColumn, column<ServiceCIDR>('CIDRs', 'Ranges of the addresses.', (o) => (o.spec.cidrs ?? []).join(',')), ageColumn],
};
