/** Resources of a node as its kubelet reports them. Kubernetes quantities. */
export interface NodeResources {
  readonly capacity: { readonly [name: string]: string };
  readonly allocatable: { readonly [name: string]: string };
}

export interface MachineSize {
  readonly vcpus: number;
  readonly memoryGb: number;
}

const KI = 1024;
const MI = 1024 * KI;
const GI = 1024 * MI;

/** CPU that AKS reserves for the node's agents. Source: docs node-resource-reservations (1 core 60m, 2 100m, 4 140m, 8 180m …). */
export function reservedCpuMilli(vcpus: number): number {
  return 60 + (vcpus >= 2 ? 40 : 0) + 20 * Math.min(Math.max(vcpus - 2, 0), 2) + 10 * Math.max(vcpus - 4, 0);
}

/** Memory reserved for the agents, and the eviction threshold on top, in bytes. From 1.29 on by pods, before that by a falling share. */
export function reservedMemoryBytes(memoryGb: number, maxPods: number, minor: number): { reservedBytes: number; evictionBytes: number } {
  if (minor >= 29) return { reservedBytes: Math.min((20 * maxPods + 50) * MI, 0.25 * memoryGb * GI), evictionBytes: 100 * MI };
  const steps: [uptoGb: number, share: number][] = [
    [4, 0.25],
    [8, 0.2],
    [16, 0.1],
    [128, 0.06],
    [Number.POSITIVE_INFINITY, 0.02],
  ];
  let from = 0;
  let reservedGb = 0;
  for (const [upto, share] of steps) {
    reservedGb += Math.max(Math.min(memoryGb, upto) - from, 0) * share;
    from = upto;
  }
  return { reservedBytes: reservedGb * GI, evictionBytes: 750 * MI };
}

/**
 * What a Linux node of this size reports. Memory capacity is nominal memory less what kernel and firmware keep (fit over observed
 * nodes); a tenth of the disk is kept for eviction. Source: aks-facts-nodes §3.4.
 */
export function nodeResources(size: MachineSize, maxPods: number, osDiskGb: number, minor: number): NodeResources {
  const memoryKi = Math.round(size.memoryGb * 1_048_576 - (100_000 + 17_800 * size.memoryGb));
  const diskKi = Math.round(osDiskGb * 1_014_735.375);
  const { reservedBytes, evictionBytes } = reservedMemoryBytes(size.memoryGb, maxPods, minor);
  const fixed = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  return {
    capacity: { cpu: String(size.vcpus), 'ephemeral-storage': `${diskKi}Ki`, ...fixed, memory: `${memoryKi}Ki`, pods: String(maxPods) },
    allocatable: {
      cpu: `${size.vcpus * 1000 - reservedCpuMilli(size.vcpus)}m`,
      'ephemeral-storage': String(diskKi * KI - Math.round(diskKi * KI * Math.fround(0.1))),
      ...fixed,
      memory: `${Math.floor(memoryKi - (reservedBytes + evictionBytes) / KI)}Ki`,
      pods: String(maxPods),
    },
  };
}
