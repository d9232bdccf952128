import type { Node } from '../../../gen/kubernetes-types.ts';
import type { KubeObject } from '../../kube/object.ts';

/** How often a kubelet renews its lease, and reports conditions that have not changed. */
const LEASE_RENEW_MS = 10_000;
const STATUS_REPORT_MS = 300_000;

/**
 * Annotation of a node whose kubelet is silent, with the time since when (RFC 3339). Whoever stops a machine or cuts it off sets it,
 * and takes it away when the machine is back; everything else follows from it.
 */
export const KUBELET_STOPPED = 'slipway.dev/kubelet-stopped-at';

/** Since when a node's kubelet is silent, in world ms; undefined while it reports. */
export function kubeletStoppedMs(node: Node): number | undefined {
  const time = node.metadata.annotations?.[KUBELET_STOPPED];
  return time === undefined ? undefined : Date.parse(time) || 0;
}

const isHealthy = (node: Node): boolean =>
  node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** The last instant at which something that happens every `periodMs` from `sinceMs` on has happened. */
const lastBeatMs = (nowMs: number, sinceMs: number, periodMs: number): number =>
  sinceMs + Math.floor(Math.max(nowMs - sinceMs, 0) / periodMs) * periodMs;

/** A healthy node's conditions as its kubelet would have reported them last. One that is not ready keeps what is stored. */
export function withHeartbeat(object: KubeObject, nowMs: number): KubeObject {
  // Only called for nodes.
  const node = object as unknown as Node;
  if (!isHealthy(node)) return object;
  const beatMs = Math.floor(Math.min(nowMs, kubeletStoppedMs(node) ?? nowMs) / STATUS_REPORT_MS) * STATUS_REPORT_MS;
  const conditions = node.status?.conditions?.map((condition) => {
    const storedMs = Date.parse(condition.lastHeartbeatTime ?? '') || 0;
    return beatMs > storedMs ? { ...condition, lastHeartbeatTime: isoSeconds(beatMs) } : condition;
  });
  return { ...object, status: { ...node.status, ...(conditions && { conditions }) } };
}

/** When the kubelet of a healthy node last renewed its lease, RFC 3339 with microseconds. undefined: what is stored stands. */
export function leaseRenewTime(node: KubeObject | undefined, createdIso: string, nowMs: number): string | undefined {
  if (!node || !isHealthy(node as unknown as Node)) return undefined;
  const renewedMs = lastBeatMs(Math.min(nowMs, kubeletStoppedMs(node as unknown as Node) ?? nowMs), Date.parse(createdIso), LEASE_RENEW_MS);
  return new Date(renewedMs).toISOString().replace('Z', '000Z');
}

const isoSeconds = (ms: number): string => new Date(ms).toISOString().slice(0, 19) + 'Z';
