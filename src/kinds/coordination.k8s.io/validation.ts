import type { Lease } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { nonNegative } from '../faults.ts';

/** Models kubernetes pkg/apis/coordination/validation. */
export function leaseFaults({ spec }: Lease): readonly FieldError[] {
  const out: FieldError[] = [];
  const seconds = spec.leaseDurationSeconds;
  if (seconds !== undefined && seconds !== null && seconds <= 0)
    out.push(invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0'));
  nonNegative('spec.leaseTransitions', spec.leaseTransitions, out);
  return out;
}
