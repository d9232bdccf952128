import type { Deployment } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, nameColumn, selectorText, templateColumns } from '../columns.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { defaults, fields, present, when } from '../defaulting.ts';
import { collisionFaults, countFaults, replicaFaults } from '../status-validation.ts';
import { deploymentFaults, deploymentUpdateFaults } from './deployment-validation.ts';

const COUNTS = [
  'observedGeneration',
  'replicas',
  'updatedReplicas',
  'readyReplicas',
  'availableReplicas',
  'unavailableReplicas',
  'terminatingReplicas',
  'collisionCount',
];

export const deployment: Kind = {
  group: 'apps',
  kind: 'Deployment',
  resource: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  generation: 'annotations',
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  default: defaults({
    spec: present(
      fields({
        replicas: 1,
        template: present(podTemplateDefaults),
        strategy: present(
          fields({
            type: 'RollingUpdate',
            rollingUpdate: when(({ type }) => type === 'RollingUpdate', present(fields({ maxUnavailable: '25%', maxSurge: '25%' }))),
          }),
        ),
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      }),
    ),
  }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: Deployment) => deploymentFaults(object),
  validateUpdate: (object: Deployment, previous: Deployment) => [...deploymentFaults(object), ...deploymentUpdateFaults(object, previous)],
  validateStatusUpdate({ status }: Deployment, { status: previous }: Deployment) {
    const faults: FieldError[] = [];
    countFaults(status, COUNTS, faults);
    replicaFaults(status, ['updatedReplicas', 'readyReplicas', 'availableReplicas'], 'readyReplicas', faults);
    collisionFaults(status, previous, faults);
    return faults;
  },
  warnings: ({ metadata, spec }: Deployment) => workloadWarnings(metadata.name, 'spec.template', spec.template),
  columns: [
    nameColumn,
    column<Deployment>('Ready', 'Pods that are ready, of those desired.', (o) => `${o.status?.readyReplicas ?? 0}/${o.spec.replicas ?? 0}`),
    column<Deployment>('Up-to-date', 'Pods of the present template.', (o) => o.status?.updatedReplicas ?? 0),
    column<Deployment>('Available', 'Pods that have been ready for long enough.', (o) => o.status?.availableReplicas ?? 0),
    ageColumn,
    ...templateColumns<Deployment>(
      (o) => o.spec.template.spec?.containers,
      (o) => selectorText(o.spec.selector),
    ),
  ],
};
