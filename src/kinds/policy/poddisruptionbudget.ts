import type { PodDisruptionBudget } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, integer, nameColumn } from '../columns.ts';
import { defaults, present } from '../defaulting.ts';
import { conditionFaults, countFaults } from '../status-validation.ts';
import { disruptionBudgetFaults } from './validation.ts';

export const podDisruptionBudget: Kind = {
  group: 'policy',
  kind: 'PodDisruptionBudget',
  resource: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  requiresResourceVersion: true,
  default: defaults({ spec: present() }),
  prepareForCreate: (object) => ({
    ...object,
    status: { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 },
  }),
  validate: (object: PodDisruptionBudget) => disruptionBudgetFaults(object),
  validateStatusUpdate({ status }: PodDisruptionBudget) {
    const faults: FieldError[] = [];
    conditionFaults('status.conditions', status?.conditions, faults);
    countFaults(status, ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'], faults);
    return faults;
  },
  columns: [
    nameColumn,
    column<PodDisruptionBudget>('Min Available', 'Pods that must stay available.', (o) => String(o.spec.minAvailable ?? 'N/A')),
    column<PodDisruptionBudget>('Max Unavailable', 'Pods that may be unavailable.', (o) => String(o.spec.maxUnavailable ?? 'N/A')),
    integer<PodDisruptionBudget>('Allowed Disruptions', 'Pods that may be disrupted now.', (o) => o.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
};
