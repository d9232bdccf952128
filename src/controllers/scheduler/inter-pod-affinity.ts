import type { Node, Pod, PodAffinityTerm } from '../../../gen/kubernetes-types.ts';
import type { LabelSelector } from '../../kube/selectors/label-selector.ts';
import { selectorOf } from '../selection.ts';
import type { Placement, Plugin } from './plugin.ts';

/** Pods per topology domain, as "key=value". */
type Domains = Map<string, number>;

interface Affinity {
  readonly required: readonly { readonly key: string; readonly domains: Domains }[];
  /** The pod matches all of its own required terms and no other pod does: it may be the first of its group anywhere. */
  readonly first: boolean;
  readonly forbidden: Domains;
  readonly forbiddenByOthers: Domains;
  readonly preferred: Domains;
}

/** Places pods near or away from other pods. Models scheduler plugin InterPodAffinity. */
export const interPodAffinity: Plugin<Affinity> = {
  name: 'InterPodAffinity',
  weight: 2,
  prepare(pod, placement) {
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
    const needs = podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const avoids = podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const forbiddenByOthers = forbiddenBy(pod, placement);
    const preferred = preferences(pod, placement);
    if (needs.length + avoids.length + forbiddenByOthers.size + preferred.size === 0) return undefined;
    const required = needs.map((term) => ({ key: term.topologyKey, domains: domainsOf(pod, placement, term) }));
    const first = required.every(({ domains }) => domains.size === 0) && needs.every((term) => matchesTerm(term, pod, pod, placement));
    const forbidden: Domains = new Map();
    for (const term of avoids) for (const [domain, count] of domainsOf(pod, placement, term)) bump(forbidden, domain, count);
    return { required, first, forbidden, forbiddenByOthers, preferred };
  },
  filter(_, { node }, { required, first, forbidden, forbiddenByOthers }) {
    const missing = required.some(({ key, domains }) => {
      const domain = domainOf(node, key);
      return domain === undefined || (!first && !domains.has(domain));
    });
    if (missing) return { reason: "node(s) didn't match pod affinity rules", resolvable: false };
    const here = Object.entries(node.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
    if (here.some((domain) => forbidden.has(domain))) return { reason: "node(s) didn't match pod anti-affinity rules", resolvable: true };
    if (here.some((domain) => forbiddenByOthers.has(domain)))
      return { reason: "node(s) didn't satisfy existing pods anti-affinity rules", resolvable: true };
    return undefined;
  },
  score: (_, { node }, { preferred }) =>
    Object.entries(node.metadata.labels ?? {}).reduce((total, [key, value]) => total + (preferred.get(`${key}=${value}`) ?? 0), 0),
  normalize(scores) {
    const max = Math.max(...scores);
    const min = Math.min(...scores);
    return scores.map((score) => (max === min ? 0 : Math.floor((100 * (score - min)) / (max - min))));
  },
};

const bump = (domains: Domains, domain: string, by: number): void => void domains.set(domain, (domains.get(domain) ?? 0) + by);

function domainOf(node: Node | undefined, key: string): string | undefined {
  const value = node?.metadata.labels?.[key];
  return value === undefined ? undefined : `${key}=${value}`;
}

/** The selector of a term for a given incoming pod: matchLabelKeys add that pod's own values. */
function termSelector(term: PodAffinityTerm, pod: Pod): LabelSelector {
  const labels = pod.metadata.labels ?? {};
  const keys = (term.matchLabelKeys ?? []).filter((key) => labels[key] !== undefined);
  const avoid = (term.mismatchLabelKeys ?? []).filter((key) => labels[key] !== undefined);
  if (keys.length + avoid.length === 0) return selectorOf(term.labelSelector);
  return selectorOf({
    matchLabels: { ...term.labelSelector?.matchLabels, ...Object.fromEntries(keys.map((key) => [key, labels[key] ?? ''])) },
    matchExpressions: [
      ...(term.labelSelector?.matchExpressions ?? []),
      ...avoid.map((key) => ({ key, operator: 'NotIn', values: [labels[key] ?? ''] })),
    ],
  });
}

function namespacesOf(term: PodAffinityTerm, pod: Pod, placement: Placement): readonly string[] | '*' {
  const { namespaces = [], namespaceSelector } = term;
  if (!namespaceSelector) return namespaces.length ? namespaces : [pod.metadata.namespace ?? ''];
  const selector = selectorOf(namespaceSelector);
  if (selector.requirements.length === 0) return '*';
  return [...new Set([...namespaces, ...placement.namespaces(selector)])];
}

/** Whether `other` is among the pods that a term of `pod` speaks of. */
function matchesTerm(term: PodAffinityTerm, pod: Pod, other: Pod, placement: Placement): boolean {
  const namespaces = namespacesOf(term, pod, placement);
  return (
    (namespaces === '*' || namespaces.includes(other.metadata.namespace ?? '')) && termSelector(term, pod).matches(other.metadata.labels)
  );
}

function domainsOf(pod: Pod, placement: Placement, term: PodAffinityTerm): Domains {
  const domains: Domains = new Map();
  for (const other of placement.matching(namespacesOf(term, pod, placement), termSelector(term, pod))) {
    const domain = domainOf(placement.nodeOf(other), term.topologyKey);
    if (domain !== undefined) bump(domains, domain, 1);
  }
  return domains;
}

function forbiddenBy(pod: Pod, placement: Placement): Domains {
  const domains: Domains = new Map();
  for (const other of placement.antiAffine)
    for (const term of other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      if (!matchesTerm(term, other, pod, placement)) continue;
      const domain = domainOf(placement.nodeOf(other), term.topologyKey);
      if (domain !== undefined) bump(domains, domain, 1);
    }
  return domains;
}

function preferences(pod: Pod, placement: Placement): Domains {
  const domains: Domains = new Map();
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  const sides = [
    { terms: podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [], sign: 1 },
    { terms: podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [], sign: -1 },
  ];
  for (const { terms, sign } of sides)
    for (const { weight, podAffinityTerm } of terms)
      for (const [domain, count] of domainsOf(pod, placement, podAffinityTerm)) bump(domains, domain, sign * weight * count);
  return domains;
}
