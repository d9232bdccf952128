import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { controllerRef } from '../pod-control.ts';
import { templateHash } from '../template-hash.ts';

export const HASH_LABEL = 'pod-template-hash';
export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAX = 'deployment.kubernetes.io/max-replicas';
/** Annotations of a Deployment that its ReplicaSets don't inherit. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.to',
]);

export const sum = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number | undefined): number =>
  sets.reduce((total, set) => total + (count(set) ?? 0), 0);
export const wantedBy = (set: ReplicaSet): number => set.spec.replicas ?? 0;
/** A revision has 64 bits, more than a number holds: a set that is adopted brings its own. 0 where there is none. */
export function revisionOf({ metadata }: { readonly metadata: { readonly annotations?: { readonly [key: string]: string } } }): bigint {
  const text = metadata.annotations?.[REVISION] ?? '';
  return /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
}

/** Oldest first, as a Deployment scales them down and forgets them. */
export const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  a.metadata.creationTimestamp < b.metadata.creationTimestamp
    ? -1
    : a.metadata.creationTimestamp > b.metadata.creationTimestamp
      ? 1
      : a.metadata.name < b.metadata.name
        ? -1
        : 1;

/** The set whose template is the Deployment's, hash label aside; the oldest when there are several. */
export const newSetOf = (deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined =>
  [...sets].sort(byAge).find((set) => set.spec.template && sameTemplate(set.spec.template, deployment.spec.template));

function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  if (!equal(a.spec as Json, b.spec as Json)) return false;
  const { labels: labelsA = {}, ...restA } = a.metadata ?? {};
  const { labels: labelsB = {}, ...restB } = b.metadata ?? {};
  const strip = ({ [HASH_LABEL]: _, ...labels }: { readonly [key: string]: string }) => labels;
  return equal(strip(labelsA), strip(labelsB)) && equal((restA.annotations ?? {}) as Json, (restB.annotations ?? {}) as Json);
}

/** Creates the set for the Deployment's present template, with as many replicas as surge allows. Undefined on a name collision. */
export function createSet(cluster: Cluster, deployment: Deployment, replicas: number, revision: bigint): ReplicaSet | undefined {
  const template = deployment.spec.template;
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const name = `${deployment.metadata.name}-${hash}`;
  if (cluster.get(replicaSet, deployment.metadata.namespace, name)) return undefined;
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  return cluster.create<ReplicaSet>(replicaSet, {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: deployment.metadata.namespace ?? '',
      labels,
      annotations: { ...inherited(deployment), ...replicaAnnotations(deployment), [REVISION]: String(revision) },
      ownerReferences: [controllerRef(deployment)],
    },
    spec: {
      replicas,
      ...(deployment.spec.minReadySeconds && { minReadySeconds: deployment.spec.minReadySeconds }),
      selector: { ...deployment.spec.selector, matchLabels: { ...deployment.spec.selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

/** Gives the new set the revision and the annotations that it must show. */
export function annotateNewSet(cluster: Cluster, deployment: Deployment, set: ReplicaSet, revision: bigint): ReplicaSet {
  const old = set.metadata.annotations ?? {};
  const current = revisionOf(set);
  const history =
    current > 0n && current < revision ? [old[REVISION_HISTORY], String(current)].filter(Boolean).join(',') : old[REVISION_HISTORY];
  const annotations = {
    ...old,
    ...inherited(deployment),
    [REVISION]: String(current > revision ? current : revision),
    ...(history && { [REVISION_HISTORY]: history }),
  };
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const spec = minReadySeconds === (set.spec.minReadySeconds ?? 0) ? set.spec : { ...set.spec, minReadySeconds };
  return cluster.update<ReplicaSet>(replicaSet, { ...set, spec, metadata: { ...set.metadata, annotations } });
}

/** Scales one set and says so, as `kubectl describe deployment` shows it. */
export function scaleSet(cluster: Cluster, deployment: Deployment, set: ReplicaSet, replicas: number): ReplicaSet {
  const annotations = { ...set.metadata.annotations, ...replicaAnnotations(deployment) };
  const from = wantedBy(set);
  const scaled = cluster.update<ReplicaSet>(replicaSet, {
    ...set,
    metadata: { ...set.metadata, annotations },
    spec: { ...set.spec, replicas },
  });
  if (from !== replicas) {
    const direction = replicas > from ? 'up' : 'down';
    const message = `Scaled ${direction} replica set ${set.metadata.name} from ${from} to ${replicas}`;
    cluster.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }
  return scaled;
}

const inherited = (deployment: Deployment): Record<string, string> =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.has(name)));

const replicaAnnotations = (deployment: Deployment): Record<string, string> => ({
  [DESIRED]: String(deployment.spec.replicas ?? 0),
  [MAX]: String((deployment.spec.replicas ?? 0) + surge(deployment)),
});

/** How many pods more than wanted, and how many fewer than wanted, a rollout may have; both 0 becomes one unavailable. */
export function rollingLimits(deployment: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = deployment.spec.strategy?.rollingUpdate ?? {};
  if (deployment.spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const replicas = deployment.spec.replicas ?? 0;
  const surge = resolve(maxSurge, replicas, Math.ceil);
  const unavailable = resolve(maxUnavailable, replicas, Math.floor);
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas) };
}

const surge = (deployment: Deployment): number => rollingLimits(deployment).surge;

/** A number as it stands, a percentage of `total` rounded by `round`. Source of the rule: apimachinery intstr. */
export const resolve = (value: number | string, total: number, round: (x: number) => number): number =>
  typeof value === 'number' ? value : round((Number.parseInt(value, 10) * total) / 100);
