import type { PodDisruptionBudget } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { countOrPercent, notAbove100Percent, oneOf, selectorFaults } from '../faults.ts';

/** Models kubernetes pkg/apis/policy/validation ValidatePodDisruptionBudget. */
export function disruptionBudgetFaults({ spec }: PodDisruptionBudget): readonly FieldError[] {
  const out: FieldError[] = [];
  const { minAvailable, maxUnavailable } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined)
    out.push(invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  for (const [path, value] of [
    ['spec.minAvailable', minAvailable],
    ['spec.maxUnavailable', maxUnavailable],
  ] as const) {
    countOrPercent(path, value, out);
    notAbove100Percent(path, value, out);
  }
  selectorFaults('spec.selector', spec.selector, out);
  oneOf('spec.unhealthyPodEvictionPolicy', spec.unhealthyPodEvictionPolicy, ['AlwaysAllow', 'IfHealthyBudget'], false, out);
  return out;
}
