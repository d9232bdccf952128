import type { Container, Pod, PodSpec, Toleration } from '../../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid } from '../../../kernel/field-error.ts';
import { equal, type Json } from '../../../kernel/json.ts';
import type { Faults } from '../../faults.ts';

const UPDATABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** Both come from stored or decoded objects. */
const same = (a: unknown, b: unknown): boolean => equal(a as Json | undefined, b as Json | undefined);

function containerCountFaults(spec: PodSpec, previous: PodSpec, out: Faults): boolean {
  for (const field of ['containers', 'initContainers'] as const) {
    if ((spec[field]?.length ?? 0) === (previous[field]?.length ?? 0)) continue;
    out.push(forbidden(`spec.${field}`, `pod updates may not add or remove ${field === 'containers' ? '' : 'init '}containers`));
    return true;
  }
  return false;
}

function deadlineFaults(spec: PodSpec, previous: PodSpec, out: Faults): void {
  const before = previous.activeDeadlineSeconds;
  const after = spec.activeDeadlineSeconds;
  if (before === undefined || before === after) return;
  if (after === undefined) out.push(invalid('spec.activeDeadlineSeconds', null, 'must not update from a positive integer to nil value'));
  else if (after > before) out.push(invalid('spec.activeDeadlineSeconds', after, 'must be less than or equal to previous value'));
}

/** Tolerations may be added, and a toleration's seconds changed. */
function tolerationsGrow(after: readonly Toleration[] = [], before: readonly Toleration[] = []): boolean {
  const bare = ({ tolerationSeconds: _, ...rest }: Toleration) => rest;
  return before.every((old) =>
    after.some((candidate) => same(candidate, old) || (old.effect === 'NoExecute' && same(bare(candidate), bare(old)))),
  );
}

/** The spec as it would be, had only what may change been changed. */
function withAllowedChanges(spec: PodSpec, previous: PodSpec): PodSpec {
  const images = (containers: readonly Container[] | undefined, from: readonly Container[] | undefined) =>
    containers?.map((container, i) => ({ ...container, ...(from?.[i]?.image !== undefined && { image: from[i].image }) }));
  const wasGated = (previous.schedulingGates?.length ?? 0) > 0;
  const isGraceSet = (previous.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const free: (keyof PodSpec)[] = [
    'activeDeadlineSeconds',
    'tolerations',
    'schedulingGates',
    ...(isGraceSet ? (['terminationGracePeriodSeconds'] as const) : []),
    // A pod that was still gated may be told more narrowly where to go.
    ...(wasGated ? (['nodeSelector', 'affinity'] as const) : []),
  ];
  const fixed = Object.entries(spec).filter(([field]) => !free.includes(field as keyof PodSpec));
  const restored = free.filter((field) => previous[field] !== undefined).map((field) => [field, previous[field]]);
  return {
    ...Object.fromEntries([...fixed, ...restored]),
    containers: images(spec.containers, previous.containers) ?? [],
    ...(spec.initContainers && { initContainers: images(spec.initContainers, previous.initContainers) ?? [] }),
  };
}

/** The fields that differ, one per line, as values before and after. */
function difference(after: PodSpec, before: PodSpec): string {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof PodSpec>;
  return [...names]
    .filter((name) => !same(after[name], before[name]))
    .flatMap((name) => [`- ${name}: ${JSON.stringify(before[name])}`, `+ ${name}: ${JSON.stringify(after[name])}`])
    .join('\n');
}

/**
 * Faults of a change to a pod: images, deadline, more tolerations, fewer scheduling gates and nothing else (the node is set through
 * the subresource "binding"). Models kubernetes ValidatePodUpdate.
 */
export function podUpdateFaults({ spec }: Pod, { spec: previous }: Pod): readonly FieldError[] {
  const out: FieldError[] = [];
  if (spec === previous || containerCountFaults(spec, previous, out)) return out;
  deadlineFaults(spec, previous, out);
  if (!tolerationsGrow(spec.tolerations, previous.tolerations))
    out.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  const gates = new Set(previous.schedulingGates?.map(({ name }) => name));
  spec.schedulingGates?.forEach(({ name }, i) => {
    if (!gates.has(name))
      out.push(forbidden(`spec.schedulingGates[${i}]`, `only deletion is allowed, but found new scheduling gate '${name}'`));
  });
  const munged = withAllowedChanges(spec, previous);
  if (!same(munged, previous)) out.push(forbidden('spec', `${UPDATABLE}\n${difference(munged, previous)}`));
  return out;
}
