import type { Pod } from '../../../gen/kubernetes-types.ts';
import type { Totals } from '../../kernel/collection.ts';
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
    // Which taint it is, is not said since the patches of late 2025.
    return untolerated(pod, node, ['NoSchedule', 'NoExecute']).length ? permanent('node(s) had untolerated taint(s)') : undefined;
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

export const PORTS_TAKEN = "node(s) didn't have free ports for the requested pod ports";

/** Names of the host ports among what is requested. */
export const hostPorts = (requests: Totals): string[] => Object.keys(requests).filter((name) => name.startsWith('port:'));

/** Whether some of the ports cannot be held beside those that are taken. */
export const clashes = (ports: readonly string[], taken: readonly string[]): boolean =>
  ports.some((port) => taken.some((other) => sharePort(port, other)));

/** Host ports that another pod of the node already has. */
export const nodePorts: Plugin<readonly string[]> = {
  name: 'NodePorts',
  prepare(pod) {
    const ports = hostPorts(specRequests(pod.spec));
    return ports.length ? ports : undefined;
  },
  filter: (_, { requested }, ports) => (clashes(ports, hostPorts(requested)) ? { reason: PORTS_TAKEN, resolvable: true } : undefined),
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

/** What a pod asks for, once per pod. */
interface Asked {
  readonly amounts: readonly (readonly [name: string, amount: number])[];
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

function asked(pod: Pod): Asked {
  const requests = specRequests(pod.spec);
  const amounts = Object.entries(requests).filter(([name, amount]) => amount > 0 && !name.startsWith('port:'));
  return { amounts, cpuMilli: requests['cpuMilli'] ?? 0, memoryBytes: requests['memoryBytes'] ?? 0 };
}

/** Requests must fit into what is left of allocatable. Score: LeastAllocated over cpu and memory. */
export const nodeResourcesFit: Plugin<Asked> = {
  name: 'NodeResourcesFit',
  weight: 1,
  prepare: asked,
  filter(_, { allocatable, requested }, { amounts }) {
    let reason = '';
    let resolvable = true;
    for (const [name, amount] of amounts) {
      const total = allocatable[name] ?? 0;
      if (amount <= total - (requested[name] ?? 0)) continue;
      reason += `${reason && ', '}${TEXTS[name] ?? `Insufficient ${name.slice('ext:'.length)}`}`;
      if (amount > total) resolvable = false;
    }
    return reason ? { reason, resolvable } : undefined;
  },
  score: (_, candidate, { cpuMilli, memoryBytes }) =>
    (free(candidate, 'cpuMilli', cpuMilli || 100) + free(candidate, 'memoryBytes', memoryBytes || 200 * 2 ** 20)) / 2,
};

/** Share of one resource in percent that is free once the pod is there. Pods that request nothing count with upstream's small default. */
function free({ allocatable, requested }: Candidate, name: string, amount: number): number {
  const total = allocatable[name] ?? 0;
  if (total === 0) return 0;
  const after = (requested[name] ?? 0) + amount;
  return after > total ? 0 : Math.floor(((total - after) * 100) / total);
}

/** Nodes on which cpu and memory end up equally used are better. */
export const balancedAllocation: Plugin<Asked> = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  prepare: asked,
  score: (_, candidate, { cpuMilli, memoryBytes }) =>
    Math.floor((1 - Math.abs(used(candidate, 'cpuMilli', cpuMilli) - used(candidate, 'memoryBytes', memoryBytes)) / 2) * 100),
};

function used({ allocatable, requested }: Candidate, name: string, amount: number): number {
  const total = allocatable[name] ?? 0;
  return total === 0 ? 0 : Math.min(((requested[name] ?? 0) + amount) / total, 1);
}

/** Nodes that already have the pod's images are better, by their summed size between 23 MB and 1 GB per container. */
export const imageLocality: Plugin = {
  name: 'ImageLocality',
  weight: 1,
  score(pod, { node }) {
    if (!node.status?.images?.length) return 0;
    const sizes = new Map(node.status.images.flatMap((image) => (image.names ?? []).map((name) => [name, image.sizeBytes ?? 0] as const)));
    const found = pod.spec.containers.reduce((total, { image }) => total + (sizes.get(image ?? '') ?? 0), 0);
    const min = 23 * 2 ** 20;
    const max = 1000 * 2 ** 20 * pod.spec.containers.length;
    return Math.floor((100 * (Math.min(Math.max(found, min), max) - min)) / (max - min));
  },
};
