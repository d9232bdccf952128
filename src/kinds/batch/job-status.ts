import type { Job } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, invalid, OMITTED } from '../../kernel/field-error.ts';
import type { Faults } from '../faults.ts';
import { countFaults } from '../status-validation.ts';
import { countIndexes } from './job-policy-validation.ts';

// Models kubernetes pkg/apis/batch/validation ValidateJobStatusUpdate: counts, indexes and ends that stay.

type Status = NonNullable<Job['status']>;

const isTrue = ({ conditions }: Status, wanted: string): boolean =>
  conditions?.some(({ type, status }) => type === wanted && status === 'True') === true;

/** Pods that ended and are not counted yet, each once. */
function uncountedFaults({ uncountedTerminatedPods: uncounted }: Status, out: Faults): void {
  const seen = new Set<string>();
  for (const field of ['succeeded', 'failed'] as const)
    uncounted?.[field]?.forEach((uid, i) => {
      const at = `status.uncountedTerminatedPods.${field}[${i}]`;
      if (uid === '') out.push(invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) out.push(duplicate(at, uid));
      seen.add(uid);
    });
}

/** Lists of indexes, where they changed: a job that became smaller has its status caught up later. */
function indexFaults({ spec }: Job, status: Status, before: Status, out: Faults): void {
  const fields = [
    {
      field: 'completedIndexes',
      has: spec.completionMode === 'Indexed',
      why: 'cannot set non-empty completedIndexes when non-indexed completion mode',
    },
    {
      field: 'failedIndexes',
      has: spec.backoffLimitPerIndex !== undefined,
      why: 'cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    },
  ] as const;
  for (const { field, has, why } of fields) {
    const text = status[field];
    if (text === undefined || text === before[field]) continue;
    if (!has) {
      out.push(invalid(`status.${field}`, text, why));
      continue;
    }
    const counted = spec.completions === undefined ? 0 : countIndexes(text, spec.completions);
    if (typeof counted !== 'number') out.push(invalid(`status.${field}`, text, `error parsing ${field}: ${counted.error}`));
  }
}

/** All faults of a change of a job's status. */
export function jobStatusFaults(job: Job, { status: before = {} }: Job): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec, status = {} } = job;
  const { active = 0, ready = 0, succeeded = 0, failed = 0 } = status;
  countFaults(status, ['active', 'succeeded', 'failed', 'ready', 'terminating'], out);
  uncountedFaults(status, out);
  indexFaults(job, status, before, out);
  const isMoved = ready !== (before.ready ?? 0) || active !== (before.active ?? 0);
  if (isMoved && ready > active) out.push(invalid('status.ready', ready, 'cannot set more ready pods than active'));
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (isTrue(before, type) && !isTrue(status, type))
      out.push(invalid('status.conditions', OMITTED, `cannot disable the terminal ${type}=True condition`));
  if (failed < (before.failed ?? 0)) out.push(invalid('status.failed', failed, 'cannot decrease the failed counter'));
  // An indexed job may become smaller, with what it has done.
  const mayShrink = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  if (!mayShrink && succeeded < (before.succeeded ?? 0))
    out.push(invalid('status.succeeded', succeeded, 'cannot decrease the succeeded counter'));
  return out;
}
