import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import type { Reader } from '../../kernel/store.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import { podDisruptionBudget } from '../../kinds/policy/poddisruptionbudget.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import type { KubeObject } from '../../kube/object.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { resolve } from '../deployment/replica-sets.ts';
import { isActive, isReady, withCondition } from '../pod-control.ts';
import { podsSelectedBy, selectorOf } from '../selection.ts';
import { scalesOf } from './scales.ts';

/** A pod whose eviction was granted counts as gone for so long, even if nobody deleted it. */
const DELETION_TIMEOUT_MS = 120_000;

/** Keeps the status from which evictions are decided. Models kubernetes pkg/controller/disruption. */
export const disruptionController: ClusterController = {
  name: 'disruption',
  watches: [onKind(podDisruptionBudget), onObject(podKind, budgetsSelecting)],
  reconcile(cluster, name, namespace) {
    const budget = cluster.get<PodDisruptionBudget>(podDisruptionBudget, namespace, name);
    return budget && sync(cluster, budget);
  },
};

/** Cost: O(budgets of the namespace). */
function budgetsSelecting({ metadata }: KubeObject, reader: Reader, scope: string): string[] {
  return reader
    .list<PodDisruptionBudget>(collectionOf(podDisruptionBudget, scope), { prefix: `${metadata.namespace}/` })
    .filter(({ value }) => selectorOf(value.spec.selector).matches(metadata.labels))
    .map(({ key }) => key);
}

function sync(cluster: Cluster, budget: PodDisruptionBudget): Outcome | undefined {
  const pods = podsSelectedBy(cluster, budget.metadata.namespace ?? '', selectorOf(budget.spec.selector)).filter(
    (pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed',
  );
  if (pods.length === 0) cluster.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const expectation = expect(cluster, budget, pods);
  if (expectation.unmanaged) cluster.event(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
  const { disruptedPods, againMs } = stillDisrupted(budget, pods, cluster.tx.nowMs);
  const healthy = pods.filter((pod) => isActive(pod) && isReady(pod) && !(pod.metadata.name in disruptedPods)).length;
  const allowed = expectation.expectedPods > 0 ? Math.max(healthy - expectation.desiredHealthy, 0) : 0;
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: allowed > 0 ? 'True' : 'False',
    observedGeneration: budget.metadata.generation ?? 1,
    lastTransitionTime: cluster.tx.nowIso,
    reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  const status: PodDisruptionBudgetStatus = {
    observedGeneration: budget.metadata.generation ?? 1,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: expectation.desiredHealthy,
    expectedPods: expectation.expectedPods,
    conditions: withCondition(budget.status?.conditions, condition),
  };
  cluster.updateStatus<PodDisruptionBudget>(podDisruptionBudget, { ...budget, status });
  return againMs === undefined ? undefined : { againMs };
}

interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  /** Some pods have no controller whose size could be asked for. */
  readonly unmanaged?: boolean;
}

/** A plain count of pods to keep needs no more than the pods; shares of a whole need the sizes of their controllers. */
function expect(cluster: Cluster, { spec }: PodDisruptionBudget, pods: readonly Pod[]): Expectation {
  const { minAvailable, maxUnavailable } = spec;
  if (typeof minAvailable === 'number') return { expectedPods: pods.length, desiredHealthy: minAvailable };
  const { total, unmanaged } = scalesOf(cluster, pods);
  if (maxUnavailable !== undefined) {
    const desired = total - resolve(maxUnavailable, total, Math.ceil);
    return { expectedPods: total, desiredHealthy: Math.max(desired, 0), unmanaged };
  }
  if (minAvailable !== undefined) return { expectedPods: total, desiredHealthy: resolve(minAvailable, total, Math.ceil), unmanaged };
  return { expectedPods: pods.length, desiredHealthy: 0 };
}

const unmanagedText = ({ spec }: PodDisruptionBudget): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${labelText(spec.selector?.matchLabels)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;

const labelText = (labels: Readonly<Record<string, string>> = {}): string =>
  `&LabelSelector{MatchLabels:map[string]string{${Object.entries(labels)
    .map(([key, value]) => `${key}: ${value},`)
    .join('')}},MatchExpressions:[]LabelSelectorRequirement{},}`;

/** Evictions that were granted and not yet carried out. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], nowMs: number) {
  const disruptedPods: Record<string, string> = {};
  let againMs: number | undefined;
  for (const [name, time] of Object.entries(budget.status?.disruptedPods ?? {})) {
    const leftMs = Date.parse(time) + DELETION_TIMEOUT_MS - nowMs;
    if (leftMs <= 0 || !pods.some((pod) => pod.metadata.name === name && !pod.metadata.deletionTimestamp)) continue;
    disruptedPods[name] = time;
    againMs = Math.min(againMs ?? leftMs, leftMs);
  }
  return { disruptedPods, againMs };
}
