import type { ValidatingAdmissionPolicyBinding } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { defaults, fields } from '../defaulting.ts';
import { matchResources } from './defaults.ts';
import { bindingColumns } from './policy-columns.ts';
import { policyBindingFaults } from './policy-validation.ts';

export const validatingAdmissionPolicyBinding: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'ValidatingAdmissionPolicyBinding',
  resource: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  requiresResourceVersion: true,
  default: defaults({ spec: fields({ matchResources }) }),
  validate: (object: ValidatingAdmissionPolicyBinding) => policyBindingFaults(object, true),
  columns: bindingColumns,
};
