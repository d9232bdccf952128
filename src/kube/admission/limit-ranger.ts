import type { Container, LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../../gen/kubernetes-types.ts';
import { claimLimitFaults, podLimitFaults } from './limit-constraints.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import type { ResourceList } from './pod-amounts.ts';
import { CLAIMS, concerns, LIMIT_RANGES, PODS, readAll } from './read.ts';
import { refuse } from './refuse.ts';

/** Says what was set. */
const ANNOTATION = 'kubernetes.io/limit-ranger';

const rangesOf = ({ namespace }: AdmissionRequest, context: AdmissionContext): readonly LimitRange[] =>
  namespace ? readAll<LimitRange>(context, LIMIT_RANGES, namespace) : [];

/** Defaults of all items for containers: later ones win. */
function containerDefaults(items: readonly LimitRangeItem[]): { readonly requests: ResourceList; readonly limits: ResourceList } {
  const own = items.filter(({ type }) => type === 'Container');
  return {
    requests: Object.assign({}, ...own.map(({ defaultRequest }) => defaultRequest)) as ResourceList,
    limits: Object.assign({}, ...own.map((item) => item.default)) as ResourceList,
  };
}

function withDefaults(container: Container, defaults: ReturnType<typeof containerDefaults>, title: string, notes: string[]): Container {
  const { resources = {} } = container;
  const lacking = (field: 'requests' | 'limits') =>
    Object.keys(defaults[field])
      .filter((name) => resources[field]?.[name] === undefined)
      .sort();
  const requests = lacking('requests');
  const limits = lacking('limits');
  if (requests.length > 0) notes.push(`${requests.join(', ')} request for ${title} ${container.name}`);
  if (limits.length > 0) notes.push(`${limits.join(', ')} limit for ${title} ${container.name}`);
  if (requests.length === 0 && limits.length === 0) return container;
  return {
    ...container,
    resources: {
      ...resources,
      ...(limits.length > 0 && { limits: { ...defaults.limits, ...resources.limits } }),
      ...(requests.length > 0 && { requests: { ...defaults.requests, ...resources.requests } }),
    },
  };
}

function withRange(pod: Pod, range: LimitRange): Pod {
  const defaults = containerDefaults(range.spec.limits ?? []);
  const notes: string[] = [];
  const containers = pod.spec.containers.map((container) => withDefaults(container, defaults, 'container', notes));
  const initContainers = pod.spec.initContainers?.map((container) => withDefaults(container, defaults, 'init container', notes));
  if (notes.length === 0) return pod;
  const annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, ...(initContainers && { initContainers }), containers },
  };
}

/** Pods are mutated and checked when they come and when they are resized, claims checked whenever they are written. */
function isLimited(request: AdmissionRequest): boolean {
  const { operation, subresource, previous } = request;
  if (previous?.metadata.deletionTimestamp) return false;
  if (concerns(request, PODS)) return operation === 'CREATE' ? subresource === '' : subresource === 'resize';
  return subresource === '' && concerns(request, CLAIMS);
}

/** Upstream joins several errors in brackets, equal ones once. */
function joined(faults: readonly string[]): string {
  const unique = [...new Set(faults)];
  return unique.length === 1 ? (unique[0] as string) : `[${unique.join(', ')}]`; // one fault is at index 0
}

/** Containers get a namespace's default requests and limits, and stay within its bounds. Models kubernetes plugin/pkg/admission/limitranger. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate(request, context) {
    const { object } = request;
    if (!isLimited(request) || !concerns(request, PODS)) return object;
    let pod = object as Pod; // the request concerns pods
    for (const range of rangesOf(request, context)) pod = withRange(pod, range);
    return pod;
  },
  validate(request, context) {
    const { object } = request;
    if (!object || !isLimited(request)) return;
    const isPod = concerns(request, PODS);
    for (const { spec } of rangesOf(request, context)) {
      // What is limited and no pod is a claim.
      const faults = (spec.limits ?? []).flatMap((item) =>
        isPod ? podLimitFaults(item, (object as Pod).spec) : claimLimitFaults(item, object as PersistentVolumeClaim),
      );
      if (faults.length > 0) throw refuse(request, joined(faults));
    }
  },
};
