/** The Kubernetes releases that the tables cover, oldest first. A new minor release is one line here and a new run. */
export interface Release {
  /** Minor number, the key of every mask: 36 for 1.36. */
  readonly minor: number;
  /** Patch release read from the Go module proxy: `v1.<minor>.<patch>` of k8s.io/kubernetes, `v0.<minor>.<patch>` of its staging modules. */
  readonly patch: number;
  /** Go build tags for the dump program. */
  readonly tags?: string;
}

export const releases: readonly Release[] = [
  { minor: 33, patch: 0, tags: 'k133' },
  { minor: 34, patch: 0 },
  { minor: 35, patch: 0 },
  { minor: 36, patch: 2 },
];

/** Which releases have a thing, as the tables write it: tokens `since=34`, `until=35`, or none for all. */
export function maskTokens(minors: readonly number[]): string[] {
  const all = releases.map((release) => release.minor);
  const first = Math.min(...minors);
  const last = Math.max(...minors);
  const covered = all.filter((minor) => minor >= first && minor <= last);
  if (covered.length !== minors.length) throw new Error(`not a contiguous range of releases: ${minors.join(',')}`);
  return [...(first > all[0]! ? [`since=${first}`] : []), ...(last < all[all.length - 1]! ? [`until=${last}`] : [])];
}
