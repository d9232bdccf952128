import type { StatefulSet } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { claimTemplateDefaults } from '../core/claim-defaults.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { chain, defaults, each, fields, present, when } from '../defaulting.ts';
import { collisionFaults, countFaults, replicaFaults } from '../status-validation.ts';
import { statefulSetFaults, statefulSetUpdateFaults } from './statefulset-validation.ts';

/** One that names the type and says nothing more keeps saying nothing. */
const updateStrategy = fields({
  rollingUpdate: chain(
    when(({ type }) => !type, present()),
    when(({ type }) => !type || type === 'RollingUpdate', fields({ partition: 0 })),
  ),
  type: 'RollingUpdate',
});

/** As if unsaid: the feature MaxUnavailableStatefulSet is off, in 1.35 since its first patches. */
function withoutMaxUnavailable(object: StatefulSet): StatefulSet {
  const { updateStrategy } = object.spec;
  if (updateStrategy?.rollingUpdate?.maxUnavailable === undefined) return object;
  const { maxUnavailable: _, ...kept } = updateStrategy.rollingUpdate;
  return { ...object, spec: { ...object.spec, updateStrategy: { ...updateStrategy, rollingUpdate: kept } } };
}

const PARTS = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'];

export const statefulSet: Kind = {
  group: 'apps',
  kind: 'StatefulSet',
  resource: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  default: defaults({
    spec: present(
      fields({
        podManagementPolicy: 'OrderedReady',
        updateStrategy: present(updateStrategy),
        persistentVolumeClaimRetentionPolicy: present(fields({ whenDeleted: 'Retain', whenScaled: 'Retain' })),
        replicas: 1,
        revisionHistoryLimit: 10,
        template: present(podTemplateDefaults),
        volumeClaimTemplates: each(claimTemplateDefaults),
      }),
    ),
  }),
  prepareForCreate: (object: StatefulSet) => ({ ...withoutMaxUnavailable(object), status: { replicas: 0, availableReplicas: 0 } }),
  prepareForUpdate: (object: StatefulSet, previous: StatefulSet) =>
    previous.spec.updateStrategy?.rollingUpdate?.maxUnavailable === undefined ? withoutMaxUnavailable(object) : object,
  validate: (object: StatefulSet) => statefulSetFaults(object),
  validateUpdate: (object: StatefulSet, previous: StatefulSet) => statefulSetUpdateFaults(object, previous),
  validateStatusUpdate({ status }: StatefulSet, { status: previous }: StatefulSet) {
    const faults: FieldError[] = [];
    countFaults(status, ['replicas', ...PARTS, 'observedGeneration', 'collisionCount'], faults);
    replicaFaults(status, PARTS, 'status.readyReplicas', faults);
    collisionFaults(status, previous, faults);
    return faults;
  },
  warnings: ({ metadata, spec }: StatefulSet) => workloadWarnings(metadata.name, 'spec.template', spec.template),
  columns: [
    nameColumn,
    column<StatefulSet>(
      'Ready',
      'Pods that are ready, of those desired.',
      (o) => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas ?? 0}`,
    ),
    ageColumn,
    ...templateColumns<StatefulSet>((o) => o.spec.template.spec?.containers),
  ],
};
