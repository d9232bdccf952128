/** One Kubernetes minor version that AKS offers. Source: AKS release calendar of summer 2026 (patches as of release v20260717). */
export interface OfferedVersion {
  /** "1.36". */
  readonly minor: string;
  /** Oldest first. */
  readonly patches: readonly string[];
  readonly isDefault?: boolean;
  readonly isPreview?: boolean;
  readonly supportPlans: readonly ('KubernetesOfficial' | 'AKSLongTermSupport')[];
}

/** Offered in every region, oldest first. The API server can serve these minors; others are refused as not supported. */
export const offeredVersions: readonly OfferedVersion[] = [
  { minor: '1.33', patches: ['1.33.12', '1.33.13'], supportPlans: ['AKSLongTermSupport'] },
  { minor: '1.34', patches: ['1.34.8', '1.34.9'], supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'] },
  { minor: '1.35', patches: ['1.35.5', '1.35.6'], supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'], isDefault: true },
  { minor: '1.36', patches: ['1.36.1', '1.36.2'], supportPlans: ['KubernetesOfficial', 'AKSLongTermSupport'] },
];

const newest = (version: OfferedVersion): string => version.patches.at(-1) as string; // every minor lists at least one patch

/** What a cluster gets that names no version: the default minor's newest patch. */
export const defaultVersion: string = newest(offeredVersions.find((version) => version.isDefault) as OfferedVersion);

/** The full version behind "1.36", "1.36.2" or a leading "v"; undefined when it is not offered. */
export function resolveVersion(wanted: string): string | undefined {
  const text = wanted.replace(/^v/, '');
  for (const version of offeredVersions) {
    if (text === version.minor) return newest(version);
    if (version.patches.includes(text)) return text;
  }
  return undefined;
}

/** "1.36.2" → 36. */
export const minorOf = (version: string): number => Number(version.split('.')[1]);

/** Negative when a is older than b. Both are full versions. */
export function compareVersions(a: string, b: string): number {
  const [, minorA = 0, patchA = 0] = a.split('.').map(Number);
  const [, minorB = 0, patchB = 0] = b.split('.').map(Number);
  return minorA - minorB || patchA - patchB;
}

/** Minors that a pool may be behind its control plane. Source: Kubernetes version skew policy, docs upgrade-cluster. */
const SKEW_MAX = 3;

/** Whether nodes of a version work with a control plane of another: never ahead of it, three minors behind at most. */
export const isWithinSkew = (nodes: string, plane: string): boolean =>
  compareVersions(nodes, plane) <= 0 && minorOf(plane) - minorOf(nodes) <= SKEW_MAX;

/** Versions to which a control plane at `current` may go: newer patches of its minor and all of the next minor. */
export const upgradesFrom = (current: string): { readonly version: string; readonly isPreview: boolean }[] =>
  offeredVersions
    .filter(({ minor }) => [minorOf(current), minorOf(current) + 1].includes(minorOf(minor)))
    .flatMap((offered) => offered.patches.map((version) => ({ version, isPreview: offered.isPreview ?? false })))
    .filter(({ version }) => compareVersions(version, current) > 0);
