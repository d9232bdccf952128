import type { RoleBinding } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { nameIsPathSegment } from '../../kube/names/dns.ts';
import { bindingColumns, bindingDefaults } from './binding.ts';
import { bindingFaults, bindingUpdateFaults } from './validation.ts';

export const roleBinding: Kind = {
  group: 'rbac.authorization.k8s.io',
  kind: 'RoleBinding',
  resource: 'rolebindings',
  namespaced: true,
  versions: [{ name: 'v1' }],
  generation: false,
  allowCreateOnUpdate: true,
  default: bindingDefaults,
  nameRule: nameIsPathSegment,
  validate: (object: RoleBinding) => bindingFaults(object, true),
  validateUpdate: (object: RoleBinding, previous: RoleBinding) => [
    ...bindingFaults(object, true),
    ...bindingUpdateFaults(object, previous),
  ],
  columns: bindingColumns,
};
