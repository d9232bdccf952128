import type { Condition, Pod, PodCondition, PodTemplateSpec } from '../../gen/kubernetes-types.ts';
import { pod } from '../kinds/core/pod/pod.ts';
import type { Cluster } from '../kube/cluster.ts';
import type { KubeObject, OwnerReference } from '../kube/object.ts';
import { StatusError } from '../kube/status.ts';

/** The reference by which `owner` controls what it creates. */
export const controllerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

export const conditionOf = (object: Pod, type: string) => object.status?.conditions?.find((condition) => condition.type === type);
export const isReady = (object: Pod): boolean => conditionOf(object, 'Ready')?.status === 'True';
/** Neither finished nor being deleted. */
export const isActive = (object: Pod): boolean =>
  object.status?.phase !== 'Succeeded' && object.status?.phase !== 'Failed' && object.metadata.deletionTimestamp === undefined;

/** Ms until a ready pod counts as available; 0 when it does, undefined while it is not ready. */
export function availableInMs(object: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = conditionOf(object, 'Ready');
  if (ready?.status !== 'True') return undefined;
  if (minReadySeconds === 0 || !ready.lastTransitionTime) return 0;
  return Math.max(0, Date.parse(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMs);
}

/** Creates a pod from a template. Returns the refusal's message when the API refuses it (quota, admission), which is no failure of ours. */
export function createPod(
  cluster: Cluster,
  owner: KubeObject,
  template: PodTemplateSpec,
  names: { readonly name?: string; readonly generateName?: string },
  extra: {
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
    readonly finalizers?: readonly string[];
  } = {},
): Pod | string {
  try {
    const created = cluster.create<Pod>(pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...names,
        ...(owner.metadata.namespace && { namespace: owner.metadata.namespace }),
        labels: { ...template.metadata?.labels, ...extra.labels },
        ...((template.metadata?.annotations || extra.annotations) && {
          annotations: { ...template.metadata?.annotations, ...extra.annotations },
        }),
        ...(extra.finalizers && { finalizers: extra.finalizers }),
        ownerReferences: [controllerRef(owner)],
      },
      spec: template.spec,
    });
    cluster.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
    return created;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    cluster.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    return error.message;
  }
}

/** Deletes a pod that `owner` no longer wants. */
export function deletePod(cluster: Cluster, owner: KubeObject, target: Pod): void {
  cluster.delete(pod, target.metadata.namespace, target.metadata.name);
  cluster.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${target.metadata.name}`);
}

/** Says in a pod's status why it goes, for Jobs and whoever else tells disruptions from failures. */
export function markDisrupted(cluster: Cluster, target: Pod, reason: string, message: string): void {
  const conditions = withCondition<PodCondition>(target.status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    observedGeneration: target.metadata.generation ?? 1,
    lastTransitionTime: cluster.tx.nowIso,
    reason,
    message,
  });
  cluster.updateStatus<Pod>(pod, { ...target, status: { ...target.status, conditions } });
}

/**
 * Sets one condition in a list, keeping lastTransitionTime while the status stays the same.
 * Returns the same list when nothing changed.
 */
export function withCondition<C extends Pick<Condition, 'type' | 'status'> & { readonly lastTransitionTime?: string }>(
  conditions: readonly C[] | undefined,
  next: C,
): readonly C[] {
  const previous = conditions?.find((condition) => condition.type === next.type);
  if (!previous) return [...(conditions ?? []), next];
  const merged =
    previous.status === next.status && previous.lastTransitionTime !== undefined
      ? { ...next, lastTransitionTime: previous.lastTransitionTime }
      : next;
  return (conditions ?? []).map((condition) => (condition === previous ? merged : condition));
}
