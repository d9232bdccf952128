import type { Namespace, NamespaceCondition } from '../../../gen/kubernetes-types.ts';
import type { Watch } from '../../kernel/controller.ts';
import { namespace as namespaceKind } from '../../kinds/core/namespace.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { storedKinds } from '../../kinds/index.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Kind } from '../../kube/kind.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { withCondition } from '../pod-control.ts';

const namespaced = storedKinds.filter((kind) => kind.namespaced && (kind.verbs === undefined || kind.verbs.includes('deletecollection')));

/** The namespace of anything that went, while that namespace may be waiting for it. */
const onContent = (kind: Kind): Watch => ({
  ...onObject(kind, () => []),
  targets: (change) => (change.entry ? [] : [change.key.slice(0, change.key.indexOf('/'))]),
});

/**
 * Empties a namespace that is being deleted, pods first, then lets it go. Models kubernetes pkg/controller/namespace with
 * ordered deletion (KEP-5080).
 */
export const namespaceController: ClusterController = {
  name: 'namespace',
  watches: [onKind(namespaceKind), ...namespaced.map(onContent)],
  reconcile(cluster, name) {
    const namespace = cluster.get<Namespace>(namespaceKind, undefined, name);
    if (!namespace?.metadata.deletionTimestamp) return;
    const remaining = empty(cluster, [pod], name) ?? empty(cluster, namespaced, name);
    const conditions = conditionsOf(namespace, remaining, cluster.tx.nowIso);
    cluster.updateStatus(namespaceKind, { ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } });
    if (remaining) return;
    // The finalize subresource: only the namespace controller takes "kubernetes" out of spec.finalizers.
    const current = cluster.get<Namespace>(namespaceKind, undefined, name) ?? namespace;
    const finalizers = (current.spec.finalizers ?? []).filter((f) => f !== 'kubernetes');
    cluster.update(namespaceKind, { ...current, spec: { ...current.spec, finalizers } }, 'finalize');
  },
};

interface Remaining {
  readonly counts: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

/** Deletes what is in the namespace; what is still there afterwards, if anything. */
function empty(cluster: Cluster, of: readonly Kind[], namespace: string): Remaining | undefined {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  for (const kind of of) {
    for (const object of cluster.list(kind, namespace))
      if (!object.metadata.deletionTimestamp) cluster.delete(kind, namespace, object.metadata.name, { propagationPolicy: 'Background' });
    for (const object of cluster.list(kind, namespace)) {
      const resource = kind.group ? `${kind.resource}.${kind.group}` : `${kind.resource}.`;
      counts.set(resource, (counts.get(resource) ?? 0) + 1);
      for (const finalizer of object.metadata.finalizers ?? []) finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
    }
  }
  return counts.size ? { counts, finalizers } : undefined;
}

function conditionsOf(namespace: Namespace, remaining: Remaining | undefined, nowIso: string): readonly NamespaceCondition[] {
  const list = (counts: ReadonlyMap<string, number> | undefined, unit: string) =>
    [...(counts ?? [])]
      .sort()
      .map(([name, count]) => `${name} ${unit} ${count} resource instances`)
      .join(', ');
  const content = list(remaining?.counts, 'has');
  const finalizers = list(remaining?.finalizers, 'in');
  const facts: [type: string, active: boolean, reason: string, message: string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', false, 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ['NamespaceDeletionContentFailure', false, 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    content
      ? ['NamespaceContentRemaining', true, 'SomeResourcesRemain', `Some resources are remaining: ${content}`]
      : ['NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'],
    finalizers
      ? [
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${finalizers}`,
        ]
      : ['NamespaceFinalizersRemaining', false, 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
  return facts.reduce(
    (conditions, [type, active, reason, message]) =>
      withCondition<NamespaceCondition>(conditions, {
        type,
        status: active ? 'True' : 'False',
        lastTransitionTime: nowIso,
        reason,
        message,
      }),
    namespace.status?.conditions ?? [],
  );
}
