import type { Pod, PodDisruptionBudget } from '../../../gen/kubernetes-types.ts';
import type { Entry } from '../../kernel/collection.ts';
import { isObject, type JsonObject } from '../../kernel/json.ts';
import { collectionName } from '../../kernel/store.ts';
import type { DeleteOptions } from '../cluster.ts';
import { collectionOf, type Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { labelSelectorOf } from '../selectors/label-selector.ts';
import { badRequest, conflict, StatusError, tooManyRequests } from '../status.ts';
import type { WriteContext, Written } from './context.ts';
import { type DeletePreconditions, deleteObject } from './delete.ts';
import { existing } from './update.ts';

/** Puts a pod on a node. Models core/pod BindingREST: only a pod that has no node yet takes one. */
export function bindPod(context: WriteContext, kind: Kind, namespace: string | undefined, name: string, binding: JsonObject): Written {
  const entry = existing(context, kind, namespace, name);
  const pod = entry.value as unknown as Pod; // the collection holds pods
  const target = isObject(binding.target) ? binding.target : {};
  if (typeof target.name !== 'string' || target.name === '') throw badRequest('target.name: Required value');
  const refuse = (detail: string) => conflict({ group: '', resource: 'pods/binding' }, name, detail);
  if (pod.metadata.deletionTimestamp) throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`);
  if (pod.spec.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: context.tx.nowIso };
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const annotations = isObject(binding.metadata) && isObject(binding.metadata.annotations) ? binding.metadata.annotations : {};
  const metadata = { ...entry.value.metadata };
  const object = {
    ...entry.value,
    metadata: Object.keys(annotations).length > 0 ? { ...metadata, annotations: { ...metadata.annotations, ...annotations } } : metadata,
    spec: { ...pod.spec, nodeName: target.name },
    status: { ...pod.status, conditions: [...others, scheduled] },
  } as unknown as KubeObject; // the pod with two fields set
  if (context.dryRun) return { outcome: 'updated', object, revision: entry.revision, entry: undefined };
  const written = context.tx.put(collectionOf(kind, context.scope), entry.key, object, entry.revision);
  return { outcome: 'updated', object, revision: written.revision, entry: written };
}

const BUDGETS = 'kube/policy/poddisruptionbudgets';

/**
 * Deletes a pod unless a disruption budget forbids it: then 429, to be tried again. Models core/pod EvictionREST. The budget's
 * allowance is taken at once, so that evictions in a row cannot exceed it before its controller looks again.
 */
export function evictPod(
  context: WriteContext,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  options: DeleteOptions & DeletePreconditions,
): Written {
  const entry = existing(context, kind, namespace, name);
  const pod = entry.value as unknown as Pod; // the collection holds pods
  const budget = needsNoBudget(pod) ? undefined : budgetOf(context, pod);
  if (budget && !ignoresUnhealthy(budget.value, pod)) takeAllowance(context, budget, name);
  const { expectedRevision, ...rest } = options;
  // A wrong precondition is refused by the deletion, before anything is written.
  if (expectedRevision !== undefined && expectedRevision !== entry.revision) return deleteObject(context, kind, namespace, name, options);
  markEvicted(context, kind, entry);
  return deleteObject(context, kind, namespace, name, rest);
}

/** Says in the pod's status why it goes, for Jobs and whoever else tells disruptions from failures. */
function markEvicted(context: WriteContext, kind: Kind, { key, value, revision }: Entry<KubeObject>): void {
  if (context.dryRun || value.metadata.deletionTimestamp) return;
  const { status } = value as unknown as Pod; // the collection holds pods
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: context.tx.nowIso,
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const conditions = [...(status?.conditions ?? []).filter(({ type }) => type !== condition.type), condition];
  const marked = { ...value, status: { ...status, conditions } } as unknown as KubeObject; // the pod with one more condition
  context.tx.put(collectionOf(kind, context.scope), key, marked, revision);
}

const needsNoBudget = ({ status, metadata }: Pod): boolean =>
  status?.phase === 'Succeeded' || status?.phase === 'Failed' || status?.phase === 'Pending' || metadata.deletionTimestamp !== undefined;

function budgetOf(context: WriteContext, pod: Pod) {
  const { namespace = '', labels } = pod.metadata;
  const entries = context.tx.list<KubeObject>(collectionName(BUDGETS, context.scope), { prefix: `${namespace}/` });
  const matching = entries.filter(({ value }) => {
    const spec = isObject(value.spec) ? value.spec : {};
    return labelSelectorOf(spec.selector).value?.matches(labels) === true;
  });
  if (matching.length > 1) {
    throw new StatusError(
      500,
      'InternalError',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const [entry] = matching;
  return entry && { entry, value: entry.value as unknown as PodDisruptionBudget };
}

const isReady = ({ status }: Pod): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;

/** Pods that are not ready may go while the budget is otherwise kept, or always, as its policy says. */
function ignoresUnhealthy({ spec, status }: PodDisruptionBudget, pod: Pod): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0;
}

function takeAllowance(context: WriteContext, { entry, value }: NonNullable<ReturnType<typeof budgetOf>>, podName: string): void {
  const status = value.status;
  const { name } = value.metadata;
  const current = (status?.observedGeneration ?? 0) >= (value.metadata.generation ?? 0);
  if (!status || !current) {
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 10, [
      { reason: 'DisruptionBudget', message: `The disruption budget ${name} is still being processed by the server.` },
    ]);
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed <= 0) {
    const message = `The disruption budget ${name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`;
    throw tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 0, [
      { reason: 'DisruptionBudget', message },
    ]);
  }
  if (context.dryRun) return;
  const taken = {
    ...status,
    disruptionsAllowed: allowed - 1,
    disruptedPods: { ...status.disruptedPods, [podName]: context.tx.nowIso },
  };
  context.tx.put(collectionName(BUDGETS, context.scope), entry.key, { ...entry.value, status: taken as JsonObject }, entry.revision);
}
