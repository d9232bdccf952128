import type { Container, PodSpec } from '../../../../gen/kubernetes-types.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** A pod, or the template of one. */
export interface CheckedPod {
  readonly annotations: { readonly [key: string]: string };
  readonly spec: PodSpec;
}

/** Why a pod is not allowed: `reason` alone where many pods are listed, `reason (detail)` where it is about one. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export type CheckPod = (pod: CheckedPod) => Violation | undefined;

/** One rule of the Pod Security Standards, in one revision. */
export interface Check {
  readonly id: string;
  readonly level: Exclude<Level, 'privileged'>;
  /** Minor version of Kubernetes from which policies contain this revision; of several, the latest counts. */
  readonly since: number;
  /** Baseline checks that are not run besides this stricter one. */
  readonly overrides?: readonly string[];
  readonly checkPod: CheckPod;
}

/** All containers in upstream's order. */
export const containersOf = ({ initContainers = [], containers, ephemeralContainers = [] }: PodSpec): readonly Container[] => [
  ...initContainers,
  ...containers,
  ...ephemeralContainers,
];

export const quoted = (items: readonly string[]): string => items.map((item) => `"${item}"`).join(', ');

/** Each value once, in order. */
export const distinct = (items: readonly string[]): string[] => [...new Set(items)].sort();

/** The singular with one, else the plural. */
export const plural = (singular: string, items: readonly unknown[], many = `${singular}s`): string =>
  items.length === 1 ? singular : many;

/** `container "a"`, `containers "a", "b"`. */
export const named = (singular: string, names: readonly string[]): string => `${plural(singular, names)} ${quoted(names)}`;

/** `pod and containers "a", "b"`: all that set something that they must not set. */
export const setters = (pod: boolean, containers: readonly string[]): string =>
  [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named('container', containers)] : [])].join(' and ');

/** Names of the containers of which that is true. */
export const namesWhere = (spec: PodSpec, is: (container: Container) => boolean): string[] =>
  containersOf(spec)
    .filter(is)
    .map(({ name }) => name);

/** Containers that add capabilities outside these. */
export function addedCapabilities(spec: PodSpec, allowed: ReadonlySet<string>): string | undefined {
  const added = ({ securityContext }: Container) => (securityContext?.capabilities?.add ?? []).filter((name) => !allowed.has(name));
  const names = namesWhere(spec, (container) => added(container).length > 0);
  if (names.length === 0) return undefined;
  const capabilities = quoted(distinct(containersOf(spec).flatMap(added)));
  return `${named('container', names)} must not include ${capabilities} in securityContext.capabilities.add`;
}

const SAFE_SECCOMP: ReadonlySet<string> = new Set(['RuntimeDefault', 'Localhost']);

/** Seccomp profiles that are set to something unsafe, by the pod or its containers. */
export function unsafeSeccomp(spec: PodSpec): Violation | undefined {
  const bad = (profile: { readonly type: string } | undefined) => (profile && !SAFE_SECCOMP.has(profile.type) ? [profile.type] : []);
  const ofPod = bad(spec.securityContext?.seccompProfile);
  const ofContainer = ({ securityContext }: Container) => bad(securityContext?.seccompProfile);
  const who = setters(
    ofPod.length > 0,
    namesWhere(spec, (container) => ofContainer(container).length > 0),
  );
  if (!who) return undefined;
  const values = quoted(distinct([...ofPod, ...containersOf(spec).flatMap(ofContainer)]));
  return { reason: 'seccompProfile', detail: `${who} must not set securityContext.seccompProfile.type to ${values}` };
}

/** A /proc that is not masked. */
export function unmaskedProc(spec: PodSpec): Violation | undefined {
  const bad = ({ securityContext }: Container) => {
    const type = securityContext?.procMount;
    return type !== undefined && type !== 'Default' ? [type] : [];
  };
  const names = namesWhere(spec, (container) => bad(container).length > 0);
  if (names.length === 0) return undefined;
  const values = quoted(distinct(containersOf(spec).flatMap(bad)));
  return { reason: 'procMount', detail: `${named('container', names)} must not set securityContext.procMount to ${values}` };
}

/** Root in a pod with its own user namespace is nobody outside. */
export const hasOwnUsers = ({ hostUsers }: PodSpec): boolean => hostUsers === false;
