import type { StatefulSet } from '../../../gen/kubernetes-types.ts';
import type { Json } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import { minorOf } from '../../kube/schema/table.ts';
import { ageColumn, column, nameColumn, templateColumns } from '../columns.ts';
import { claimTemplateDefaults } from '../core/claim-defaults.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { defaults, each, fields, present, when } from '../defaulting.ts';
import { statefulSetFaults, statefulSetUpdateFaults } from './statefulset-validation.ts';

/** First minor version in which spec.updateStrategy.rollingUpdate.maxUnavailable is on (MaxUnavailableStatefulSet). */
const MAX_UNAVAILABLE_SINCE = 35;

const defaultsWith = (rollingUpdate: { readonly [field: string]: Json }) =>
  defaults({
    spec: present(
      fields({
        podManagementPolicy: 'OrderedReady',
        updateStrategy: present(
          fields({
            type: 'RollingUpdate',
            rollingUpdate: when(({ type }) => type === 'RollingUpdate', present(fields(rollingUpdate))),
          }),
        ),
        persistentVolumeClaimRetentionPolicy: present(fields({ whenDeleted: 'Retain', whenScaled: 'Retain' })),
        replicas: 1,
        revisionHistoryLimit: 10,
        template: present(podTemplateDefaults),
        volumeClaimTemplates: each(claimTemplateDefaults),
      }),
    ),
  });
const withMaxUnavailable = defaultsWith({ partition: 0, maxUnavailable: 1 });
const withoutMaxUnavailable = defaultsWith({ partition: 0 });

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
  default: (object, { version }) => (minorOf(version) >= MAX_UNAVAILABLE_SINCE ? withMaxUnavailable : withoutMaxUnavailable)(object),
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0, availableReplicas: 0 } }),
  validate: (object: StatefulSet) => statefulSetFaults(object),
  validateUpdate: (object: StatefulSet, previous: StatefulSet) => statefulSetUpdateFaults(object, previous),
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
