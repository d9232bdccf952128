import type { Deployment, ReplicaSet } from '../../../gen/kubernetes-types.ts';
import type { Outcome } from '../../kernel/controller.ts';
import { deployment as deploymentKind } from '../../kinds/apps/deployment.ts';
import { replicaSet } from '../../kinds/apps/replicaset.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { claim, selecting } from '../claim.ts';
import { type ClusterController, onControlled, onKind, onObject } from '../cluster-controller.ts';
import { annotateNewSet, byAge, createSet, newSetOf, REVISION, revisionOf, wantedBy } from './replica-sets.ts';
import { isScaling, newSetSize, recreate, rolling, scaleProportionally } from './rollout.ts';
import { isComplete, observe } from './status.ts';

/** Rolls a Deployment's template out through ReplicaSets. Models kubernetes pkg/controller/deployment. */
export const deploymentController: ClusterController = {
  name: 'deployment',
  watches: [onKind(deploymentKind), onControlled(replicaSet, 'Deployment'), onObject(replicaSet, selecting(deploymentKind))],
  reconcile(cluster, name, namespace) {
    const target = cluster.get<Deployment>(deploymentKind, namespace, name);
    if (!target) return undefined;
    const sets = claim<ReplicaSet>(cluster, replicaSet, target, target.spec.selector);
    if (!target.metadata.deletionTimestamp) step(cluster, target, sets);
    return writeStatus(cluster, name, namespace);
  },
};

/** One step towards the wanted state; the sets' own changes bring the next one about. */
function step(cluster: Cluster, target: Deployment, sets: readonly ReplicaSet[]): void {
  const found = newSetOf(target, sets);
  const oldSets = sets.filter((set) => set !== found).sort(byAge);
  const revision = oldSets.map(revisionOf).reduce((newest, each) => (each > newest ? each : newest), 0n) + 1n;
  const current = found && annotateNewSet(cluster, target, found, revision);
  if (current) writeRevision(cluster, target, revisionOf(current));
  if (target.spec.paused || isScaling(target, sets)) {
    scaleProportionally(cluster, target, current, oldSets);
    return;
  }
  if (target.spec.strategy?.type === 'Recreate' && recreate(cluster, target, oldSets)) return;
  const newSet = current ?? create(cluster, target, sets, revision);
  if (!newSet) return;
  rolling(cluster, target, newSet, oldSets);
  cleanHistory(cluster, target, newSet, oldSets);
}

function create(cluster: Cluster, target: Deployment, sets: readonly ReplicaSet[], revision: bigint): ReplicaSet | undefined {
  const made = createSet(cluster, target, newSetSize(target, sets, undefined), revision);
  if (!made) {
    const collisionCount = (target.status?.collisionCount ?? 0) + 1;
    cluster.updateStatus(deploymentKind, { ...target, status: { ...target.status, collisionCount } });
    return undefined;
  }
  const size = wantedBy(made);
  if (size > 0) cluster.event(target, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${made.metadata.name} from 0 to ${size}`);
  writeRevision(cluster, target, revision);
  return made;
}

function writeRevision(cluster: Cluster, target: Deployment, revision: bigint): void {
  if (revisionOf(target) === revision) return;
  const annotations = { ...target.metadata.annotations, [REVISION]: String(revision) };
  // Through /status, as upstream: what the controller notes down is no new generation.
  cluster.updateStatus(deploymentKind, { ...target, metadata: { ...target.metadata, annotations } });
}

/** Forgets the oldest empty sets beyond the history limit, once the rollout is through. */
function cleanHistory(cluster: Cluster, target: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): void {
  if (!isComplete(target, target.status ?? {})) return;
  const empty = oldSets.filter(
    (set) => wantedBy(set) === 0 && !set.status?.replicas && !set.metadata.deletionTimestamp && set.metadata.uid !== newSet.metadata.uid,
  );
  const surplus = empty.length - (target.spec.revisionHistoryLimit ?? 10);
  for (const set of empty.sort((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : 1)).slice(0, Math.max(surplus, 0)))
    cluster.delete(replicaSet, set.metadata.namespace, set.metadata.name);
}

function writeStatus(cluster: Cluster, name: string, namespace: string): Outcome | undefined {
  const target = cluster.get<Deployment>(deploymentKind, namespace, name);
  if (!target) return undefined;
  const sets = cluster.indexed<ReplicaSet>(replicaSet, 'owner', target.metadata.uid);
  const newSet = newSetOf(target, sets);
  const { status, againMs } = observe(
    target,
    newSet,
    sets.filter((set) => set !== newSet),
    cluster.tx.nowMs,
    cluster.tx.nowIso,
  );
  cluster.updateStatus(deploymentKind, { ...target, status });
  return againMs === undefined ? undefined : { againMs };
}
