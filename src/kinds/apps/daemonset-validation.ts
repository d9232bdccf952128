import type { DaemonSet, DaemonSetSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { countOrPercent, type Faults, fixedSelector, nonNegative, notAbove100Percent, selectorFaults } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { emptySelectorFaults, isNothing, mismatchFaults, runsForEver } from './validation.ts';

// Models kubernetes pkg/apis/apps/validation ValidateDaemonSet.

function strategyFaults(path: string, { updateStrategy }: DaemonSetSpec, out: Faults): void {
  const { type, rollingUpdate } = updateStrategy ?? {};
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate')
    return void out.push(notSupported(path, internalForm('apps.DaemonSetUpdateStrategy', updateStrategy), ['RollingUpdate', 'OnDelete']));
  if (!rollingUpdate) return void out.push(required(`${path}.rollingUpdate`));
  const { maxUnavailable, maxSurge } = rollingUpdate;
  const at = `${path}.rollingUpdate`;
  countOrPercent(`${at}.maxUnavailable`, maxUnavailable, out);
  countOrPercent(`${at}.maxSurge`, maxSurge, out);
  notAbove100Percent(`${at}.maxUnavailable`, maxUnavailable, out);
  notAbove100Percent(`${at}.maxSurge`, maxSurge, out);
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge))
    out.push(invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (isNothing(maxUnavailable) && isNothing(maxSurge)) out.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
}

export function daemonSetFaults({ spec }: DaemonSet): readonly FieldError[] {
  const out: FieldError[] = [];
  selectorFaults('spec.selector', spec.selector, out);
  mismatchFaults('spec.template', spec.selector, spec.template, out);
  emptySelectorFaults('spec.selector', spec.selector, 'daemonset', out);
  podTemplateFaults('spec.template', spec.template, out);
  runsForEver('spec.template', spec.template, 'DaemonSet', out);
  nonNegative('spec.minReadySeconds', spec.minReadySeconds, out);
  strategyFaults('spec.updateStrategy', spec, out);
  nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit, out);
  return out;
}

export function daemonSetUpdateFaults({ spec }: DaemonSet, { spec: previous }: DaemonSet): readonly FieldError[] {
  const out: FieldError[] = [];
  fixedSelector('spec.selector', spec.selector, previous.selector, out);
  return out;
}
