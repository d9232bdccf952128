import type { ValidatingAdmissionPolicyBinding } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { defaults, fields } from '../defaulting.ts';
import { matchResources } from './defaults.ts';
import { bindingColumns } from './policy-columns.ts';
import { policyBindingFaults } from './policy-validation.ts';

export const mutatingAdmissionPolicyBinding: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicyBinding',
  resource: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  // Before 1.36 only as a beta, which servers do not serve unless told so.
  versions: [{ name: 'v1', since: 36 }],
  requiresResourceVersion: true,
  default: defaults({ spec: fields({ matchResources }) }),
  validate: (object: ValidatingAdmissionPolicyBinding) => policyBindingFaults(object, false),
  columns: bindingColumns,
};
