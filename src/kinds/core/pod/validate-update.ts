import type { Affinity, Container, NodeAffinity, NodeSelectorTerm, Pod, PodSpec, Toleration } from '../../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../../kernel/field-error.ts';
import { equal, type Json } from '../../../kernel/json.ts';
import type { Faults } from '../../faults.ts';
import { internalDiff, internalForm } from '../../internal-form.ts';

// Models kubernetes pkg/apis/core/validation ValidatePodUpdate.

const UPDATABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const MAX_INT32 = 2_147_483_647;
/** Annotations that say what a pod is, or was made with. */
const FIXED_ANNOTATIONS = [
  { prefix: 'container.apparmor.security.beta.kubernetes.io/', what: 'AppArmor annotations' },
  { prefix: 'kubernetes.io/config.mirror', what: 'mirror pod annotation' },
];

/** Both come from stored or decoded objects. */
const same = (a: unknown, b: unknown): boolean => equal(a as Json | undefined, b as Json | undefined);

/** Faults of a change of annotations, also of one that comes with a status. */
export function annotationFaults({ metadata }: Pod, { metadata: previous }: Pod, out: Faults): void {
  const { annotations: after = {} } = metadata;
  const { annotations: before = {} } = previous;
  if (after === before) return;
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const fixed = FIXED_ANNOTATIONS.find(({ prefix }) => key.startsWith(prefix));
    if (fixed && after[key] !== before[key])
      out.push(forbidden(`metadata.annotations[${key}]`, `may not ${key in before ? 'remove or update' : 'add'} ${fixed.what}`));
  }
}

/** Faults of containers that only change their images; false where others are there than before. */
function imageFaults(field: 'containers' | 'initContainers', spec: PodSpec, previous: PodSpec, out: Faults): boolean {
  const containers: readonly Container[] = spec[field] ?? [];
  if (containers.length !== (previous[field]?.length ?? 0)) {
    out.push(forbidden(`spec.${field}`, 'pod updates may not add or remove containers'));
    return false;
  }
  containers.forEach(({ image = '' }, i) => {
    const at = `spec.${field}[${i}].image`;
    if (image === '') out.push(required(at));
    else if (image.trim() !== image) out.push(invalid(at, image, 'must not have leading or trailing whitespace'));
  });
  return true;
}

/** A deadline may come, and come nearer; false where nothing else is looked at. */
function deadlineFaults({ activeDeadlineSeconds: after }: PodSpec, { activeDeadlineSeconds: before }: PodSpec, out: Faults): boolean {
  const at = 'spec.activeDeadlineSeconds';
  if (after === undefined) {
    if (before !== undefined) out.push(invalid(at, null, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (after < 0 || after > MAX_INT32) out.push(invalid(at, after, `must be between 0 and ${MAX_INT32}, inclusive`));
  else if (before !== undefined && before < after) out.push(invalid(at, after, 'must be less than or equal to previous value'));
  else return true;
  return false;
}

/** Tolerations may be added, and a toleration's seconds changed. */
function tolerationsGrow(after: readonly Toleration[] = [], before: readonly Toleration[] = []): boolean {
  const bare = ({ tolerationSeconds: _, ...rest }: Toleration) => rest;
  return before.every((old) => after.some((candidate) => same(bare(candidate), bare(old))));
}

function gateFaults({ schedulingGates: after }: PodSpec, { schedulingGates: before }: PodSpec, out: Faults): void {
  const gates = new Set(before?.map(({ name }) => name));
  after?.forEach(({ name }, i) => {
    if (!gates.has(name))
      out.push(forbidden(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${name}'`));
  });
}

function termOnlyGrows(after: NodeSelectorTerm, before: NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const;
  const isEmpty = (term: NodeSelectorTerm): boolean => parts.every((part) => !term[part]?.length);
  if (isEmpty(before)) return isEmpty(after);
  return parts.every((part) => same(after[part]?.slice(0, before[part]?.length ?? 0) ?? [], before[part] ?? []));
}

/** Where a pod that was still gated may go: more narrowly than before. */
function nodeAffinityFaults(after: NodeAffinity | undefined, before: NodeAffinity | undefined, out: Faults): void {
  const at = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';
  const old = before?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const terms = after?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const shown = (term: NodeSelectorTerm): Json => internalForm('core.NodeSelectorTerm', term);
  if (old.length > 0 && old.length !== (terms?.length ?? 0))
    return void out.push(invalid(at, terms?.map(shown) ?? null, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'));
  old.forEach((term, i) => {
    const changed = terms?.[i] ?? {};
    if (!termOnlyGrows(changed, term))
      out.push(invalid(`${at}[${i}]`, shown(changed), 'only additions are allowed (no mutations or deletions)'));
  });
}

/** The affinity with the node affinity that was there before. */
function withNodeAffinity(affinity: Affinity | undefined, before: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _, ...others } = affinity ?? {};
  const nodeAffinity = before?.nodeAffinity;
  if (!before && Object.keys(others).length === 0) return undefined;
  return nodeAffinity ? { nodeAffinity, ...others } : affinity && others;
}

/** The changes that only gated pods may have; the spec without them. */
function withoutGatedChanges(spec: PodSpec, previous: PodSpec, out: Faults): PodSpec {
  if (!previous.schedulingGates?.length) return spec;
  const { nodeSelector: after = {}, affinity, ...rest } = spec;
  const { nodeSelector: before = {} } = previous;
  if (Object.entries(before).some(([key, value]) => after[key] !== value))
    out.push(
      invalid(
        'spec.nodeSelector',
        spec.nodeSelector ?? null,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ),
    );
  const isNarrowed = !same(affinity?.nodeAffinity, previous.affinity?.nodeAffinity);
  if (isNarrowed) nodeAffinityFaults(affinity?.nodeAffinity, previous.affinity?.nodeAffinity, out);
  const kept = isNarrowed ? withNodeAffinity(affinity, previous.affinity) : affinity;
  return { ...rest, ...(previous.nodeSelector && { nodeSelector: before }), ...(kept && { affinity: kept }) };
}

/** The spec as it would be, had only what every pod may change been left alone. */
function withoutAllowedChanges(spec: PodSpec, previous: PodSpec): PodSpec {
  const images = (containers: readonly Container[] | undefined, from: readonly Container[] | undefined) =>
    containers?.map(({ image: _, ...container }, i) => ({ ...container, ...(from?.[i]?.image !== undefined && { image: from[i].image }) }));
  const isGraceSet = (previous.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1;
  const free: readonly (keyof PodSpec)[] = [
    'activeDeadlineSeconds',
    'tolerations',
    'schedulingGates',
    ...(isGraceSet ? (['terminationGracePeriodSeconds'] as const) : []),
  ];
  const fixed = Object.entries(spec).filter(([field]) => !free.includes(field as keyof PodSpec));
  const restored = free.filter((field) => previous[field] !== undefined).map((field) => [field, previous[field]]);
  return {
    ...Object.fromEntries([...fixed, ...restored]),
    containers: images(spec.containers, previous.containers) ?? [],
    ...(spec.initContainers && { initContainers: images(spec.initContainers, previous.initContainers) ?? [] }),
  };
}

/**
 * Faults of a change to a pod: images, deadline, more tolerations, fewer scheduling gates and nothing else (the node is set through
 * the subresource "binding"); one that is still gated may be told more narrowly where to go.
 */
export function podUpdateFaults(pod: Pod, old: Pod): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec } = pod;
  const { spec: previous } = old;
  annotationFaults(pod, old, out);
  if (spec === previous) return out;
  if (!imageFaults('containers', spec, previous, out) || !imageFaults('initContainers', spec, previous, out)) return out;
  if (!deadlineFaults(spec, previous, out)) return out;
  if (!tolerationsGrow(spec.tolerations, previous.tolerations))
    out.push(forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'));
  gateFaults(spec, previous, out);
  const rest = withoutGatedChanges(withoutAllowedChanges(spec, previous), previous, out);
  const difference = same(rest, previous) ? '' : internalDiff('core.PodSpec', previous, rest);
  if (difference) out.push(forbidden('spec', `${UPDATABLE}\n${difference}`));
  return out;
}
