import type { Container, Node, Pod } from '../../../gen/kubernetes-types.ts';
import { fnv1a32 } from '../../kernel/hash.ts';
import { bytes, cpuMilli } from '../../kube/quantity.ts';

/** What something uses at an instant. */
export interface Usage {
  readonly cpuNano: number;
  readonly memoryBytes: number;
}

/** How often metrics-server asks the kubelets, and over how long each answer is an average. */
export const WINDOW_MS = 15_000;

const DAY_MS = 86_400_000;
const BURST_MS = 1_140_000;
const MIB = 1024 * 1024;

/** Containers that request nothing use a little all the same. */
const IDLE_CPU_MILLI = 20;
const IDLE_MEMORY_BYTES = 64 * MIB;

/** The last instant at which metrics were taken. */
export const sampleMs = (nowMs: number): number => Math.floor(nowMs / WINDOW_MS) * WINDOW_MS;

/** A smooth curve between 0 and 1 that a name and the time alone determine: a daily swing and a shorter one. */
function curve(name: string, atMs: number): number {
  const hash = fnv1a32(name);
  const swing = (periodMs: number, phase: number): number => Math.sin(2 * Math.PI * (atMs / periodMs + phase / 0x10000));
  return 0.5 + 0.3 * swing(DAY_MS, hash & 0xffff) + 0.2 * swing(BURST_MS, hash >>> 16);
}

/** Between `low` and `high` on the curve of a name. */
const between = (low: number, high: number, name: string, atMs: number): number => low + (high - low) * curve(name, atMs);

/** What a running container uses: a share of what it requests, or a little where it requests nothing. Never more than its limits. */
export function containerUsage(uid: string, { name, resources }: Container, atMs: number): Usage {
  const { requests = {}, limits = {} } = resources ?? {};
  const id = `${uid}/${name}`;
  const cpuMax = cpuMilli(requests['cpu'] ?? limits['cpu'] ?? 0) || IDLE_CPU_MILLI;
  const memoryMax = bytes(requests['memory'] ?? limits['memory'] ?? 0) || IDLE_MEMORY_BYTES;
  return {
    cpuNano: Math.round(cpuMax * 1e6 * between(0.05, 0.75, `${id}/cpu`, atMs)),
    memoryBytes: roundToKib(memoryMax * between(0.4, 0.8, `${id}/memory`, atMs)),
  };
}

/** What a pod's containers use together. */
export const podUsage = (pod: Pod, atMs: number): Usage =>
  pod.spec.containers.map((container) => containerUsage(pod.metadata.uid, container, atMs)).reduce(sum, NOTHING);

/** What a node's pods and its own processes use: these take a share of what is set aside for them. */
export function nodeUsage(node: Node, pods: readonly Pod[], atMs: number): Usage {
  const { capacity = {}, allocatable = {} } = node.status ?? {};
  const reservedMilli = cpuMilli(capacity['cpu'] ?? 0) - cpuMilli(allocatable['cpu'] ?? 0);
  const reservedBytes = bytes(capacity['memory'] ?? 0) - bytes(allocatable['memory'] ?? 0);
  const { uid } = node.metadata;
  const own: Usage = {
    cpuNano: Math.round(Math.max(reservedMilli, 2 * IDLE_CPU_MILLI) * 1e6 * between(0.3, 0.9, `${uid}/cpu`, atMs)),
    memoryBytes: roundToKib(Math.max(reservedBytes, 4 * IDLE_MEMORY_BYTES) * between(0.4, 0.6, `${uid}/memory`, atMs)),
  };
  return pods.map((pod) => podUsage(pod, atMs)).reduce(sum, own);
}

const NOTHING: Usage = { cpuNano: 0, memoryBytes: 0 };

const sum = (a: Usage, b: Usage): Usage => ({ cpuNano: a.cpuNano + b.cpuNano, memoryBytes: a.memoryBytes + b.memoryBytes });

const roundToKib = (count: number): number => Math.round(count / 1024) * 1024;

/** Quantities as metrics-server writes them: nanocores and kibibytes. */
export const usageQuantities = ({ cpuNano, memoryBytes }: Usage): { readonly cpu: string; readonly memory: string } => ({
  cpu: cpuNano === 0 ? '0' : `${cpuNano}n`,
  memory: `${memoryBytes / 1024}Ki`,
});
