import type { Deployment, DeploymentSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { countOrPercent, type Faults, fixedSelector, nonNegative, notAbove100Percent } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { isNothing, replicatedFaults } from './validation.ts';

// Models kubernetes pkg/apis/apps/validation ValidateDeployment.

function strategyFaults(path: string, { strategy }: DeploymentSpec, out: Faults): void {
  const { type, rollingUpdate } = strategy ?? {};
  if (type === 'Recreate') {
    if (rollingUpdate) out.push(forbidden(`${path}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'"));
    return;
  }
  if (type !== 'RollingUpdate')
    return void out.push(notSupported(path, internalForm('apps.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate']));
  if (!rollingUpdate) return void out.push(required(`${path}.rollingUpdate`, 'this should be defaulted and never be nil'));
  const { maxUnavailable, maxSurge } = rollingUpdate;
  countOrPercent(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, out);
  countOrPercent(`${path}.rollingUpdate.maxSurge`, maxSurge, out);
  if (isNothing(maxUnavailable) && isNothing(maxSurge))
    out.push(invalid(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  notAbove100Percent(`${path}.rollingUpdate.maxUnavailable`, maxUnavailable, out);
}

export function deploymentFaults({ spec }: Deployment): readonly FieldError[] {
  const out: FieldError[] = [];
  nonNegative('spec.replicas', spec.replicas, out);
  replicatedFaults(spec, out);
  strategyFaults('spec.strategy', spec, out);
  nonNegative('spec.minReadySeconds', spec.minReadySeconds, out);
  nonNegative('spec.revisionHistoryLimit', spec.revisionHistoryLimit, out);
  nonNegative('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, out);
  if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0))
    out.push(invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'));
  return out;
}

export function deploymentUpdateFaults({ spec }: Deployment, { spec: previous }: Deployment): readonly FieldError[] {
  const out: FieldError[] = [];
  fixedSelector('spec.selector', spec.selector, previous.selector, out);
  return out;
}
