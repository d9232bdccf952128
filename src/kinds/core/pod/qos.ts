import type { Pod } from '../../../../gen/kubernetes-types.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Amounts = { readonly [resource: string]: string } | undefined;

const NAMES = ['cpu', 'memory'] as const;
/** Decoded quantities are canonical, so that zero is written without another digit. */
const isSet = (amount: string | undefined): amount is string => amount !== undefined && /[1-9]/.test(amount);
const some = (amounts: Amounts): boolean => NAMES.some((name) => isSet(amounts?.[name]));

/** Quality of service of a pod, by the CPU and memory that its containers (or the pod as a whole) ask for and are limited to. */
export function qosClass(pod: Pod): QosClass {
  const { containers, initContainers = [], resources } = pod.spec;
  const all = resources ? [resources] : [...containers, ...initContainers].map((container) => container.resources ?? {});
  if (!all.some(({ requests, limits }) => some(requests) || some(limits))) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) => NAMES.every((name) => isSet(limits?.[name]) && requests?.[name] === limits[name]));
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
