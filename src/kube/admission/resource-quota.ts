import type { Pod, ResourceQuota } from '../../../gen/kubernetes-types.ts';
import { isObject, type Json } from '../../kernel/json.ts';
import { collectionName, type Reader } from '../../kernel/store.ts';
import { type Kind, kindClass } from '../kind.ts';
import type { KubeObject } from '../object.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../quantity.ts';
import { forbidden } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { isPod } from './pod.ts';
import { listAll } from './store.ts';

/** Amounts by quota resource ("requests.cpu", "count/deployments.apps"). */
export type Usage = { readonly [resource: string]: Quantity };

const NOTHING: Quantity = { nano: 0n, format: 'decimal' };
const ONE: Quantity = { nano: 1_000_000_000n, format: 'decimal' };
const quantity = (text: string | number): Quantity => parseQuantity(text).value ?? NOTHING;

/** Refuses what would exceed a quota of its namespace. Usage is counted from the store, never stale. Models plugin/resourcequota. */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  validate({ operation, kind, subresource, namespace, name, object, previous }, { tx, scope }) {
    if (!object || !namespace || subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
    const quotas = listAll(tx, scope, 'core/resourcequotas', namespace) as unknown as ResourceQuota[]; // the collection holds them
    for (const quota of quotas) {
      const hard = quota.spec?.hard ?? {};
      if (!inScope(quota, object, kind)) continue;
      const asked = increase(usageOf(kind, object), previous && usageOf(kind, previous));
      requireAmounts(quota, hard, kind, object, name);
      const limited = Object.keys(asked).filter((resource) => resource in hard && (asked[resource] ?? NOTHING).nano > 0n);
      if (limited.length === 0) continue;
      const used = quotaUsage(tx, scope, quota);
      const over = limited.filter((resource) => {
        const sum = addQuantities(used[resource] ?? NOTHING, asked[resource] ?? NOTHING);
        return compareQuantities(sum, quantity(hard[resource] ?? '0')) > 0;
      });
      if (over.length > 0) throw forbidden(kind, name, exceeded(quota, over.sort(), asked, used, hard));
    }
  },
};

function exceeded(
  quota: ResourceQuota,
  over: readonly string[],
  asked: Usage,
  used: Usage,
  hard: { readonly [resource: string]: string | number },
): string {
  const show = (amount: (resource: string) => string) => over.map((resource) => `${resource}=${amount(resource)}`).join(',');
  const of = (usage: Usage) => show((resource) => formatQuantity(usage[resource] ?? NOTHING));
  return `exceeded quota: ${quota.metadata.name}, requested: ${of(asked)}, used: ${of(used)}, limited: ${show((resource) => String(hard[resource]))}`;
}

function increase(after: Usage, before: Usage | undefined): Usage {
  if (!before) return after;
  const entries = Object.entries(after).map(([resource, amount]) => [
    resource,
    { ...amount, nano: amount.nano - (before[resource]?.nano ?? 0n) },
  ]);
  return Object.fromEntries(entries) as Usage; // entries of quantities
}

const COMPUTE: ReadonlySet<string> = new Set(['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);

/** Where a quota limits compute, every container must say what it takes. */
function requireAmounts(quota: ResourceQuota, hard: object, kind: Kind, object: KubeObject, name: string): void {
  if (!isPod(kind)) return;
  const { spec } = object as unknown as Pod;
  const lacking = Object.keys(hard).filter((resource) => {
    if (!COMPUTE.has(resource)) return false;
    const [which = '', item = which] = resource.split('.');
    const field = which === 'limits' ? 'limits' : 'requests';
    return spec.containers.some(({ resources }) => resources?.[field]?.[item] === undefined);
  });
  if (lacking.length === 0) return;
  const parts = lacking.sort().map((resource) => {
    const [which = '', item = which] = resource.split('.');
    const field = which === 'limits' ? 'limits' : 'requests';
    const names = spec.containers.filter(({ resources }) => resources?.[field]?.[item] === undefined).map((container) => container.name);
    return `${resource} for: ${names.join(',')}`;
  });
  throw forbidden(kind, name, `failed quota: ${quota.metadata.name}: must specify ${parts.join('; ')}`);
}

/** What is used of a quota's hard limits in its namespace. For admission and for the controller that shows it in status. */
export function quotaUsage(reader: Reader, scope: string, quota: ResourceQuota): Usage {
  const namespace = quota.metadata.namespace ?? '';
  const sum: Record<string, Quantity> = {};
  for (const kind of countedKinds(Object.keys(quota.spec?.hard ?? {}))) {
    for (const { value } of reader.list<KubeObject>(collectionName(kindClass(kind), scope), { prefix: `${namespace}/` })) {
      if (!inScope(quota, value, kind)) continue;
      for (const [resource, amount] of Object.entries(usageOf(kind, value)))
        sum[resource] = addQuantities(sum[resource] ?? NOTHING, amount);
    }
  }
  return Object.fromEntries(Object.keys(quota.spec?.hard ?? {}).map((resource) => [resource, sum[resource] ?? NOTHING]));
}

type Counted = Pick<Kind, 'group' | 'resource'>;

/** Names under which core kinds are counted besides `count/…`. */
const PLAIN: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
]);

function countedKinds(resources: readonly string[]): Counted[] {
  const names = resources.map((resource) => {
    if (resource.startsWith('count/')) return resource.slice('count/'.length);
    if (resource.startsWith('services.')) return 'services';
    if (resource.includes('storage') && !resource.includes('ephemeral')) return 'persistentvolumeclaims';
    return PLAIN.has(resource) ? resource : 'pods';
  });
  return [...new Set(names)].map((name) => {
    const dot = name.indexOf('.');
    return dot < 0 ? { group: '', resource: name } : { group: name.slice(dot + 1), resource: name.slice(0, dot) };
  });
}

/** What one object takes up. A finished pod takes up only its place among the objects. */
function usageOf(kind: Counted, object: KubeObject): Usage {
  const count = `count/${kind.group ? `${kind.resource}.${kind.group}` : kind.resource}`;
  const usage: Record<string, Quantity> = { [count]: ONE };
  if (kind.group !== '') return usage;
  if (kind.resource === 'pods') return { ...usage, ...podUsage(object as unknown as Pod) };
  if (PLAIN.has(kind.resource)) usage[kind.resource] = ONE;
  const spec = isObject(object.spec) ? object.spec : {};
  if (kind.resource === 'services') {
    const ports = Array.isArray(spec.ports) ? spec.ports.length : 0;
    if (spec.type === 'LoadBalancer') usage['services.loadbalancers'] = ONE;
    if (spec.type === 'NodePort' || spec.type === 'LoadBalancer') usage['services.nodeports'] = quantity(ports);
  }
  if (kind.resource === 'persistentvolumeclaims') {
    const requests = isObject(spec.resources) && isObject(spec.resources.requests) ? spec.resources.requests : {};
    const storage = quantity(textOf(requests.storage));
    usage['requests.storage'] = storage;
    if (typeof spec.storageClassName === 'string') {
      const prefix = `${spec.storageClassName}.storageclass.storage.k8s.io/`;
      usage[`${prefix}requests.storage`] = storage;
      usage[`${prefix}persistentvolumeclaims`] = ONE;
    }
  }
  return usage;
}

const textOf = (value: Json | undefined): string | number => (typeof value === 'string' || typeof value === 'number' ? value : 0);

function podUsage(pod: Pod): Usage {
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return {};
  const usage: Record<string, Quantity> = { pods: ONE };
  const add = (resource: string, amount: Quantity) => {
    usage[resource] = addQuantities(usage[resource] ?? NOTHING, amount);
  };
  for (const { resources } of pod.spec.containers) {
    for (const [name, amount] of Object.entries(resources?.requests ?? {})) {
      add(`requests.${name}`, quantity(amount));
      if (!name.includes('/')) add(name, quantity(amount));
    }
    for (const [name, amount] of Object.entries(resources?.limits ?? {})) add(`limits.${name}`, quantity(amount));
  }
  return usage;
}

/** Whether a quota with scopes concerns this object: only pods have scopes. */
function inScope(quota: ResourceQuota, object: KubeObject, kind: Counted): boolean {
  const scopes = quota.spec?.scopes ?? [];
  const selectors = quota.spec?.scopeSelector?.matchExpressions ?? [];
  if (scopes.length === 0 && selectors.length === 0) return true;
  if (kind.group !== '' || kind.resource !== 'pods') return false;
  const pod = object as unknown as Pod;
  return [...scopes.map((scopeName) => ({ scopeName, operator: 'Exists', values: [] as readonly string[] })), ...selectors].every((term) =>
    podInScope(pod, term.scopeName, term.operator, term.values ?? []),
  );
}

function podInScope({ spec, status }: Pod, scope: string, operator: string, values: readonly string[]): boolean {
  switch (scope) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(spec, status);
    case 'NotBestEffort':
      return !isBestEffort(spec, status);
    case 'PriorityClass': {
      const name = spec.priorityClassName ?? '';
      if (operator === 'Exists') return name !== '';
      if (operator === 'DoesNotExist') return name === '';
      return values.includes(name) === (operator === 'In');
    }
    default:
      return false;
  }
}

const isBestEffort = (spec: Pod['spec'], status: Pod['status']): boolean =>
  status?.qosClass
    ? status.qosClass === 'BestEffort'
    : spec.containers.every(
        ({ resources }) => Object.keys(resources?.requests ?? {}).length + Object.keys(resources?.limits ?? {}).length === 0,
      );
