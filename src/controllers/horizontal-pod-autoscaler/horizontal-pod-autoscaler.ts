import type {
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerCondition,
  V2HorizontalPodAutoscalerStatus,
} from '../../../gen/kubernetes-types.ts';
import type { Watch } from '../../kernel/controller.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { horizontalPodAutoscaler as kind } from '../../kinds/autoscaling/horizontalpodautoscaler.ts';
import { type ScaleTarget, scalable, scaleTargetOf } from '../../kinds/autoscaling/measure.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf, type Kind } from '../../kube/kind.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { withCondition } from '../pod-control.ts';
import { downPeriods, limited, PERIOD_MS, type Proposal, proposal } from './decide.ts';

/** How far ahead the next decision is looked for: usage is a function of the clock. */
const HORIZON_MS = 3_600_000;
/** Measurements of pods that one such search may take: many pods are not looked as far ahead. */
const MEASUREMENTS = 20_000;

/**
 * Scales by what pods use. Models kubernetes pkg/controller/podautoscaler. It wakes at decisions alone: the clock says when usage will
 * lead to the next one, as long as the pods stay the same.
 */
export const horizontalPodAutoscalerController: ClusterController = {
  name: 'horizontal-pod-autoscaler',
  watches: [onKind(kind), ...scalable.map(onTarget)],
  reconcile(cluster, name, namespace) {
    const found = cluster.get<V2HorizontalPodAutoscaler>(kind, namespace, name);
    if (!found || found.metadata.deletionTimestamp) return undefined;
    const target = scaleTargetOf(found, cluster.tx, cluster.scope);
    if (!target) {
      const { kind: what, name: which } = found.spec.scaleTargetRef;
      const message = `the HPA controller was unable to get the target's current scale: ${what.toLowerCase()}s "${which}" not found`;
      write(cluster, found, 0, 0, [['AbleToScale', 'False', 'FailedGetScale', message]]);
      cluster.event(found, 'Warning', 'FailedGetScale', message);
      return undefined;
    }
    return step(cluster, found, target);
  },
};

/** The autoscalers of an object. Cost: O(autoscalers of the namespace). */
function onTarget(of: Kind): Watch {
  return onObject(of, ({ metadata }, reader, scope) =>
    reader
      .list<V2HorizontalPodAutoscaler>(collectionOf(kind, scope), { prefix: `${metadata.namespace}/` })
      .filter(({ value: { spec } }) => spec.scaleTargetRef.kind === of.kind && spec.scaleTargetRef.name === metadata.name)
      .map(({ key }) => key),
  );
}

type Fact = readonly [type: string, status: string, reason: string, message: string];

function step(cluster: Cluster, autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget): { againMs: number } | undefined {
  const { nowMs } = cluster.tx;
  const { replicas: current } = target;
  const able: Fact = ['AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale"];
  if (current === 0) {
    const message = 'scaling is disabled since the replica count of the target is zero';
    write(cluster, autoscaler, 0, 0, [able, ['ScalingActive', 'False', 'ScalingDisabled', message]]);
    return undefined;
  }
  const now = proposal(autoscaler, target, nowMs);
  if (now.failed && now.replicas === undefined) {
    const message = `the HPA was unable to compute the replica count: ${now.failed.error}`;
    write(cluster, autoscaler, current, current, [able, ['ScalingActive', 'False', now.failed.reason, message]], now);
    cluster.event(autoscaler, 'Warning', now.failed.reason, now.failed.error);
    return { againMs: PERIOD_MS };
  }
  const lastMs = Date.parse(autoscaler.status?.lastScaleTime ?? '') || 0;
  const restMs = lastMs + PERIOD_MS - nowMs;
  const wanted = restMs > 0 ? current : sizeAt(autoscaler, target, nowMs);
  if (wanted !== current) rescale(cluster, autoscaler, target, wanted, now);
  write(cluster, autoscaler, current, wanted, facts(autoscaler, current, wanted, now), now);
  return { againMs: restMs > 0 ? restMs : wanted !== current ? PERIOD_MS : nextDecisionMs(autoscaler, target, nowMs) };
}

const sizeAt = (autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget, atMs: number): number =>
  limited(autoscaler, target.replicas, proposals(autoscaler, target, atMs - downPeriods(autoscaler) * PERIOD_MS, atMs));

/** What was or will be proposed for these pods, period by period. The size that an autoscaler finds is its first proposal. */
function proposals(autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget, fromMs: number, toMs: number): number[] {
  const createdMs = Date.parse(autoscaler.metadata.creationTimestamp);
  const found: number[] = [];
  for (let atMs = toMs; atMs >= Math.max(fromMs, createdMs); atMs -= PERIOD_MS)
    found.push(proposal(autoscaler, target, atMs).replicas ?? target.replicas);
  if (fromMs < createdMs) found.push(target.replicas);
  return found.reverse();
}

/** Ms until usage leads to another size; the horizon when it does not within that. */
function nextDecisionMs(autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget, nowMs: number): number {
  const periods = downPeriods(autoscaler);
  const known = proposals(autoscaler, target, nowMs - periods * PERIOD_MS, nowMs);
  const horizonMs = Math.min(HORIZON_MS, PERIOD_MS * Math.max(Math.floor(MEASUREMENTS / (target.pods.length + 1)), 4));
  for (let aheadMs = PERIOD_MS; aheadMs < horizonMs; aheadMs += PERIOD_MS) {
    known.push(proposal(autoscaler, target, nowMs + aheadMs).replicas ?? target.replicas);
    if (known.length > periods + 1) known.shift();
    if (limited(autoscaler, target.replicas, known) !== target.replicas) return aheadMs;
  }
  return horizonMs;
}

function rescale(cluster: Cluster, autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget, wanted: number, now: Proposal): void {
  const { object } = target;
  const spec = { ...(object.spec as JsonObject), replicas: wanted }; // kinds that can be scaled have a spec
  cluster.update(target.kind, { ...object, spec });
  const isBelowMin = target.replicas < (autoscaler.spec.minReplicas ?? 1);
  const isAboveMax = target.replicas > autoscaler.spec.maxReplicas;
  const why = isAboveMax
    ? 'Current number of replicas above Spec.MaxReplicas'
    : isBelowMin
      ? 'Current number of replicas below Spec.MinReplicas'
      : wanted > target.replicas
        ? `${now.name} above target`
        : 'All metrics below target';
  cluster.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${wanted}; reason: ${why}`);
}

function facts({ spec }: V2HorizontalPodAutoscaler, current: number, wanted: number, now: Proposal): Fact[] {
  const asked = now.replicas ?? current;
  const limits: Fact =
    asked > spec.maxReplicas
      ? ['ScalingLimited', 'True', 'TooManyReplicas', 'the desired replica count is more than the maximum replica count']
      : asked < (spec.minReplicas ?? 1)
        ? ['ScalingLimited', 'True', 'TooFewReplicas', 'the desired replica count is less than the minimum replica count']
        : ['ScalingLimited', 'False', 'DesiredWithinRange', 'the desired count is within the acceptable range'];
  const stabilized = 'recent recommendations were higher than current one, applying the highest recent recommendation';
  const able: Fact =
    wanted !== current
      ? ['AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${wanted}`]
      : asked < current
        ? ['AbleToScale', 'True', 'ScaleDownStabilized', stabilized]
        : ['AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size'];
  const active = `the HPA was able to successfully calculate a replica count from ${now.name}`;
  return [able, ['ScalingActive', 'True', 'ValidMetricFound', active], limits];
}

function write(
  cluster: Cluster,
  autoscaler: V2HorizontalPodAutoscaler,
  current: number,
  desired: number,
  conditions: readonly Fact[],
  now?: Proposal,
): void {
  const { lastScaleTime } = autoscaler.status ?? {};
  const isRescaled = desired !== current;
  const currentMetrics = now?.measures.flatMap((each) => ('status' in each ? [each.status] : [])) ?? [];
  const status = {
    ...(isRescaled ? { lastScaleTime: cluster.tx.nowIso } : lastScaleTime !== undefined && { lastScaleTime }),
    ...(current > 0 && { currentReplicas: current }),
    desiredReplicas: desired,
    currentMetrics: currentMetrics.length ? currentMetrics : null,
    conditions: conditions.reduce<readonly V2HorizontalPodAutoscalerCondition[]>(
      (list, [type, state, reason, message]) =>
        withCondition<V2HorizontalPodAutoscalerCondition>(list, {
          type,
          status: state,
          lastTransitionTime: cluster.tx.nowIso,
          reason,
          message,
        }),
      autoscaler.status?.conditions ?? [],
    ),
  };
  // Go writes the absent list as null, which the generated type does not know.
  cluster.updateStatus<V2HorizontalPodAutoscaler>(kind, { ...autoscaler, status: status as unknown as V2HorizontalPodAutoscalerStatus });
}
