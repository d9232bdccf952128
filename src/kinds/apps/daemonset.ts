import type { DaemonSet } from '../../../gen/kubernetes-types.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import { ageColumn, column, integer, labelsText, nameColumn, selectorText, templateColumns } from '../columns.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { defaults, fields, present, when } from '../defaulting.ts';
import { collisionFaults, countFaults } from '../status-validation.ts';
import { daemonSetFaults, daemonSetUpdateFaults } from './daemonset-validation.ts';

/** Counts the templates that the object has had; older clients read it. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

const withTemplateGeneration = (object: DaemonSet, generation: string): DaemonSet =>
  object.metadata.annotations?.[TEMPLATE_GENERATION] === generation
    ? object
    : { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [TEMPLATE_GENERATION]: generation } } };

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
  'collisionCount',
];

export const daemonSet: Kind = {
  group: 'apps',
  kind: 'DaemonSet',
  resource: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  default: defaults({
    spec: present(
      fields({
        template: present(podTemplateDefaults),
        updateStrategy: present(
          fields({
            type: 'RollingUpdate',
            rollingUpdate: when(({ type }) => type === 'RollingUpdate', present(fields({ maxUnavailable: 1, maxSurge: 0 }))),
          }),
        ),
        revisionHistoryLimit: 10,
      }),
    ),
  }),
  prepareForCreate: (object: DaemonSet) => ({
    ...withTemplateGeneration(object, '1'),
    status: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
  }),
  prepareForUpdate(object: DaemonSet, previous: DaemonSet) {
    const generation = Number(previous.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    return withTemplateGeneration(object, String(equal(object.spec.template, previous.spec.template) ? generation : generation + 1));
  },
  validate: (object: DaemonSet) => daemonSetFaults(object),
  validateUpdate: (object: DaemonSet, previous: DaemonSet) => [...daemonSetUpdateFaults(object, previous), ...daemonSetFaults(object)],
  validateStatusUpdate({ status }: DaemonSet, { status: previous }: DaemonSet) {
    const faults: FieldError[] = [];
    countFaults(status, COUNTS, faults);
    collisionFaults(status, previous, faults);
    return faults;
  },
  warnings: ({ metadata, spec }: DaemonSet) => workloadWarnings(metadata.name, 'spec.template', spec.template),
  columns: [
    nameColumn,
    integer<DaemonSet>('Desired', 'Nodes that should run the pod.', (o) => o.status?.desiredNumberScheduled ?? 0),
    integer<DaemonSet>('Current', 'Nodes that should run the pod and do.', (o) => o.status?.currentNumberScheduled ?? 0),
    integer<DaemonSet>('Ready', 'Nodes whose pod is ready.', (o) => o.status?.numberReady ?? 0),
    integer<DaemonSet>('Up-to-date', 'Nodes whose pod has the present template.', (o) => o.status?.updatedNumberScheduled ?? 0),
    integer<DaemonSet>('Available', 'Nodes whose pod has been ready for long enough.', (o) => o.status?.numberAvailable ?? 0),
    column<DaemonSet>('Node Selector', 'Labels of the nodes that should run the pod.', (o) =>
      labelsText(o.spec.template.spec?.nodeSelector),
    ),
    ageColumn,
    ...templateColumns<DaemonSet>(
      (o) => o.spec.template.spec?.containers,
      (o) => selectorText(o.spec.selector),
    ),
  ],
};
