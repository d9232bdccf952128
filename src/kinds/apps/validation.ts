import type { DaemonSetUpdateStrategy, DeploymentStrategy, LabelSelector, PodTemplateSpec } from '../../../gen/kubernetes-types.ts';
import { forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import type { Json } from '../../kernel/json.ts';
import { labelSelectorOf } from '../../kube/selectors/label-selector.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { type Faults, isEmptySelector, selectorFaults } from '../faults.ts';

/** What the spec of a workload says of its pods. */
type Workload = { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec };

export const MISMATCH = '`selector` does not match template `labels`';

/** Whether the selector selects the template's labels; a malformed one is somebody else's fault. */
export function selectsTemplate(selector: LabelSelector, template: PodTemplateSpec | undefined): boolean {
  // A LabelSelector is plain JSON.
  const { value } = labelSelectorOf(selector as unknown as Json);
  return !value || value.matches(template?.metadata?.labels ?? {});
}

/**
 * Faults of a workload's selector and template: they fit each other, and the pods run for ever.
 * `emptyFor` is what upstream says that an empty selector is invalid for, `name` what the kind is called in other messages.
 */
export function workloadFaults(path: string, { selector, template }: Workload, emptyFor: string, name: string, out: Faults): void {
  if (!selector) out.push(required(`${path}.selector`));
  else {
    selectorFaults(`${path}.selector`, selector, out);
    if (isEmptySelector(selector)) out.push(invalid(`${path}.selector`, selector, `empty selector is invalid for ${emptyFor}`));
  }
  const at = `${path}.template`;
  // A LabelSelector is plain JSON.
  if (selector && name !== 'DaemonSet' && labelSelectorOf(selector as unknown as Json).value === undefined)
    out.push(invalid(`${path}.selector`, selector, name === 'StatefulSet' ? '' : 'invalid label selector'));
  if (!template) return void out.push(required(at));
  if (selector && !isEmptySelector(selector) && !selectsTemplate(selector, template))
    out.push(invalid(`${at}.metadata.labels`, template.metadata?.labels ?? null, MISMATCH));
  podTemplateFaults(at, template, out);
  runsForEver(at, template, name, out);
}

/** Pods of a workload are restarted and have no deadline. */
export function runsForEver(path: string, template: PodTemplateSpec, name: string, out: Faults): void {
  const { restartPolicy, activeDeadlineSeconds } = template.spec ?? {};
  if (restartPolicy !== 'Always') out.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  if (activeDeadlineSeconds !== undefined)
    out.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${name} is not Supported`));
}

/** A strategy as Go prints its own type: fields by their Go names. */
export const printed = (strategy: DeploymentStrategy | DaemonSetUpdateStrategy | undefined): unknown => ({
  Type: strategy?.type ?? '',
  RollingUpdate: strategy?.rollingUpdate
    ? { MaxUnavailable: strategy.rollingUpdate.maxUnavailable ?? 0, MaxSurge: strategy.rollingUpdate.maxSurge ?? 0 }
    : null,
});

/** Percentages and counts where 0 and "0%" mean nothing at all. */
export const isNothing = (value: number | string | undefined): boolean =>
  value === undefined || value === 0 || (typeof value === 'string' && Number.parseInt(value, 10) === 0);
