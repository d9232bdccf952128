import type { Job, JobSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required, tooLong } from '../../kernel/field-error.ts';
import type { Json } from '../../kernel/json.ts';
import { labelSelectorOf } from '../../kube/selectors/label-selector.ts';
import { mismatchFaults } from '../apps/validation.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { domainPrefixedPathFaults, type Faults, nonNegative, oneOf, selectorFaults } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { failurePolicyFaults, successPolicyFaults } from './job-policy-validation.ts';
import { NAME, UID } from './job-selector.ts';

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

const MAX_INDEXED = 100_000;
const MAX_MANAGER = 63;
/** Above so many completions a backoff limit per index asks for smaller numbers elsewhere. */
const MANY_COMPLETIONS = 100_000;
const LIMIT_FOR_MANY = 10_000;

function indexedFaults(path: string, { completions, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex }: JobSpec, out: Faults): void {
  const most = (field: string, value: number, limit: number, when = ''): void => {
    if (value > limit) out.push(invalid(`${path}.${field}`, value, `must be less than or equal to ${limit}${when}`));
  };
  if (completions === undefined) out.push(required(`${path}.completions`, 'when completion mode is Indexed'));
  most('parallelism', parallelism, MAX_INDEXED, ' when completion mode is Indexed');
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    out.push(invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions'));
  if (maxFailedIndexes !== undefined) most('maxFailedIndexes', maxFailedIndexes, MAX_INDEXED);
  if (completions === undefined || completions <= MANY_COMPLETIONS || backoffLimitPerIndex === undefined) return;
  const when = ` when completions are above ${MANY_COMPLETIONS} and used with backoff limit per index`;
  if (maxFailedIndexes === undefined)
    out.push(required(`${path}.maxFailedIndexes`, `must be specified when completions is above ${MANY_COMPLETIONS}`));
  most('parallelism', parallelism, LIMIT_FOR_MANY, when);
  if (maxFailedIndexes !== undefined) most('maxFailedIndexes', maxFailedIndexes, LIMIT_FOR_MANY, when);
}

/** Faults of a job's spec but for its selector, which jobs in templates do not have. */
export function jobSpecFaults(path: string, spec: JobSpec, out: Faults): void {
  for (const field of COUNTS) nonNegative(`${path}.${field}`, spec[field], out);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    out.push(required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  const { managedBy } = spec;
  if (managedBy !== undefined) {
    domainPrefixedPathFaults(`${path}.managedBy`, managedBy, out);
    if (managedBy.length > MAX_MANAGER) out.push(tooLong(`${path}.managedBy`, MAX_MANAGER));
  }
  oneOf(`${path}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed'], false, out);
  if (spec.completionMode === 'Indexed') indexedFaults(path, spec, out);
  if (spec.completionMode === undefined || spec.completionMode === 'NonIndexed')
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[field] !== undefined) out.push(invalid(`${path}.${field}`, spec[field], 'requires indexed completion mode'));
  if (spec.podFailurePolicy) failurePolicyFaults(`${path}.podFailurePolicy`, spec, out);
  successPolicyFaults(`${path}.successPolicy`, spec, out);
  const replacements = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  oneOf(`${path}.podReplacementPolicy`, spec.podReplacementPolicy, replacements, false, out);
  podTemplateFaults(`${path}.template`, spec.template, out);
  const restartPolicy = spec.template?.spec?.restartPolicy;
  const at = `${path}.template.spec.restartPolicy`;
  if (!restartPolicy || restartPolicy === 'Always') out.push(required(at, 'valid values: "OnFailure", "Never"'));
  else if (restartPolicy !== 'OnFailure' && restartPolicy !== 'Never') out.push(notSupported(at, restartPolicy, ['OnFailure', 'Never']));
  else if (spec.podFailurePolicy && restartPolicy !== 'Never')
    out.push(invalid(at, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified'));
}

/** The labels by which a job finds its own pods say so, unless the client chose the selector. */
function generatedSelectorFaults({ metadata, spec }: Job, previous: Job | undefined, out: Faults): void {
  if (spec.manualSelector || !spec.selector) return;
  const before = previous?.spec.template.metadata?.labels;
  // Jobs of old have the shorter ones alone.
  const isOld = previous !== undefined && !(before && UID in before && NAME in before);
  const expected: { readonly [label: string]: string } = {
    'controller-uid': metadata.uid,
    'job-name': metadata.name,
    ...(!isOld && { [UID]: metadata.uid, [NAME]: metadata.name }),
  };
  const labels = spec.template.metadata?.labels ?? {};
  for (const [key, value] of Object.entries(expected)) {
    const label = labels[key];
    if (label === undefined) out.push(required(`spec.template.metadata.labels[${key}]`, `must be '${value}'`));
    else if (label !== value) out.push(invalid(`spec.template.metadata.labels[${key}]`, labels, `must be '${value}'`));
  }
  // A LabelSelector is plain JSON.
  if (labelSelectorOf(spec.selector as unknown as Json).value?.matches(expected) === false)
    out.push(invalid('spec.selector', internalForm('v1.LabelSelector', spec.selector), '`selector` not auto-generated'));
}

/** Faults of a job; of a change, with the job as it was. */
export function jobFaults(job: Job, previous?: Job): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec } = job;
  generatedSelectorFaults(job, previous, out);
  jobSpecFaults('spec', spec, out);
  if (!spec.selector) out.push(required('spec.selector'));
  else selectorFaults('spec.selector', spec.selector, out);
  mismatchFaults('spec.template', spec.selector, spec.template, out);
  return out;
}
