import type { RuntimeClass } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { immutable } from '../faults.ts';
import { runtimeClassFaults } from './validation.ts';

export const runtimeClass: Kind = {
  group: 'node.k8s.io',
  kind: 'RuntimeClass',
  resource: 'runtimeclasses',
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: false,
  requiresResourceVersion: true,
  validate: (object: RuntimeClass) => runtimeClassFaults(object),
  validateUpdate: (object: RuntimeClass, { handler }: RuntimeClass) => {
    const faults = [...runtimeClassFaults(object)];
    immutable('handler', object.handler, handler, faults);
    return faults;
  },
  columns: [nameColumn, column<RuntimeClass>('Handler', 'Runtime that nodes run the pods with.', (o) => o.handler), ageColumn],
};
