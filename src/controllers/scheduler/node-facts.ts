import type { Node, NodeSelectorTerm, NodeStatus, Pod, Taint, Toleration } from '../../../gen/kubernetes-types.ts';
import type { Totals } from '../../kernel/collection.ts';
import { amounts } from '../../kinds/core/pod/requests.ts';

const allocatables = new WeakMap<NodeStatus, Totals>();

/** A node's allocatable resources in the units of Totals. Parsed once per stored status. */
export function allocatableOf(node: Node): Totals {
  if (!node.status) return {};
  const known = allocatables.get(node.status);
  if (known) return known;
  const parsed = amounts(node.status.allocatable ?? {});
  allocatables.set(node.status, parsed);
  return parsed;
}

/** Whether a toleration covers a taint. Source of the rule: k8s.io/api core/v1 Toleration.ToleratesTaint. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === 'Exists') return true;
  return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '');
}

/** Taints with one of these effects that the pod does not tolerate. */
export const untolerated = (pod: Pod, node: Node, effects: readonly string[]): Taint[] =>
  (node.spec.taints ?? []).filter(
    (taint) => effects.includes(taint.effect) && !pod.spec.tolerations?.some((toleration) => tolerates(toleration, taint)),
  );

/** Whether a node meets one term of a node selector. An empty term meets nothing. */
export function meetsTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every(({ key, operator, values }) => meets(labels[key], operator, values ?? [])) &&
    fields.every(({ key, operator, values }) => key === 'metadata.name' && meets(node.metadata.name, operator, values ?? []))
  );
}

function meets(value: string | undefined, operator: string, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

/** spec.nodeSelector and the required node affinity of a pod. */
export function meetsNodeAffinity(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return !terms || terms.some((term) => meetsTerm(term, node));
}
