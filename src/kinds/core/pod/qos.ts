import type { Pod } from '../../../../gen/kubernetes-types.ts';
import { quantityOf } from './validate-resources.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Amounts = { readonly [resource: string]: string } | undefined;

const NAMES = ['cpu', 'memory'] as const;
const isSet = (amount: string | undefined): amount is string => amount !== undefined && quantityOf(amount).nano > 0n;
const some = (amounts: Amounts): boolean => NAMES.some((name) => isSet(amounts?.[name]));
const isSame = (a: string | undefined, b: string): boolean => a === b || (a !== undefined && quantityOf(a).nano === quantityOf(b).nano);

/** Quality of service of a pod, by the CPU and memory that its containers (or the pod as a whole) ask for and are limited to. */
export function qosClass(pod: Pod): QosClass {
  const { containers, initContainers = [], resources } = pod.spec;
  const all = resources ? [resources] : [...containers, ...initContainers].map((container) => container.resources ?? {});
  if (!all.some(({ requests, limits }) => some(requests) || some(limits))) return 'BestEffort';
  const guaranteed = all.every(({ requests, limits }) =>
    NAMES.every((name) => isSet(limits?.[name]) && isSame(requests?.[name], limits[name])),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
