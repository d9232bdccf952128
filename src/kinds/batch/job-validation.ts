import type { Job, JobSpec, PodTemplateSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { MISMATCH, selectsTemplate } from '../apps/validation.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { type Faults, immutable, nonNegative, oneOf, selectorFaults } from '../faults.ts';

// Models kubernetes pkg/apis/batch/validation.

const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const;

/** Faults of a job's spec but for its selector, which jobs in templates do not have. */
export function jobSpecFaults(path: string, spec: JobSpec, out: Faults): void {
  for (const field of COUNTS) nonNegative(`${path}.${field}`, spec[field], out);
  oneOf(`${path}.completionMode`, spec.completionMode, ['Indexed', 'NonIndexed'], false, out);
  if (spec.completionMode === 'Indexed' && (spec.completions === undefined || spec.completions === null))
    out.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  if (spec.backoffLimitPerIndex !== undefined && spec.completionMode !== 'Indexed')
    out.push(invalid(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, 'requires indexed completion mode'));
  oneOf(`${path}.podReplacementPolicy`, spec.podReplacementPolicy, ['Failed', 'TerminatingOrFailed'], false, out);
  if (spec.podFailurePolicy && spec.podReplacementPolicy === 'TerminatingOrFailed')
    out.push(notSupported(`${path}.podReplacementPolicy`, spec.podReplacementPolicy, ['Failed']));
  podTemplateFaults(`${path}.template`, spec.template, out);
  const restartPolicy = spec.template?.spec?.restartPolicy;
  const at = `${path}.template.spec.restartPolicy`;
  if (restartPolicy === 'Always') out.push(required(at, 'valid values: "OnFailure", "Never"'));
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never')
    out.push(notSupported(at, restartPolicy ?? '', ['Never', 'OnFailure']));
  else if (spec.podFailurePolicy && restartPolicy !== 'Never')
    out.push(invalid(at, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
}

/** The labels by which a job finds its own pods say so, unless the client chose the selector. */
function generatedSelectorFaults({ metadata, spec }: Job, out: Faults): void {
  if (spec.manualSelector) return;
  const expected = {
    'batch.kubernetes.io/controller-uid': metadata.uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
  };
  const labels = spec.template.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(expected)) {
    const label = labels[key];
    if (label === undefined) out.push(required(`spec.template.metadata.labels[${key}]`, `must be '${value}'`));
    else if (label !== value) out.push(invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${value}'`));
  }
}

export function jobFaults(job: Job): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec } = job;
  generatedSelectorFaults(job, out);
  jobSpecFaults('spec', spec, out);
  if (!spec.selector) out.push(required('spec.selector'));
  else {
    selectorFaults('spec.selector', spec.selector, out);
    if (!selectsTemplate(spec.selector, spec.template))
      out.push(invalid('spec.template.metadata.labels', spec.template.metadata?.labels ?? {}, MISMATCH));
  }
  return out;
}

/** A suspended job that has not started may still be told where its pods go. */
function templateOfPrevious({ spec, status }: Job, template: PodTemplateSpec): PodTemplateSpec {
  if (!spec.suspend || status?.startTime) return template;
  const { nodeSelector, tolerations, schedulingGates, affinity } = spec.template.spec;
  const { nodeSelector: _, tolerations: __, schedulingGates: ___, affinity: ____, ...rest } = template.spec;
  return {
    metadata: { ...template.metadata, ...spec.template.metadata },
    spec: {
      ...rest,
      ...(nodeSelector && { nodeSelector }),
      ...(tolerations && { tolerations }),
      ...(schedulingGates && { schedulingGates }),
      ...(affinity && { affinity }),
    },
  };
}

export function jobUpdateFaults(job: Job, { spec: previous }: Job): readonly FieldError[] {
  const { spec } = job;
  if (spec === previous) return [];
  const out: FieldError[] = [];
  // An indexed job may be made larger or smaller together with its parallelism.
  const resized = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!resized) immutable('spec.completions', spec.completions, previous.completions, out);
  immutable('spec.selector', spec.selector, previous.selector, out);
  if (!equal(spec.template as unknown as Json, templateOfPrevious(job, previous.template) as unknown as Json))
    out.push(invalid('spec.template', spec.template, 'field is immutable'));
  for (const field of ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const)
    immutable(`spec.${field}`, spec[field], previous[field], out);
  return out;
}
