import type { Pod, PodSpec, RuntimeClass, Toleration } from '../../../gen/kubernetes-types.ts';
import { equal } from '../../kernel/json.ts';
import { canonicalQuantity } from '../quantity.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import { concerns, PODS, RUNTIME_CLASSES, readObject } from './read.ts';
import { refuse, refuseEarly } from './refuse.ts';

type Amounts = { readonly [resource: string]: string };

const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, amount]) => canonicalQuantity(b[name] ?? '') === canonicalQuantity(amount));

function withOverhead(request: AdmissionRequest, spec: PodSpec, { overhead }: RuntimeClass): PodSpec {
  const fixed = overhead?.podFixed ?? {};
  if (spec.overhead && Object.keys(spec.overhead).length > 0 && !sameAmounts(spec.overhead, fixed)) {
    throw refuseEarly(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  return overhead ? { ...spec, overhead: fixed } : spec;
}

/** Node selector and tolerations of the class join those of the pod. */
function withScheduling(request: AdmissionRequest, spec: PodSpec, { scheduling }: RuntimeClass): PodSpec {
  if (!scheduling) return spec;
  const own = spec.nodeSelector ?? {};
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    if (own[key] !== undefined && own[key] !== value) {
      const detail = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`;
      throw refuseEarly(request, detail);
    }
  }
  const nodeSelector = { ...own, ...scheduling.nodeSelector };
  const present: readonly Toleration[] = spec.tolerations ?? [];
  const added = (scheduling.tolerations ?? []).filter((toleration) => !present.some((item) => equal(item, toleration)));
  return {
    ...spec,
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(added.length > 0 && { tolerations: [...present, ...added] }),
  };
}

function classOf(spec: PodSpec, context: AdmissionContext): RuntimeClass | undefined {
  return spec.runtimeClassName ? readObject<RuntimeClass>(context, RUNTIME_CLASSES, undefined, spec.runtimeClassName) : undefined;
}

/** Pods of a runtime class carry its overhead and go where it runs. Models kubernetes plugin/pkg/admission/runtimeclass. */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  mutate(request, context) {
    if (request.operation !== 'CREATE' || request.subresource || !concerns(request, PODS)) return request.object;
    const pod = request.object as Pod; // the request concerns pods
    const name = pod.spec.runtimeClassName;
    if (!name) return pod;
    const found = classOf(pod.spec, context);
    if (!found) throw refuseEarly(request, `pod rejected: RuntimeClass "${name}" not found`);
    return { ...pod, spec: withScheduling(request, withOverhead(request, pod.spec, found), found) };
  },
  validate(request, context) {
    if (request.operation !== 'CREATE' || request.subresource || !request.object || !concerns(request, PODS)) return;
    const { spec } = request.object as Pod; // the request concerns pods
    if (!spec.overhead || Object.keys(spec.overhead).length === 0) return;
    if (!spec.runtimeClassName) throw refuse(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    if (!sameAmounts(spec.overhead, classOf(spec, context)?.overhead?.podFixed ?? {})) {
      throw refuse(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
    }
  },
};
