import type { PersistentVolumeClaim, Pod, PodAffinityTerm, PodSpec, ResourceQuota } from '../../../../gen/kubernetes-types.ts';
import type { KubeObject } from '../../object.ts';
import { quantityOf } from '../pod-amounts.ts';
import { CLAIMS, PODS, type Resource } from '../read.ts';

/** One demand of a quota on the objects that it is about. */
interface Term {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const termsOf = ({ spec }: ResourceQuota): readonly Term[] => [
  ...(spec.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
];

const COMPUTE = ['cpu', 'memory'] as const;

function isBestEffort({ spec, status }: Pod): boolean {
  if (status?.qosClass) return status.qosClass === 'BestEffort';
  const all = [spec.resources, ...[...spec.containers, ...(spec.initContainers ?? [])].map(({ resources }) => resources)];
  const isSet = (text: string | undefined) => quantityOf(text).nano > 0n;
  return !all.some((item) => COMPUTE.some((name) => isSet(item?.requests?.[name]) || isSet(item?.limits?.[name])));
}

/** Whether the pod minds pods of other namespaces. */
function crossesNamespaces({ affinity }: PodSpec): boolean {
  const crosses = (term: PodAffinityTerm) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined;
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some(
    (rules) =>
      rules?.requiredDuringSchedulingIgnoredDuringExecution?.some(crosses) ||
      rules?.preferredDuringSchedulingIgnoredDuringExecution?.some(({ podAffinityTerm }) => crosses(podAffinityTerm)),
  );
}

/** Whether a class that the object names, of possibly several, is what the term asks for. */
function namesMatch({ operator, values = [] }: Term, names: readonly string[]): boolean {
  switch (operator) {
    case 'Exists':
      return names.length > 0;
    case 'DoesNotExist':
      return names.length === 0;
    case 'In':
      return names.some((name) => values.includes(name));
    case 'NotIn':
      return !names.some((name) => values.includes(name));
    default:
      return false;
  }
}

const present = (names: readonly (string | undefined)[]): string[] => names.flatMap((name) => name || []);

function podMatches(pod: Pod, term: Term): boolean {
  switch (term.scopeName) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return namesMatch(term, present([pod.spec.priorityClassName]));
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod.spec);
    default:
      return false;
  }
}

function claimMatches({ spec, status }: PersistentVolumeClaim, term: Term): boolean {
  if (term.scopeName !== 'VolumeAttributesClass') return false;
  const { currentVolumeAttributesClassName: current, modifyVolumeStatus: wanted } = status ?? {};
  return namesMatch(term, present([spec.volumeAttributesClassName, current, wanted?.targetVolumeAttributesClassName]));
}

/** Whether the quota has scopes at all: then it is not about every object of its namespace. */
export const isScoped = (quota: ResourceQuota): boolean => termsOf(quota).length > 0;

/** Whether an object is among those that a quota is about. Models kubernetes pkg/quota/v1/evaluator/core scope functions. */
export function inScope(quota: ResourceQuota, { group, resource }: Resource, object: KubeObject): boolean {
  const terms = termsOf(quota);
  if (terms.length === 0) return true;
  if (group !== '') return false;
  if (resource === PODS.resource) return terms.every((term) => podMatches(object as Pod, term));
  if (resource === CLAIMS.resource) return terms.every((term) => claimMatches(object as PersistentVolumeClaim, term));
  return false;
}
