import type { Job } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { humanDuration } from '../../kube/table-format.ts';
import { ageColumn, column, nameColumn, selectorText, templateColumns } from '../columns.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { selectable } from '../selectable.ts';
import { jobDefaults } from './job-defaults.ts';
import { withGeneratedSelector, withTemplateLabels } from './job-selector.ts';
import { jobStatusFaults } from './job-status.ts';
import { jobUpdateFaults } from './job-update.ts';
import { jobFaults } from './job-validation.ts';

/** The first of these conditions that is true is the status shown; the middle is for jobs that are being deleted. */
const CONDITIONS = ['Complete', 'Failed', 'Terminating', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function statusText({ metadata, status }: Job): string {
  const holds = (wanted: string): boolean =>
    wanted === 'Terminating'
      ? metadata.deletionTimestamp !== undefined
      : (status?.conditions?.some((condition) => condition.type === wanted && condition.status === 'True') ?? false);
  return CONDITIONS.find(holds) ?? 'Running';
}

function completionsText({ spec: { completions, parallelism = 0 }, status }: Job): string {
  const succeeded = status?.succeeded ?? 0;
  if (completions !== undefined && completions !== null) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return '';
  return humanDuration((status.completionTime ? Date.parse(status.completionTime) : nowMs) - Date.parse(status.startTime));
}

const { 'status.succeeded': succeeded = () => '0' } = selectable({ 'status.succeeded': '0' });

export const job: Kind = {
  group: 'batch',
  kind: 'Job',
  resource: 'jobs',
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  // The selector says "successful" where the field is called "succeeded".
  selectableFields: { 'status.successful': (object) => succeeded(object) },
  // Defaulting has made the spec.
  default: (object) => withTemplateLabels(jobDefaults(object) as unknown as Job) as unknown as KubeObject,
  prepareForCreate: (object: Job) => ({ ...withGeneratedSelector(object), status: {} }),
  validate: (object: Job) => jobFaults(object),
  validateUpdate: (object: Job, previous: Job, { version }) => jobUpdateFaults(object, previous, version),
  validateStatusUpdate: (object: Job, previous: Job) => jobStatusFaults(object, previous),
  warnings: ({ metadata, spec }: Job) => workloadWarnings(metadata.name, 'spec.template', spec.template),
  columns: [
    nameColumn,
    column<Job>('Status', 'How far the job is.', statusText),
    column<Job>('Completions', 'Pods that succeeded, of those needed.', completionsText),
    column<Job>('Duration', 'Time that the job has taken.', durationText),
    ageColumn,
    ...templateColumns<Job>(
      (o) => o.spec.template.spec?.containers,
      (o) => selectorText(o.spec.selector),
    ),
  ],
};
