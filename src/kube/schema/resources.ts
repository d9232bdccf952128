import table from '../../../gen/kubernetes/resources.json' with { type: 'json' };
import { minorOf } from './table.ts';

export interface BuiltInSubresource {
  /** "status", "scale", "token" … */
  readonly name: string;
  /** Kind of its body; `group/version/Kind` where that is of another group version than the resource (autoscaling/v1/Scale). */
  readonly kind: string;
  readonly verbs: readonly string[];
}

/** One built-in resource under one group version, as discovery names it. */
export interface BuiltInResource {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly storageVersionHash?: string;
  /** DELETE answers with the object, not with a Status. */
  readonly deleteReturnsObject?: boolean;
  readonly subresources: readonly BuiltInSubresource[];
  readonly since?: number;
  readonly until?: number;
}

/** `group/version` of every group version that Kubernetes has options and watch events for, served or not. */
export const optionGroupVersions: readonly string[] = table.optionGroupVersions;

const resources: readonly BuiltInResource[] = table.resources;
const byMinor = new Map<number, readonly BuiltInResource[]>();

/** Resources that the API server of a release serves without flags, by group, version and name. */
export function builtInResources(version: string): readonly BuiltInResource[] {
  const minor = minorOf(version);
  let found = byMinor.get(minor);
  if (found === undefined) {
    found = resources.filter((item) => (item.since ?? 0) <= minor && minor <= (item.until ?? Number.POSITIVE_INFINITY));
    byMinor.set(minor, found);
  }
  return found;
}
