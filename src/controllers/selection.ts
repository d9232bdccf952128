import type { Pod } from '../../gen/kubernetes-types.ts';
import type { Json } from '../kernel/json.ts';
import { pod } from '../kinds/core/pod/pod.ts';
import type { Cluster } from '../kube/cluster.ts';
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

/** Pods of a namespace that a selector matches. Cost: O(pods with one label that it demands), else O(pods of the namespace). */
export function podsSelectedBy(cluster: Cluster, namespace: string, selector: LabelSelector): Pod[] {
  const exact = exactLabel(selector);
  const candidates = exact ? cluster.indexed<Pod>(pod, 'label', `${namespace}/${exact}`) : cluster.list<Pod>(pod, namespace);
  return candidates.filter((each) => selector.matches(each.metadata.labels));
}
