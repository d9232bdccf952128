import type { DaemonSet, DaemonSetStatus, Node, Pod } from '../../../gen/kubernetes-types.ts';
import { daemonSet } from '../../kinds/apps/daemonset.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { pod as podKind } from '../../kinds/core/pod/pod.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { claim } from '../claim.ts';
import { type ClusterController, keysOf, onControlled, onKind, onObject } from '../cluster-controller.ts';
import { resolve } from '../deployment/replica-sets.ts';
import { presentRevision, truncateHistory } from '../history.ts';
import { availableInMs, createPod, deletePod, isReady } from '../pod-control.ts';
import { meetsNodeAffinity, untolerated } from '../scheduler/node-facts.ts';

const HASH_LABEL = 'controller-revision-hash';
const GENERATION = 'deprecated.daemonset.template.generation';

/** One pod of the template on every node that it may run on. Models kubernetes pkg/controller/daemon. */
export const daemonSetController: ClusterController = {
  name: 'daemonset',
  watches: [
    onKind(daemonSet),
    onControlled(podKind, 'DaemonSet'),
    onObject(nodeKind, (_, reader, scope) => keysOf(reader, daemonSet, scope)),
  ],
  reconcile(cluster, name, namespace) {
    const set = cluster.get<DaemonSet>(daemonSet, namespace, name);
    if (!set || set.metadata.deletionTimestamp) return undefined;
    const revision = presentRevision(cluster, set, set.spec.template, (hash) => ({
      ...set.spec.template.metadata?.labels,
      [HASH_LABEL]: hash,
    }));
    const hash = revision.metadata.labels?.[HASH_LABEL] ?? '';
    const pods = claim<Pod>(cluster, podKind, set, set.spec.selector);
    const byNode = Map.groupBy(pods, (pod) => targetNode(pod));
    const nodes = cluster.list<Node>(nodeKind);
    for (const node of nodes) place(cluster, set, node, byNode.get(node.metadata.name) ?? [], hash);
    for (const [nodeName, orphans] of byNode)
      if (!nodes.some((node) => node.metadata.name === nodeName)) for (const pod of orphans) remove(cluster, set, pod);
    roll(cluster, set, nodes, hash);
    const used = new Set([hash, ...pods.map((pod) => pod.metadata.labels?.[HASH_LABEL])]);
    truncateHistory(cluster, set, set.spec.revisionHistoryLimit ?? 10, ({ metadata }) => used.has(metadata.labels?.[HASH_LABEL]));
    return writeStatus(cluster, set, nodes, hash);
  },
};

/** The node that a daemon pod is made for: by affinity until the scheduler has assigned it. */
const targetNode = (pod: Pod): string =>
  pod.spec.nodeName ??
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ??
  '';

/** Tolerations that every daemon pod gets, so that it runs on nodes that are in trouble. Source: daemon/util AddOrUpdateDaemonPodTolerations. */
const TOLERATIONS = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
].map(([key, effect]) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: effect as string }));

function templateFor(set: DaemonSet, nodeName?: string) {
  const { template } = set.spec;
  const own = template.spec.tolerations ?? [];
  const network = template.spec.hostNetwork
    ? [{ key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' }]
    : [];
  const affinity = nodeName && {
    affinity: {
      ...template.spec.affinity,
      nodeAffinity: {
        ...template.spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [nodeName] }] }],
        },
      },
    },
  };
  return { ...template, spec: { ...template.spec, tolerations: [...own, ...TOLERATIONS, ...network], ...affinity } };
}

const wouldBePods = new WeakMap<DaemonSet, Pod>();

/** The pod that predicates look at: its spec is all they see. Made once per stored set. */
function wouldBe(set: DaemonSet): Pod {
  const known = wouldBePods.get(set);
  if (known) return known;
  const made = { ...templateFor(set), apiVersion: 'v1', kind: 'Pod' } as unknown as Pod;
  wouldBePods.set(set, made);
  return made;
}

/** Whether a node should run the set's pod, and whether a pod that is there may stay. Source: daemon NodeShouldRunDaemonPod. */
function eligibility(set: DaemonSet, node: Node): { run: boolean; stay: boolean } {
  const pod = wouldBe(set);
  const matches = meetsNodeAffinity(pod, node) && (!pod.spec.nodeName || pod.spec.nodeName === node.metadata.name);
  return {
    run: matches && untolerated(pod, node, ['NoSchedule', 'NoExecute']).length === 0,
    stay: matches && untolerated(pod, node, ['NoExecute']).length === 0,
  };
}

function place(cluster: Cluster, set: DaemonSet, node: Node, pods: readonly Pod[], hash: string): void {
  const { run, stay } = eligibility(set, node);
  const living = pods.filter((pod) => !pod.metadata.deletionTimestamp);
  for (const pod of living) {
    if (!stay) remove(cluster, set, pod);
    else if (pod.status?.phase === 'Failed') {
      cluster.event(
        set,
        'Warning',
        'FailedDaemonPod',
        `Found failed daemon pod ${pod.metadata.namespace}/${pod.metadata.name} on node ${node.metadata.name}, will try to kill it`,
      );
      remove(cluster, set, pod);
    }
  }
  if (run && pods.length === 0) create(cluster, set, node.metadata.name, hash);
}

function create(cluster: Cluster, set: DaemonSet, nodeName: string, hash: string): void {
  createPod(
    cluster,
    set,
    templateFor(set, nodeName),
    { generateName: `${set.metadata.name}-` },
    { labels: { [HASH_LABEL]: hash, 'pod-template-generation': set.metadata.annotations?.[GENERATION] ?? '1' } },
  );
}

const remove = (cluster: Cluster, set: DaemonSet, pod: Pod): void => {
  if (!pod.metadata.deletionTimestamp) deletePod(cluster, set, pod);
};

/** Rolls pods of an old template out: with surge, new ones come first; else old ones go as availability allows and `place` brings the new. */
function roll(cluster: Cluster, set: DaemonSet, nodes: readonly Node[], hash: string): void {
  if (set.spec.updateStrategy?.type === 'OnDelete') return;
  const pods = cluster.indexed<Pod>(podKind, 'owner', set.metadata.uid);
  const isOld = (pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] !== hash;
  const old = pods.filter((pod) => isOld(pod) && !pod.metadata.deletionTimestamp);
  if (old.length === 0) return;
  const isAvailable = (pod: Pod): boolean => availableInMs(pod, set.spec.minReadySeconds ?? 0, cluster.tx.nowMs) === 0;
  const { maxSurge = 0, maxUnavailable = 1 } = set.spec.updateStrategy?.rollingUpdate ?? {};
  const surge = resolve(maxSurge, nodes.length, Math.ceil);
  if (surge > 0) {
    rollWithSurge(
      cluster,
      set,
      hash,
      old,
      Map.groupBy(
        pods.filter((pod) => !isOld(pod)),
        targetNode,
      ),
      surge,
      isAvailable,
    );
    return;
  }
  const most = Math.max(resolve(maxUnavailable, nodes.length, Math.ceil), 1);
  const unavailable = pods.filter((pod) => !isAvailable(pod) || pod.metadata.deletionTimestamp).length;
  const ready = old.filter(isAvailable).slice(0, Math.max(most - unavailable, 0));
  for (const pod of [...old.filter((each) => !isAvailable(each)), ...ready]) remove(cluster, set, pod);
}

function rollWithSurge(
  cluster: Cluster,
  set: DaemonSet,
  hash: string,
  old: readonly Pod[],
  newByNode: ReadonlyMap<string, readonly Pod[]>,
  surge: number,
  isAvailable: (pod: Pod) => boolean,
): void {
  const pairs = old.map((pod) => ({ pod, successor: newByNode.get(targetNode(pod))?.[0] }));
  let left = surge;
  for (const { pod, successor } of pairs) {
    if (!successor) continue;
    if (isAvailable(successor) || !isAvailable(pod)) remove(cluster, set, pod);
    else left--;
  }
  for (const { pod, successor } of pairs) {
    if (successor || (left <= 0 && isAvailable(pod))) continue;
    left--;
    create(cluster, set, targetNode(pod), hash);
  }
}

function writeStatus(cluster: Cluster, set: DaemonSet, nodes: readonly Node[], hash: string): { againMs: number } | undefined {
  const pods = cluster.indexed<Pod>(podKind, 'owner', set.metadata.uid).filter((pod) => !pod.metadata.deletionTimestamp);
  const byNode = Map.groupBy(pods, targetNode);
  const wanted = nodes.filter((node) => eligibility(set, node).run);
  const on = wanted.flatMap((node) => byNode.get(node.metadata.name)?.slice(0, 1) ?? []);
  const waits = on.filter(isReady).map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, cluster.tx.nowMs) ?? 0);
  const available = waits.filter((ms) => ms === 0).length;
  const updated = on.filter((pod) => pod.metadata.labels?.[HASH_LABEL] === hash).length;
  const status: DaemonSetStatus = {
    currentNumberScheduled: on.length,
    desiredNumberScheduled: wanted.length,
    numberMisscheduled: pods.length - on.length,
    numberReady: on.filter(isReady).length,
    observedGeneration: set.metadata.generation ?? 1,
    ...(updated && { updatedNumberScheduled: updated }),
    ...(available && { numberAvailable: available }),
    ...(wanted.length > available && { numberUnavailable: wanted.length - available }),
  };
  cluster.updateStatus<DaemonSet>(daemonSet, { ...set, status });
  const pending = waits.filter((ms) => ms > 0);
  return pending.length ? { againMs: Math.min(...pending) } : undefined;
}
