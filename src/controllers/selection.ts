import type { Json } from '../kernel/json.ts';
import { type LabelSelector, labelSelectorOf, nothing } from '../kube/selectors/label-selector.ts';

/** The matcher of a LabelSelector object. An invalid one, which validation keeps out of the store, selects nothing. */
export const selectorOf = (selector: object | undefined): LabelSelector => labelSelectorOf(selector as Json | undefined).value ?? nothing;

/** A label and the single value that a selector demands of it, if any: the way into the "label" index. */
export function exactLabel(selector: LabelSelector): string | undefined {
  for (const { key } of selector.requirements) {
    const value = selector.exact(key);
    if (value !== undefined) return `${key}=${value}`;
  }
  return undefined;
}
