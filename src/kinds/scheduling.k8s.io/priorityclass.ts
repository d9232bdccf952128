import type { PriorityClass } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, boolean, column, integer, nameColumn } from '../columns.ts';
import { defaults } from '../defaulting.ts';
import { priorityClassFaults, priorityClassUpdateFaults } from './validation.ts';

export const priorityClass: Kind = {
  group: 'scheduling.k8s.io',
  kind: 'PriorityClass',
  resource: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  versions: [{ name: 'v1' }],
  generation: 'first',
  default: defaults({ preemptionPolicy: 'PreemptLowerPriority' }),
  validate: (object: PriorityClass) => priorityClassFaults(object),
  validateUpdate: (object: PriorityClass, previous: PriorityClass) => priorityClassUpdateFaults(object, previous),
  columns: [
    nameColumn,
    integer<PriorityClass>('Value', 'Priority of the pods of the class.', (o) => o.value ?? 0),
    boolean<PriorityClass>('Global-Default', 'Whether pods without a class get this one.', (o) => o.globalDefault ?? false),
    ageColumn,
    column<PriorityClass>('PreemptionPolicy', 'Whether pods of the class preempt others.', (o) => o.preemptionPolicy ?? ''),
  ],
};
