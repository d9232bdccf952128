import type { ReplicaSet } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, integer, nameColumn, selectorText, templateColumns } from '../columns.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { fixedSelector, nonNegative } from '../faults.ts';
import { orphans, selectable } from '../selectable.ts';
import { countFaults, replicaFaults } from '../status-validation.ts';
import { replicatedFaults } from './validation.ts';

function replicaSetFaults({ spec }: ReplicaSet): FieldError[] {
  const faults: FieldError[] = [];
  nonNegative('spec.replicas', spec.replicas, faults);
  nonNegative('spec.minReadySeconds', spec.minReadySeconds, faults);
  replicatedFaults(spec, faults);
  return faults;
}

const PARTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

export const replicaSet: Kind = {
  group: 'apps',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  selectableFields: selectable({ 'status.replicas': '0' }),
  indexes: { orphan: orphans },
  default: defaults({ spec: present(fields({ replicas: 1, template: present(podTemplateDefaults) })) }),
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate: replicaSetFaults,
  validateUpdate(object: ReplicaSet, { spec: previous }: ReplicaSet) {
    const { spec } = object;
    const faults = replicaSetFaults(object);
    fixedSelector('spec.selector', spec.selector, previous.selector, faults);
    return faults;
  },
  validateStatusUpdate({ status }: ReplicaSet) {
    const faults: FieldError[] = [];
    countFaults(status, [...PARTS, 'observedGeneration', 'terminatingReplicas'], faults);
    replicaFaults(status, PARTS.slice(1), 'readyReplicas', faults);
    return faults;
  },
  warnings: ({ metadata, spec }: ReplicaSet) => workloadWarnings(metadata.name, 'spec.template', spec.template),
  columns: [
    nameColumn,
    integer<ReplicaSet>('Desired', 'Pods that are desired.', (o) => o.spec.replicas ?? 0),
    integer<ReplicaSet>('Current', 'Pods that exist.', (o) => o.status?.replicas ?? 0),
    integer<ReplicaSet>('Ready', 'Pods that are ready.', (o) => o.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<ReplicaSet>(
      (o) => o.spec.template?.spec?.containers,
      (o) => selectorText(o.spec.selector),
    ),
  ],
};
