import type { LabelSelector, PodTemplateSpec } from '../../../gen/kubernetes-types.ts';
import { forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import type { Json } from '../../kernel/json.ts';
import { labelSelectorOf } from '../../kube/selectors/label-selector.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { type Faults, isEmptySelector, selectorFaults } from '../faults.ts';
import { internalForm, internalMap } from '../internal-form.ts';

/** What the spec of a workload says of its pods. */
type Workload = { readonly selector?: LabelSelector; readonly template?: PodTemplateSpec };

export const MISMATCH = '`selector` does not match template `labels`';

/** Faults of template labels that a selector does not select; none selects nothing, and what a malformed one selects is not known. */
export function mismatchFaults(
  path: string,
  selector: LabelSelector | undefined,
  template: PodTemplateSpec | undefined,
  out: Faults,
): void {
  const { metadata } = template ?? {};
  // A LabelSelector is plain JSON.
  const matcher = selector && labelSelectorOf(selector as unknown as Json);
  if (!matcher || matcher.value?.matches(metadata?.labels ?? {}) === false)
    out.push(invalid(`${path}.metadata.labels`, internalMap(metadata?.labels), MISMATCH));
}

/** `owner` is what upstream says that an empty selector is invalid for. */
export function emptySelectorFaults(path: string, selector: LabelSelector | undefined, owner: string, out: Faults): void {
  if (selector && isEmptySelector(selector)) out.push(invalid(path, selector, `empty selector is invalid for ${owner}`));
}

/**
 * Faults of a workload's selector; true where one is so wrong that upstream looks no further.
 * `emptyFor` is what upstream says that an empty selector is invalid for, `malformed` what it says of one that is none.
 */
export function workloadSelectorFaults(
  path: string,
  selector: LabelSelector | undefined,
  emptyFor: string,
  malformed: string,
  out: Faults,
): boolean {
  if (!selector) {
    out.push(required(path));
    return false;
  }
  selectorFaults(path, selector, out);
  emptySelectorFaults(path, selector, emptyFor, out);
  // A LabelSelector is plain JSON.
  if (labelSelectorOf(selector as unknown as Json).value !== undefined) return false;
  out.push(invalid(path, internalForm('v1.LabelSelector', selector), malformed));
  return true;
}

/** Faults of the selector and template of what keeps a number of pods: they fit each other, and the pods run for ever. */
export function replicatedFaults({ selector, template }: Workload, out: Faults): void {
  if (workloadSelectorFaults('spec.selector', selector, 'deployment', 'invalid label selector', out)) return;
  mismatchFaults('spec.template', selector, template, out);
  podTemplateFaults('spec.template', template, out);
  runsForEver('spec.template', template, 'ReplicaSet', out);
}

/** Pods of a workload are restarted and have no deadline. */
export function runsForEver(path: string, template: PodTemplateSpec | undefined, name: string, out: Faults): void {
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== 'Always') out.push(notSupported(`${path}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
  if (activeDeadlineSeconds !== undefined)
    out.push(forbidden(`${path}.spec.activeDeadlineSeconds`, `activeDeadlineSeconds in ${name} is not Supported`));
}

/** Percentages and counts where 0 and "0%" mean nothing at all, as does what is neither. */
export function isNothing(value: number | string | undefined): boolean {
  if (typeof value !== 'string') return !value;
  const [, digits = '0'] = /^([+-]?\d+|\d+%)$/.exec(value) ?? [];
  return Number.parseInt(digits, 10) === 0;
}
