import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../../gen/kubernetes-types.ts';
import { isReachable, matchingVolume } from '../persistentvolume/binding.ts';
import type { ClaimFacts, Plugin } from './plugin.ts';

/** A claim that its pod's place decides about. */
export const isOpen = ({ claim, volume, waits }: ClaimFacts): boolean => claim !== undefined && volume === undefined && waits;

interface State {
  readonly facts: readonly ClaimFacts[];
  readonly volumes: readonly PersistentVolume[];
}

/** Volumes must be reachable from the node. Models scheduler plugin VolumeBinding. */
export const volumeBinding: Plugin<State> = {
  name: 'VolumeBinding',
  prepare(pod, placement) {
    const facts = placement.claimsOf(pod);
    return facts.length ? { facts, volumes: facts.some(isOpen) ? placement.volumes() : [] } : undefined;
  },
  refuse(_, { facts }) {
    const missing = facts.find(({ claim }) => !claim);
    if (missing) return `persistentvolumeclaim "${missing.name}" not found`;
    const leaving = facts.find(({ claim }) => claim?.metadata.deletionTimestamp);
    if (leaving) return `persistentvolumeclaim "${leaving.name}" is being deleted`;
    const immediate = facts.some((each) => !each.volume && !each.waits);
    return immediate ? 'pod has unbound immediate PersistentVolumeClaims' : undefined;
  },
  filter(_, { node }, { facts, volumes }) {
    if (facts.some(({ volume }) => volume && !isReachable(volume, node)))
      return { reason: "node(s) didn't match PersistentVolume's node affinity", resolvable: false };
    const lacks = facts.some((each) => isOpen(each) && !each.isProvisioned && !findFor(each.claim, volumes, node));
    return lacks ? { reason: "node(s) didn't find available persistent volumes to bind", resolvable: false } : undefined;
  },
};

const findFor = (claim: PersistentVolumeClaim | undefined, volumes: readonly PersistentVolume[], node: Node) =>
  claim && matchingVolume(volumes, claim, node);
