import type { CronJob, Deployment, Namespace, Pod, PodTemplate, PodTemplateSpec } from '../../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../../kernel/json.ts';
import type { KubeObject } from '../../object.ts';
import { invalid, qualified } from '../../status.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { concerns, NAMESPACES, PODS, readAll, readObject } from '../read.ts';
import { refuse } from '../refuse.ts';
import type { CheckedPod, Violation } from './check.ts';
import { type LevelVersion, policyName, policyOf, strictness, violationsOf } from './policy.ts';

/** Pods of a namespace that are looked at when it becomes stricter. */
const MOST_PODS = 3000;

type Template = (object: KubeObject) => PodTemplateSpec | undefined;

/** All workloads but these two keep their template where Deployments do. */
const ofSpec: Template = (object) => (object as Deployment).spec.template;

/** Kinds that hold the template of pods. */
const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  ['replicationcontrollers', ofSpec],
  ['podtemplates', (object) => (object as PodTemplate).template],
  ['replicasets.apps', ofSpec],
  ['deployments.apps', ofSpec],
  ['statefulsets.apps', ofSpec],
  ['daemonsets.apps', ofSpec],
  ['jobs.batch', ofSpec],
  ['cronjobs.batch', (object) => (object as CronJob).spec.jobTemplate.spec?.template],
]);

const checked = ({ metadata, spec }: Pick<Pod, 'metadata' | 'spec'> | PodTemplateSpec): CheckedPod | undefined =>
  spec && { annotations: metadata?.annotations ?? {}, spec };

const minorOf = ({ version }: AdmissionContext): number => Number(version.split('.')[1]);

const detailed = (violations: readonly Violation[]): string => violations.map(({ reason, detail }) => `${reason} (${detail})`).join(', ');

/** Subresources through which the containers of a pod change. */
const CHANGING: ReadonlySet<string> = new Set(['', 'ephemeralcontainers', 'resize']);

/** Of what can change in a pod, images and further containers matter. */
function isSignificant({ spec }: Pod, { spec: before }: Pod): boolean {
  if (spec === before) return false;
  const images = (list: readonly { readonly name: string; readonly image?: string }[] = []) =>
    list.map(({ name, image = '' }): Json => [name, image]);
  return (['containers', 'initContainers', 'ephemeralContainers'] as const).some(
    (field) => !equal(images(spec[field]), images(before[field])),
  );
}

function validatePod(request: AdmissionRequest, context: AdmissionContext, pod: CheckedPod | undefined, isEnforced: boolean): void {
  const policy = policyOf(readObject<Namespace>(context, NAMESPACES, undefined, request.namespace ?? '')?.metadata.labels);
  const { enforce, warn } = policy;
  if (!pod || (warn.level === 'privileged' && (!isEnforced || enforce.level === 'privileged'))) return;
  if (isEnforced) {
    const violations = violationsOf(enforce, minorOf(context), pod);
    if (violations.length > 0) throw refuse(request, `violates PodSecurity "${policyName(enforce)}": ${detailed(violations)}`);
  }
  const violations = violationsOf(warn, minorOf(context), pod);
  if (violations.length > 0) context.warn(`would violate PodSecurity "${policyName(warn)}": ${detailed(violations)}`);
}

/** Warnings of the pods that a stricter level finds in its namespace, alike ones in one line. */
function warnOfPods(context: AdmissionContext, namespace: string, enforce: LevelVersion): void {
  const pods = readAll<Pod>(context, PODS, namespace);
  const found = new Map<string, string[]>();
  for (const pod of pods.slice(0, MOST_PODS)) {
    const violations = violationsOf(enforce, minorOf(context), { annotations: pod.metadata.annotations ?? {}, spec: pod.spec });
    if (violations.length === 0) continue;
    const reasons = violations.map(({ reason }) => reason).join(', ');
    const alike = found.get(reasons);
    if (alike) alike.push(pod.metadata.name);
    else found.set(reasons, [pod.metadata.name]);
  }
  if (pods.length > MOST_PODS) {
    context.warn(`new PodSecurity enforce level only checked against the first ${MOST_PODS} of ${pods.length} existing pods`);
  }
  if (found.size === 0) return;
  context.warn(`existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${policyName(enforce)}"`);
  const lines = [...found].map(([reasons, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
    return `${first}${more}: ${reasons}`;
  });
  for (const line of lines.sort()) context.warn(line);
}

function validateNamespace(request: AdmissionRequest, context: AdmissionContext): void {
  const { object, previous, kind, name } = request;
  if (!object || object.metadata.labels === previous?.metadata.labels) return;
  const policy = policyOf(object.metadata.labels);
  const before = previous && policyOf(previous.metadata.labels);
  const sameFaults = before !== undefined && JSON.stringify(before.faults) === JSON.stringify(policy.faults);
  if (policy.faults.length > 0 && !sameFaults) throw invalid(kind, name, policy.faults);
  if (!before) return;
  const isStricter = strictness(policy.enforce.level) > strictness(before.enforce.level);
  if (isStricter || (policy.enforce.level !== 'privileged' && policy.enforce.version !== before.enforce.version)) {
    warnOfPods(context, name, policy.enforce);
  }
}

/**
 * Holds pods to the level of the Pod Security Standards that their namespace's labels name, and warns of it already for workloads.
 * Models k8s.io/pod-security-admission/admission. Cost in namespaces without labels of it: two lookups.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  validate(request, context) {
    const { object, previous, subresource, kind } = request;
    if (!object) return;
    if (concerns(request, PODS)) {
      if (!CHANGING.has(subresource) || (previous && !isSignificant(object as Pod, previous as Pod))) return;
      validatePod(request, context, checked(object as Pod), true);
      return;
    }
    if (subresource !== '') return;
    if (concerns(request, NAMESPACES)) return validateNamespace(request, context);
    const template = kind.group === '' || kind.group === 'apps' || kind.group === 'batch' ? TEMPLATES.get(qualified(kind)) : undefined;
    const pod = template?.(object);
    if (pod) validatePod(request, context, checked(pod), false);
  },
};
