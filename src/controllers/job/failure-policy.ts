import type { Job, Pod, PodFailurePolicyRule } from '../../../gen/kubernetes-types.ts';

export interface FailureAction {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  readonly message?: string;
}

/** What the first matching rule of a job's failure policy says about a failed pod. Models job/pod_failure_policy matchPodFailurePolicy. */
export function failureAction(job: Job, pod: Pod): FailureAction {
  for (const [i, rule] of (job.spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = matches(rule, pod);
    // Validation admits the four actions alone.
    if (why !== undefined)
      return { action: rule.action as FailureAction['action'], message: `${why} matching ${rule.action} rule at index ${i}` };
  }
  return { action: 'Count' };
}

function matches(rule: PodFailurePolicyRule, pod: Pod): string | undefined {
  const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
  if (rule.onExitCodes) {
    const { containerName, operator, values } = rule.onExitCodes;
    for (const status of [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]) {
      const exitCode = status.state?.terminated?.exitCode;
      if (exitCode === undefined || exitCode === 0 || (containerName !== undefined && containerName !== status.name)) continue;
      if (values.includes(exitCode) === (operator === 'In'))
        return `Container ${status.name} for pod ${name} failed with exit code ${exitCode}`;
    }
    return undefined;
  }
  for (const { type, status = 'True' } of rule.onPodConditions ?? [])
    if (pod.status?.conditions?.some((condition) => condition.type === type && condition.status === status))
      return `Pod ${name} has condition ${type}`;
  return undefined;
}
