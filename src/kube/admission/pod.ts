import type { Container, Pod, PodSpec } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../object.ts';

/** Annotation of pods that only mirror what a node runs by itself: admission leaves them alone. */
const MIRROR = 'kubernetes.io/config.mirror';

export const isPod = (kind: Kind): boolean => kind.resource === 'pods' && kind.group === '';

export const isMirrorPod = (object: KubeObject): boolean => object.metadata.annotations?.[MIRROR] !== undefined;

/** The object as a pod. For plugins that have asked `isPod`. */
export const asPod = (object: KubeObject): Pod => object as unknown as Pod;

/** A pod with another spec. */
export const withSpec = (object: KubeObject, spec: PodSpec): KubeObject =>
  ({ ...object, spec: spec as unknown as KubeObject['spec'] }) as KubeObject;

/** A spec with all containers, init containers too, mapped. Shares what stays the same. */
export function mapContainers(spec: PodSpec, map: (container: Container) => Container): PodSpec {
  const each = (list: readonly Container[] | undefined) => {
    const mapped = list?.map(map);
    return mapped?.some((item, i) => item !== list?.[i]) ? mapped : list;
  };
  const containers = each(spec.containers) ?? [];
  const initContainers = each(spec.initContainers);
  if (containers === spec.containers && initContainers === spec.initContainers) return spec;
  return { ...spec, containers, ...(initContainers && { initContainers }) };
}
