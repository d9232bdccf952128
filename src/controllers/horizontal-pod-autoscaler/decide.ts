import type { V2HorizontalPodAutoscaler, V2HPAScalingRules } from '../../../gen/kubernetes-types.ts';
import { type Measure, measure, type ScaleTarget } from '../../kinds/autoscaling/measure.ts';

/** How often upstream looks: --horizontal-pod-autoscaler-sync-period. */
export const PERIOD_MS = 15_000;
const STABILIZATION_SECONDS = 300;

/** What all metrics together ask for at an instant: the most of them. */
export function proposal(autoscaler: V2HorizontalPodAutoscaler, target: ScaleTarget, atMs: number): Proposal {
  const measures = (autoscaler.spec.metrics ?? []).map((metric) => measure(metric, target, atMs));
  let replicas: number | undefined;
  let name = '';
  for (const each of measures)
    if ('replicas' in each && each.replicas > (replicas ?? -1)) {
      replicas = each.replicas;
      name = each.name;
    }
  const failed = measures.find((each) => 'error' in each);
  // A metric that can't be told keeps the others from shrinking the target.
  const usable = failed && (replicas ?? 0) < target.replicas ? undefined : replicas;
  return { measures, name, ...(failed && 'error' in failed && { failed }), ...(usable !== undefined && { replicas: usable }) };
}

export interface Proposal {
  readonly measures: readonly Measure[];
  readonly replicas?: number;
  /** The metric that asks for it. */
  readonly name: string;
  readonly failed?: Extract<Measure, { error: string }>;
}

/** The size that rules and limits make of what was proposed lately, the present proposal last. Models normalizeDesiredReplicasWithBehaviors. */
export function limited({ spec }: V2HorizontalPodAutoscaler, current: number, proposed: readonly number[]): number {
  const now = proposed.at(-1) ?? current;
  // Sinking usage counts only once it has lasted.
  const stable = now < current ? Math.min(current, Math.max(...proposed)) : now;
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  let wanted = stable;
  if (stable > current) wanted = Math.min(stable, spec.behavior ? bound(scaleUp, current, 1) : Math.max(2 * current, 4));
  else if (stable < current && scaleDown) wanted = Math.max(stable, bound(scaleDown, current, -1));
  return Math.min(Math.max(wanted, spec.minReplicas ?? 1), spec.maxReplicas);
}

/** How far one period may go up or down. */
function bound(rules: V2HPAScalingRules | undefined, current: number, sign: 1 | -1): number {
  if (rules?.selectPolicy === 'Disabled') return current;
  const bounds = (rules?.policies ?? []).map(({ type, value }) =>
    type === 'Pods' ? current + sign * value : sign > 0 ? Math.ceil(current * (1 + value / 100)) : Math.floor(current * (1 - value / 100)),
  );
  if (bounds.length === 0) return sign > 0 ? Number.POSITIVE_INFINITY : 0;
  const farthest = (rules?.selectPolicy === 'Min') === sign > 0 ? Math.min(...bounds) : Math.max(...bounds);
  return sign > 0 ? farthest : Math.max(rules?.selectPolicy === 'Min' ? Math.max(...bounds) : Math.min(...bounds), 0);
}

/** Periods over which the highest proposal holds when usage sinks. */
export const downPeriods = ({ spec }: V2HorizontalPodAutoscaler): number =>
  Math.ceil(((spec.behavior?.scaleDown?.stabilizationWindowSeconds ?? STABILIZATION_SECONDS) * 1000) / PERIOD_MS);
