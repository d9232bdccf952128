import type { Container, Pod, ResourceQuota } from '../../../../gen/kubernetes-types.ts';
import { addQuantities, compareQuantities, formatQuantity, type Quantity, subtractQuantities, wholeQuantity } from '../../quantity.ts';
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from '../plugin.ts';
import { type Amounts, amountsOf, quantityOf } from '../pod-amounts.ts';
import { CLAIMS, concerns, PODS, RESOURCE_QUOTAS, type Resource, readAll, SERVICES } from '../read.ts';
import { refuse } from '../refuse.ts';
import { inScope } from './scopes.ts';
import { computeUsage, limitsOn, usageOf, usedOf } from './usage.ts';

const NOTHING = wholeQuantity(0, 'decimal');

/** Limits for which every container must say what it takes: a mistake of old that upstream keeps. */
const DEMANDING: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** "pods=1,requests.cpu=500m". */
const listed = (names: readonly string[], amount: (name: string) => Quantity): string =>
  names.map((name) => `${name}=${formatQuantity(amount(name))}`).join(',');

/** Pods are charged when they come and when they are resized; services and claims may grow with any update. */
function isCharged(request: AdmissionRequest): boolean {
  const { operation, subresource } = request;
  if (operation === 'CREATE') return subresource === '';
  if (operation !== 'UPDATE') return false;
  if (subresource !== '') return subresource === 'resize' && concerns(request, PODS);
  return concerns(request, SERVICES) || concerns(request, CLAIMS);
}

function unspecified(pod: Pod, names: readonly string[]): string | undefined {
  const { containers, initContainers = [], resources } = pod.spec;
  const isSetForPod = Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0;
  const demanded = names.filter((name) => DEMANDING.has(name)).sort();
  if (isSetForPod || demanded.length === 0) return undefined;
  const lacks = (name: string) => (container: Container) =>
    !computeUsage(amountsOf(container.resources?.requests), amountsOf(container.resources?.limits)).has(name);
  const missing = demanded.flatMap((name) => {
    const lacking = [...containers, ...initContainers].filter(lacks(name)).map((container) => container.name);
    return lacking.length === 0 ? [] : `${name} for: ${[...new Set(lacking)].sort().join(',')}`;
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

/** How much more the write takes than what it replaces. */
function increase(request: AdmissionRequest, resource: Resource, usage: Amounts, nowMs: number): Amounts {
  if (!request.previous) return usage;
  const before = usageOf(resource, request.previous, nowMs);
  return new Map([...usage].map(([name, amount]) => [name, subtractQuantities(amount, before.get(name) ?? NOTHING)]));
}

function charge(request: AdmissionRequest, context: AdmissionContext, quota: ResourceQuota, asked: Amounts): void {
  const { kind } = request;
  const hard = quota.spec.hard ?? {};
  const names = limitsOn(kind, hard);
  const growing = names.filter((name) => (asked.get(name)?.nano ?? 0n) > 0n).sort();
  if (growing.length === 0) return;
  const used = usedOf(context, quota, kind, growing);
  const usedAmount = (name: string) => used.get(name) ?? NOTHING;
  const askedAmount = (name: string) => asked.get(name) ?? NOTHING;
  const isOver = (name: string) => compareQuantities(addQuantities(usedAmount(name), askedAmount(name)), quantityOf(hard[name])) > 0;
  const over = growing.filter(isOver);
  if (over.length === 0) return;
  const limited = listed(over, (name) => quantityOf(hard[name]));
  const detail = `exceeded quota: ${quota.metadata.name}, requested: ${listed(over, askedAmount)}, used: ${listed(over, usedAmount)}, limited: ${limited}`;
  throw refuse(request, detail);
}

/**
 * Refuses what would exceed a quota of its namespace. Models kubernetes apiserver/pkg/admission/plugin/resourcequota, except that
 * usage is counted from the objects themselves in the transaction of the write: there is no stale status to wait for, and a quota
 * holds from the moment that it exists. Cost without quotas: one empty range scan.
 */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate(request, context) {
    const { kind, namespace, object } = request;
    if (!object || !namespace || !isCharged(request)) return;
    const quotas = readAll<ResourceQuota>(context, RESOURCE_QUOTAS, namespace);
    if (quotas.length === 0) return;
    const concerned = quotas.filter((quota) => {
      const names = limitsOn(kind, quota.spec.hard ?? {});
      if (names.length === 0 || !inScope(quota, kind, object)) return false;
      const fault = concerns(request, PODS) ? unspecified(object as Pod, names) : undefined;
      if (fault) throw refuse(request, `failed quota: ${quota.metadata.name}: ${fault}`);
      return true;
    });
    if (concerned.length === 0) return;
    const asked = increase(request, kind, usageOf(kind, object, context.tx.nowMs), context.tx.nowMs);
    for (const quota of concerned) charge(request, context, quota, asked);
  },
};
