import type { ValidatingAdmissionPolicy } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { defaults, fields } from '../defaulting.ts';
import { matchResources } from './defaults.ts';
import { policyColumns } from './policy-columns.ts';
import { policyFaults } from './policy-validation.ts';

export const validatingAdmissionPolicy: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicy',
  resource: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  status: true,
  requiresResourceVersion: true,
  default: defaults({ spec: fields({ failurePolicy: 'Fail', matchConstraints: matchResources }) }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: ValidatingAdmissionPolicy) => policyFaults(object),
  columns: policyColumns<ValidatingAdmissionPolicy>('Validations', 'Number of rules.', (o) => o.spec.validations?.length ?? 0),
};
