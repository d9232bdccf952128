import type { Container, Pod, PodSpec } from '../../../../gen/kubernetes-types.ts';
import type { Totals } from '../../../kernel/collection.ts';
import { bytes, cpuMilli } from '../../../kube/quantity.ts';

type Requests = { readonly [resource: string]: string | number };

const memo = new WeakMap<PodSpec, Totals>();

/**
 * What a pod takes up on its node: `cpuMilli`, `memoryBytes`, `ephemeralBytes`, `pods`, "ext:<resource>" for extended resources and
 * "port:<protocol>:<port>:<ip>" for host ports. A finished pod takes up nothing.
 * Source of the rule: kubernetes component-helpers/resource PodRequests (init containers by maximum, sidecars add up, overhead).
 */
export function podRequests(pod: Pod): Totals {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return {};
  return specRequests(pod.spec);
}

/** The same for a spec whose pod is not finished. Computed once per spec that lies in the store. */
export function specRequests(spec: PodSpec): Totals {
  const known = memo.get(spec);
  if (known) return known;
  const total = effective(spec);
  for (const [name, amount] of Object.entries(amounts(spec.overhead ?? {}))) total[name] = (total[name] ?? 0) + amount;
  total['pods'] = 1;
  for (const container of [...spec.containers, ...(spec.initContainers ?? []).filter(isSidecar)])
    for (const port of container.ports ?? [])
      if (port.hostPort) total[`port:${port.protocol ?? 'TCP'}:${port.hostPort}:${port.hostIP || '0.0.0.0'}`] = 1;
  memo.set(spec, total);
  return total;
}

const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always';

function effective(spec: PodSpec): Record<string, number> {
  const running: Record<string, number> = {};
  for (const container of spec.containers) add(running, amounts(container.resources?.requests ?? {}));
  const peak: Record<string, number> = {};
  const sidecars: Record<string, number> = {};
  for (const container of spec.initContainers ?? []) {
    const own = amounts(container.resources?.requests ?? {});
    if (isSidecar(container)) {
      add(sidecars, own);
      raise(peak, sidecars);
    } else {
      const during = { ...sidecars };
      add(during, own);
      raise(peak, during);
    }
  }
  add(running, sidecars);
  raise(running, peak);
  // Requests of the pod as a whole stand above what its containers add up to.
  return { ...running, ...amounts(spec.resources?.requests ?? {}) };
}

function add(to: Record<string, number>, what: Record<string, number>): void {
  for (const [name, amount] of Object.entries(what)) to[name] = (to[name] ?? 0) + amount;
}

function raise(to: Record<string, number>, what: Record<string, number>): void {
  for (const [name, amount] of Object.entries(what)) to[name] = Math.max(to[name] ?? 0, amount);
}

/** A resource list in the units of Totals. */
export function amounts(list: Requests): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(list)) {
    if (name === 'cpu') out['cpuMilli'] = cpuMilli(quantity);
    else if (name === 'memory') out['memoryBytes'] = bytes(quantity);
    else if (name === 'ephemeral-storage') out['ephemeralBytes'] = bytes(quantity);
    else if (name === 'pods') out['pods'] = bytes(quantity);
    else out[`ext:${name}`] = bytes(quantity);
  }
  return out;
}
