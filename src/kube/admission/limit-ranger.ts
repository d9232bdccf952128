import type { Container, LimitRange, LimitRangeItem, PodSpec } from '../../../gen/kubernetes-types.ts';
import { isObject } from '../../kernel/json.ts';
import type { KubeObject } from '../object.ts';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from '../quantity.ts';
import { forbidden } from '../status.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { asPod, isPod, mapContainers, withSpec } from './pod.ts';
import { listAll } from './store.ts';

type Amounts = { readonly [resource: string]: string | number };

const ANNOTATION = 'kubernetes.io/limit-ranger';

/** Gives containers the limits and requests of the namespace's ranges, and refuses what lies outside. Models plugin/pkg/admission/limitranger. */
export const limitRanger: AdmissionPlugin = {
  name: 'LimitRanger',
  mutate({ operation, kind, subresource, namespace = '', object }, { tx, scope }) {
    if (operation !== 'CREATE' || subresource !== '' || !isPod(kind)) return object;
    const ranges = listAll(tx, scope, 'core/limitranges', namespace) as unknown as LimitRange[]; // the collection holds them
    return ranges.reduce((current, range) => withDefaults(current, range), object);
  },
  validate({ operation, kind, subresource, namespace = '', name, object }, { tx, scope }) {
    if (!object || subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return;
    const isClaim = kind.resource === 'persistentvolumeclaims' && kind.group === '';
    if (!isClaim && !(isPod(kind) && operation === 'CREATE')) return;
    const ranges = listAll(tx, scope, 'core/limitranges', namespace) as unknown as LimitRange[];
    const faults = ranges.flatMap(({ spec }) => (spec?.limits ?? []).flatMap((item) => faultsOf(item, object, isClaim)));
    if (faults.length > 0) throw forbidden(kind, name, faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`);
  },
};

function withDefaults(object: KubeObject, range: LimitRange): KubeObject {
  const item = range.spec?.limits.find(({ type }) => type === 'Container');
  if (!item) return object;
  const notes: string[] = [];
  const { spec } = asPod(object);
  const next = mapContainers(spec, (container) => defaulted(container, item, spec.initContainers?.includes(container) === true, notes));
  if (next === spec) return object;
  const earlier = object.metadata.annotations?.[ANNOTATION];
  const text = `LimitRanger plugin set: ${notes.join('; ')}`;
  const annotations = { ...object.metadata.annotations, [ANNOTATION]: earlier ? `${earlier}; ${text}` : text };
  return withSpec({ ...object, metadata: { ...object.metadata, annotations } }, next);
}

function defaulted(container: Container, item: LimitRangeItem, isInit: boolean, notes: string[]): Container {
  const { limits = {}, requests = {} } = container.resources ?? {};
  const missing = (wanted: Amounts | undefined, present: Amounts) =>
    Object.entries(wanted ?? {}).filter(([resource]) => !(resource in present));
  const addedLimits = missing(item.default, limits);
  const addedRequests = missing(item.defaultRequest, requests).filter(
    ([resource]) => !(resource in limits) || resource in (item.defaultRequest ?? {}),
  );
  if (addedLimits.length === 0 && addedRequests.length === 0) return container;
  const who = `${isInit ? 'init container' : 'container'} ${container.name}`;
  const names = (entries: readonly (readonly [string, unknown])[]) =>
    entries
      .map(([resource]) => resource)
      .sort()
      .join(', ');
  if (addedRequests.length > 0) notes.push(`${names(addedRequests)} request for ${who}`);
  if (addedLimits.length > 0) notes.push(`${names(addedLimits)} limit for ${who}`);
  const all = {
    limits: { ...limits, ...Object.fromEntries(addedLimits) },
    requests: { ...requests, ...Object.fromEntries(addedRequests) },
  };
  const filled = Object.fromEntries(Object.entries(all).filter(([, amounts]) => Object.keys(amounts).length > 0));
  const resources = { ...container.resources, ...filled };
  return { ...container, resources };
}

function faultsOf(item: LimitRangeItem, object: KubeObject, isClaim: boolean): string[] {
  if (isClaim) {
    const spec = isObject(object.spec) ? object.spec : {};
    const resources = isObject(spec.resources) && isObject(spec.resources.requests) ? spec.resources.requests : {};
    return item.type === 'PersistentVolumeClaim' ? boundsFaults(item, resources as Amounts, {}) : [];
  }
  const { spec } = asPod(object);
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  if (item.type === 'Container') {
    return containers.flatMap(({ resources }) => [
      ...boundsFaults(item, resources?.requests ?? {}, resources?.limits ?? {}),
      ...ratioFaults(item, resources?.requests ?? {}, resources?.limits ?? {}),
    ]);
  }
  return item.type === 'Pod' ? boundsFaults(item, total(spec, 'requests'), total(spec, 'limits')) : [];
}

function total(spec: PodSpec, which: 'requests' | 'limits'): Amounts {
  const sum: Record<string, string> = {};
  for (const { resources } of spec.containers) {
    for (const [resource, amount] of Object.entries(resources?.[which] ?? {})) {
      const more = quantity(amount);
      sum[resource] = formatQuantity(sum[resource] === undefined ? more : addQuantities(quantity(sum[resource]), more));
    }
  }
  return sum;
}

const quantity = (text: string | number): Quantity => parseQuantity(text).value ?? { nano: 0n, format: 'decimal' };

function boundsFaults({ type, min, max }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  const faults: string[] = [];
  for (const [resource, bound] of Object.entries(min ?? {})) {
    const own = requests[resource];
    if (own === undefined) faults.push(`minimum ${resource} usage per ${type} is ${bound}.  No request is specified`);
    else if (compareQuantities(quantity(own), quantity(bound)) < 0) {
      faults.push(`minimum ${resource} usage per ${type} is ${bound}, but request is ${own}`);
    }
  }
  for (const [resource, bound] of Object.entries(max ?? {})) {
    const own = limits[resource] ?? (type === 'PersistentVolumeClaim' ? requests[resource] : undefined);
    const what = limits[resource] === undefined ? 'request' : 'limit';
    if (own === undefined) faults.push(`maximum ${resource} usage per ${type} is ${bound}.  No limit is specified`);
    else if (compareQuantities(quantity(own), quantity(bound)) > 0) {
      faults.push(`maximum ${resource} usage per ${type} is ${bound}, but ${what} is ${own}`);
    }
  }
  return faults;
}

function ratioFaults({ type, maxLimitRequestRatio }: LimitRangeItem, requests: Amounts, limits: Amounts): string[] {
  return Object.entries(maxLimitRequestRatio ?? {}).flatMap(([resource, bound]) => {
    const [request, limit] = [requests[resource], limits[resource]];
    if (request === undefined || limit === undefined)
      return [`${resource} max limit to request ratio per ${type} is ${bound}, but no request or limit is specified`];
    const ratio = Number(quantity(limit).nano) / Number(quantity(request).nano);
    if (ratio <= Number(quantity(bound).nano) / 1e9) return [];
    return [`${resource} max limit to request ratio per ${type} is ${bound}, but provided ratio is ${ratio.toFixed(6)}`];
  });
}
