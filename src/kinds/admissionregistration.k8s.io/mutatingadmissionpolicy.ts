import type { MutatingAdmissionPolicy } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { defaults, fields } from '../defaulting.ts';
import { matchResources } from './defaults.ts';
import { policyColumns } from './policy-columns.ts';

export const mutatingAdmissionPolicy: Kind = {
  group: 'admissionregistration.k8s.io',
  kind: 'MutatingAdmissionPolicy',
  resource: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  // Before 1.36 only as a beta, which servers do not serve unless told so.
  versions: [{ name: 'v1', since: 36 }],
  requiresResourceVersion: true,
  default: defaults({ spec: fields({ failurePolicy: 'Fail', matchConstraints: matchResources }) }),
  columns: policyColumns<MutatingAdmissionPolicy>('Mutations', 'Number of changes.', (o) => o.spec.mutations?.length ?? 0),
};
