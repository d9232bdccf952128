import type { Pod } from '../../../gen/kubernetes-types.ts';
import { specRequests } from '../../kinds/core/pod/requests.ts';
import { meetsNodeAffinity, meetsTerm, tolerates, untolerated } from './node-facts.ts';
import { type Candidate, normalizeByMax, type Plugin } from './plugin.ts';

const permanent = (reason: string) => ({ reason, resolvable: false });

/** The pod asks for one node by name (static placement, not yet assigned). */
export const nodeName: Plugin = {
  name: 'NodeName',
  filter: (pod, { node }) =>
    pod.spec.nodeName && pod.spec.nodeName !== node.metadata.name ? permanent("node(s) didn't match the requested node name") : undefined,
};

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Cordoned nodes. */
export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  filter: (pod, { node }) =>
    node.spec.unschedulable && !pod.spec.tolerations?.some((toleration) => tolerates(toleration, UNSCHEDULABLE))
      ? permanent('node(s) were unschedulable')
      : undefined,
};

/** NoSchedule and NoExecute taints forbid; untolerated PreferNoSchedule ones cost score. */
export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  filter(pod, { node }) {
    const taint = untolerated(pod, node, ['NoSchedule', 'NoExecute'])[0];
    return taint && permanent(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  },
  score: (pod, { node }) => untolerated(pod, node, ['PreferNoSchedule']).length,
  normalize: (scores) => normalizeByMax(scores, true),
};

/** nodeSelector and node affinity. */
export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  filter: (pod, { node }) => (meetsNodeAffinity(pod, node) ? undefined : permanent("node(s) didn't match Pod's node affinity/selector")),
  score: (pod, { node }) =>
    (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      .filter(({ preference }) => meetsTerm(preference, node))
      .reduce((total, { weight }) => total + weight, 0),
  normalize: (scores) => normalizeByMax(scores),
};

/** Host ports that another pod of the node already has. */
export const nodePorts: Plugin<readonly string[]> = {
  name: 'NodePorts',
  prepare(pod) {
    const ports = Object.keys(specRequests(pod.spec)).filter((name) => name.startsWith('port:'));
    return ports.length ? ports : undefined;
  },
  filter(_, { requested }, ports) {
    const taken = Object.keys(requested).filter((name) => name.startsWith('port:'));
    return ports.some((port) => taken.some((other) => sharePort(port, other)))
      ? { reason: "node(s) didn't have free ports for the requested pod ports", resolvable: true }
      : undefined;
  },
};

/** Equal protocol and port, and the same address or one of them all addresses. Form: "port:<protocol>:<port>:<ip>". */
function sharePort(a: string, b: string): boolean {
  const cut = (text: string) => text.split(':', 3).join(':');
  if (cut(a) !== cut(b)) return false;
  const ip = (text: string) => text.slice(cut(text).length + 1);
  return ip(a) === ip(b) || ip(a) === '0.0.0.0' || ip(b) === '0.0.0.0';
}

const TEXTS: { readonly [name: string]: string } = {
  cpuMilli: 'Insufficient cpu',
  memoryBytes: 'Insufficient memory',
  ephemeralBytes: 'Insufficient ephemeral-storage',
  pods: 'Too many pods',
};

/** Requests must fit into what is left of allocatable. Score: LeastAllocated over cpu and memory. */
export const nodeResourcesFit: Plugin = {
  name: 'NodeResourcesFit',
  weight: 1,
  filter(pod, { allocatable, requested }) {
    const short = Object.entries(specRequests(pod.spec)).filter(
      ([name, amount]) => !name.startsWith('port:') && amount > 0 && amount > (allocatable[name] ?? 0) - (requested[name] ?? 0),
    );
    if (short.length === 0) return undefined;
    const reason = short.map(([name]) => TEXTS[name] ?? `Insufficient ${name.slice('ext:'.length)}`).join(', ');
    return { reason, resolvable: short.every(([name, amount]) => amount <= (allocatable[name] ?? 0)) };
  },
  score: (pod, candidate) => (free(pod, candidate, 'cpuMilli', 100) + free(pod, candidate, 'memoryBytes', 200 * 2 ** 20)) / 2,
};

/** Share of one resource in percent that is free once the pod is there. Pods that request nothing count with upstream's small default. */
function free(pod: Pod, { allocatable, requested }: Candidate, name: string, fallback: number): number {
  const total = allocatable[name] ?? 0;
  if (total === 0) return 0;
  const after = (requested[name] ?? 0) + (specRequests(pod.spec)[name] || fallback);
  return after > total ? 0 : Math.floor(((total - after) * 100) / total);
}

/** Nodes on which cpu and memory end up equally used are better. */
export const balancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  score(pod, candidate) {
    const used = (name: string) => {
      const total = candidate.allocatable[name] ?? 0;
      return total === 0 ? 0 : Math.min(((candidate.requested[name] ?? 0) + (specRequests(pod.spec)[name] ?? 0)) / total, 1);
    };
    return Math.floor((1 - Math.abs(used('cpuMilli') - used('memoryBytes')) / 2) * 100);
  },
};

/** Nodes that already have the pod's images are better, by their summed size between 23 MB and 1 GB per container. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  weight: 1,
  score(pod, { node }) {
    const sizes = new Map(
      (node.status?.images ?? []).flatMap((image) => (image.names ?? []).map((name) => [name, image.sizeBytes ?? 0] as const)),
    );
    const found = pod.spec.containers.reduce((total, { image }) => total + (sizes.get(image ?? '') ?? 0), 0);
    const min = 23 * 2 ** 20;
    const max = 1000 * 2 ** 20 * pod.spec.containers.length;
    return Math.floor((100 * (Math.min(Math.max(found, min), max) - min)) / (max - min));
  },
};
