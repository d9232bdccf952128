import type { ReplicationController } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import type { Json } from '../../kernel/json.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { MISMATCH, runsForEver } from '../apps/validation.ts';
import { ageColumn, integer, labelsText, nameColumn, templateColumns } from '../columns.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { nonNegative } from '../faults.ts';
import { selectable } from '../selectable.ts';
import { countFaults, replicaFaults } from '../status-validation.ts';
import { podTemplateDefaults } from './pod/defaults.ts';
import { podTemplateFaults } from './pod/validate-spec.ts';

const isEmpty = (labels: object | undefined): boolean => !labels || Object.keys(labels).length === 0;

const specDefaults = defaults({
  spec: present(fields({ replicas: 1, template: podTemplateDefaults })),
});

/** Selector and labels are those of the template where none are given. */
function withTemplateLabels(object: KubeObject): KubeObject {
  // Only called for replication controllers, whose spec defaulting has made.
  const { metadata, spec } = object as unknown as ReplicationController;
  const labels = spec.template?.metadata?.labels;
  if (!labels || isEmpty(labels) || (!isEmpty(metadata.labels) && !isEmpty(spec.selector))) return object;
  return {
    ...object,
    metadata: isEmpty(metadata.labels) ? { ...metadata, labels } : metadata,
    spec: isEmpty(spec.selector) ? { ...(object.spec as { readonly [field: string]: Json }), selector: labels } : (object.spec as Json),
  };
}

const PARTS = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'];

export const replicationController: Kind = {
  group: '',
  kind: 'ReplicationController',
  resource: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas', selector: 'spec.selector' },
  selectableFields: selectable({ 'status.replicas': '0' }),
  default: (object) => withTemplateLabels(specDefaults(object)),
  prepareForCreate: (object) => ({ ...object, status: { replicas: 0 } }),
  validate({ spec }: ReplicationController) {
    const faults: FieldError[] = [];
    const { selector, template } = spec;
    nonNegative('spec.minReadySeconds', spec.minReadySeconds, faults);
    if (isEmpty(selector)) faults.push(required('spec.selector'));
    nonNegative('spec.replicas', spec.replicas, faults);
    if (!template) return [...faults, required('spec.template')];
    const labels = template.metadata?.labels ?? {};
    if (Object.entries(selector ?? {}).some(([key, value]) => labels[key] !== value))
      faults.push(invalid('spec.template.metadata.labels', template.metadata?.labels ?? null, MISMATCH));
    podTemplateFaults('spec.template', template, faults);
    runsForEver('spec.template', template, 'ReplicationController', faults);
    return faults;
  },
  validateStatusUpdate({ status }: ReplicationController) {
    const faults: FieldError[] = [];
    countFaults(status, [...PARTS, 'observedGeneration'], faults);
    replicaFaults(status, PARTS.slice(1), 'readyReplicas', faults);
    return faults;
  },
  columns: [
    nameColumn,
    integer<ReplicationController>('Desired', 'Pods that are desired.', (o) => o.spec.replicas ?? 0),
    integer<ReplicationController>('Current', 'Pods that exist.', (o) => o.status?.replicas ?? 0),
    integer<ReplicationController>('Ready', 'Pods that are ready.', (o) => o.status?.readyReplicas ?? 0),
    ageColumn,
    ...templateColumns<ReplicationController>(
      (o) => o.spec.template?.spec?.containers,
      (o) => labelsText(o.spec.selector),
    ),
  ],
};
