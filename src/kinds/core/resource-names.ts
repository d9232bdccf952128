import { invalid } from '../../kernel/field-error.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { type Faults, messages } from '../faults.ts';

// What kubernetes pkg/apis/core/helper knows of resources by their names.

const CONTAINER = ['cpu', 'memory', 'ephemeral-storage'];
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const QUOTA = [...CONTAINER, ...CONTAINER.flatMap((name) => [`requests.${name}`, `limits.${name}`]), 'requests.storage', ...COUNTED];

const containerNames: ReadonlySet<string> = new Set(CONTAINER);
const countedNames: ReadonlySet<string> = new Set(COUNTED);
const quotaNames: ReadonlySet<string> = new Set(QUOTA);

export const isHugePages = (name: string): boolean => name.startsWith('hugepages-');
const isQuotaHugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-');

/** Of Kubernetes itself: without a prefix, or with one of its own. */
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');

/** Devices and other resources that somebody else counts. */
export const isExtended = (name: string): boolean =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;

/** Whether a limit may be above what is requested. */
export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !isHugePages(name);

/** What comes in whole numbers only. */
export const isWhole = (name: string): boolean => countedNames.has(name) || isExtended(name);

export const isQuotaResource = (name: string): boolean => quotaNames.has(name) || isQuotaHugePages(name);

/** Faults of the name of any resource. */
export function resourceNameFaults(path: string, name: string, out: Faults): void {
  const faults = qualifiedName(name);
  messages(path, name, faults, out);
  if (faults.length === 0 && !name.includes('/') && name !== 'storage' && !isQuotaResource(name))
    out.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
}

/** Faults of the name of a resource that containers request. */
export function containerResourceNameFaults(path: string, name: string, out: Faults): void {
  resourceNameFaults(path, name, out);
  if (!name.includes('/')) {
    if (!containerNames.has(name) && !isHugePages(name)) out.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) out.push(invalid(path, name, "doesn't follow extended resource name standard"));
}

/** Faults of the name of a resource that a quota limits. */
export function quotaResourceNameFaults(path: string, name: string, out: Faults): void {
  resourceNameFaults(path, name, out);
  if (!name.includes('/') && !isQuotaResource(name)) out.push(invalid(path, name, 'must be a standard resource for quota'));
}
