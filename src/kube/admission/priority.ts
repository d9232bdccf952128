import type { Pod, PriorityClass } from '../../../gen/kubernetes-types.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from './plugin.ts';
import { concerns, PODS, PRIORITY_CLASSES, readAll, readObject } from './read.ts';
import { refuse, refuseEarly } from './refuse.ts';

/** What a pod gets that names no class where no class is the default. */
const NO_CLASS = { value: 0, preemptionPolicy: 'PreemptLowerPriority' } as const;

/** The class that counts for pods without one: of several, the lowest. */
function defaultClass(context: AdmissionContext): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const candidate of readAll<PriorityClass>(context, PRIORITY_CLASSES)) {
    if (candidate.globalDefault && (!found || (candidate.value ?? 0) < (found.value ?? 0))) found = candidate;
  }
  return found;
}

const mismatch = (what: string, given: string | number, computed: string | number): string =>
  `the ${what} (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`;

function withPriority(request: AdmissionRequest, pod: Pod, context: AdmissionContext): Pod {
  const { spec } = pod;
  const wanted = spec.priorityClassName;
  const source = wanted ? readObject<PriorityClass>(context, PRIORITY_CLASSES, undefined, wanted) : defaultClass(context);
  if (wanted && !source) throw refuseEarly(request, `no PriorityClass with name ${wanted} was found`);
  const priority = source ? (source.value ?? 0) : NO_CLASS.value;
  const policy = source ? source.preemptionPolicy : NO_CLASS.preemptionPolicy;
  if (spec.priority !== undefined && spec.priority !== priority) {
    throw refuseEarly(request, mismatch('integer value of priority', spec.priority, priority));
  }
  if (policy && spec.preemptionPolicy && spec.preemptionPolicy !== policy) {
    throw refuseEarly(request, mismatch('string value of PreemptionPolicy', spec.preemptionPolicy, policy));
  }
  const name = wanted || source?.metadata.name;
  return { ...pod, spec: { ...spec, ...(name && { priorityClassName: name }), priority, ...(policy && { preemptionPolicy: policy }) } };
}

/** A client that leaves the priority out of an update does not mean to change it. */
function keepPriority(pod: Pod, { spec: before }: Pod): Pod {
  const { spec } = pod;
  const { priority = before.priority, preemptionPolicy = before.preemptionPolicy } = spec;
  if (priority === spec.priority && preemptionPolicy === spec.preemptionPolicy) return pod;
  return { ...pod, spec: { ...spec, ...(priority !== undefined && { priority }), ...(preemptionPolicy && { preemptionPolicy }) } };
}

/** Pods get the number of their priority class. Models kubernetes plugin/pkg/admission/priority. */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  mutate(request, context) {
    if (request.subresource || !concerns(request, PODS)) return request.object;
    const pod = request.object as Pod; // the request concerns pods
    if (request.operation === 'CREATE') return withPriority(request, pod, context);
    return request.previous ? keepPriority(pod, request.previous as Pod) : pod;
  },
  validate(request, context) {
    const { object, operation } = request;
    if (!object || !concerns(request, PRIORITY_CLASSES) || !(object as PriorityClass).globalDefault) return;
    const other = defaultClass(context);
    if (other && (operation === 'CREATE' || other.metadata.name !== object.metadata.name)) {
      throw refuse(request, `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`);
    }
  },
};
