import type { PersistentVolumeClaim, Pod, ResourceQuota, Service } from '../../../../gen/kubernetes-types.ts';
import type { Reader } from '../../../kernel/store.ts';
import { collectionOf } from '../../kind.ts';
import type { KubeObject } from '../../object.ts';
import { addQuantities, compareQuantities, formatQuantity, type Quantity, wholeQuantity } from '../../quantity.ts';
import { qualified } from '../../status.ts';
import { type Amounts, podAmounts, quantityOf, type ResourceList } from '../pod-amounts.ts';
import { CLAIMS, core, PODS, type Resource, SERVICES } from '../read.ts';
import { inScope, isScoped } from './scopes.ts';

// Models kubernetes pkg/quota/v1/evaluator/core.

const ONE = wholeQuantity(1, 'decimal');
const NOTHING = wholeQuantity(0, 'decimal');
const COUNT = 'count/';
const OF_STORAGE_CLASS = '.storageclass.storage.k8s.io/';

/** Kinds that quotas count under their plain name, from the time before `count/`. */
const PLAIN: ReadonlyMap<string, Resource> = new Map(
  ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets', 'services', 'persistentvolumeclaims', 'pods'].map((name) => [
    name,
    core(name),
  ]),
);

const same = (a: Resource, b: Resource): boolean => a.resource === b.resource && a.group === b.group;

/** The resource whose objects use up what a quota limits under this name. */
export function countedBy(name: string): Resource {
  if (name.startsWith(COUNT)) {
    const [resource = '', ...group] = name.slice(COUNT.length).split('.');
    return { group: group.join('.'), resource };
  }
  if (name === 'requests.storage' || name.includes(OF_STORAGE_CLASS)) return CLAIMS;
  if (name.startsWith('services.')) return SERVICES;
  return PLAIN.get(name) ?? PODS;
}

/** The names of a quota's hard limits that objects of this resource use up. */
export const limitsOn = (resource: Resource, hard: ResourceList): string[] =>
  Object.keys(hard).filter((name) => same(countedBy(name), resource));

/** Amounts that containers, or pods as a whole, use of a quota. */
export function computeUsage(requests: Amounts, limits: Amounts): Map<string, Quantity> {
  const usage = new Map<string, Quantity>();
  for (const [name, amount] of requests) {
    const isNative = name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-');
    if (isNative) usage.set(name, amount);
    if (isNative || name.includes('/')) usage.set(`requests.${name}`, amount);
  }
  for (const name of ['cpu', 'memory', 'ephemeral-storage']) {
    const amount = limits.get(name);
    if (amount) usage.set(`limits.${name}`, amount);
  }
  return usage;
}

/** Whether a pod still takes up its share: it is not over, and not past the end of its deletion. */
function isLive({ metadata, status }: Pod, nowMs: number): boolean {
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000;
}

const podUsages = new WeakMap<Pod['spec'], Amounts>();

/** Computed once per spec: a quota is checked against all pods of its namespace, again and again. */
function podUsage(pod: Pod, nowMs: number): Amounts {
  if (!isLive(pod, nowMs)) return new Map([[`${COUNT}pods`, ONE]]);
  const known = podUsages.get(pod.spec);
  if (known) return known;
  const of = (field: 'requests' | 'limits') => podAmounts(pod.spec, field, { overhead: true });
  const usage = computeUsage(of('requests'), of('limits')).set('pods', ONE).set(`${COUNT}pods`, ONE);
  podUsages.set(pod.spec, usage);
  return usage;
}

function serviceUsage({ spec }: Service): [string, Quantity][] {
  const ports = spec.ports ?? [];
  const whole = (value: number) => wholeQuantity(value, 'decimal');
  if (spec.type === 'NodePort') return [['services.nodeports', whole(ports.length)]];
  if (spec.type !== 'LoadBalancer') return [];
  const counted = spec.allocateLoadBalancerNodePorts === false ? ports.filter(({ nodePort }) => nodePort) : ports;
  return [
    ['services.nodeports', whole(counted.length)],
    ['services.loadbalancers', ONE],
  ];
}

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): [string, Quantity][] {
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName;
  const prefix = className ? `${className}${OF_STORAGE_CLASS}` : undefined;
  const usage: [string, Quantity][] = prefix ? [[`${prefix}persistentvolumeclaims`, ONE]] : [];
  const requested = spec.resources?.requests?.storage;
  if (requested === undefined) return usage;
  const [asked, allocated] = [quantityOf(requested), quantityOf(status?.allocatedResources?.storage)];
  // While a volume grows, the larger size counts.
  const storage = compareQuantities(asked, allocated) < 0 ? allocated : asked;
  usage.push(['requests.storage', storage]);
  if (prefix) usage.push([`${prefix}requests.storage`, storage]);
  return usage;
}

/** What one object uses up, under the names of quotas. */
export function usageOf(resource: Resource, object: KubeObject, nowMs: number): Amounts {
  if (same(resource, PODS)) return podUsage(object as Pod, nowMs);
  const usage = new Map([[`${COUNT}${qualified(resource)}`, ONE]]);
  if (resource.group === '' && PLAIN.has(resource.resource)) usage.set(resource.resource, ONE);
  if (same(resource, SERVICES)) for (const [name, amount] of serviceUsage(object as Service)) usage.set(name, amount);
  if (same(resource, CLAIMS)) for (const [name, amount] of claimUsage(object as PersistentVolumeClaim)) usage.set(name, amount);
  return usage;
}

/** Names that each object uses up once, whatever it holds. */
const isPlainCount = (name: string): boolean => name.startsWith(COUNT) || (PLAIN.has(name) && name !== PODS.resource);

/** Where objects are read from. */
export interface QuotaSource {
  readonly tx: Reader & { readonly nowMs: number };
  readonly scope: string;
}

/** What the namespace's objects of one resource use of these limits. Cost: O(objects of that resource in the namespace). */
export function usedOf({ tx, scope }: QuotaSource, quota: ResourceQuota, resource: Resource, names: readonly string[]): Amounts {
  const entries = tx.list<KubeObject>(collectionOf(resource, scope), { prefix: `${quota.metadata.namespace}/` });
  const scoped = isScoped(quota);
  if (!scoped && names.every(isPlainCount)) {
    const count = wholeQuantity(entries.length, 'decimal');
    return new Map(names.map((name) => [name, count]));
  }
  const sums = names.map(() => NOTHING);
  for (const { value } of entries) {
    if (scoped && !inScope(quota, resource, value)) continue;
    const usage = usageOf(resource, value, tx.nowMs);
    names.forEach((name, i) => {
      const amount = usage.get(name);
      if (amount) sums[i] = addQuantities(sums[i] ?? NOTHING, amount);
    });
  }
  return new Map(names.map((name, i) => [name, sums[i] ?? NOTHING]));
}

/** status.used of a quota as its namespace stands: for the controller that keeps it up to date. */
export function quotaUsed(source: QuotaSource, quota: ResourceQuota): ResourceList {
  const hard = quota.spec.hard ?? {};
  const used: { [name: string]: string } = {};
  const names = Object.keys(hard);
  const resources = new Map(names.map((name) => [qualified(countedBy(name)), countedBy(name)]));
  for (const resource of resources.values()) {
    const counted = limitsOn(resource, hard);
    const amounts = usedOf(source, quota, resource, counted);
    for (const name of counted) used[name] = formatQuantity(amounts.get(name) ?? NOTHING);
  }
  return Object.fromEntries(names.map((name) => [name, used[name] ?? '0']));
}
