import type { Affinity, Container, Job, JobSpec, PodSpec, PodTemplateSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { minorOf } from '../../kube/schema/table.ts';
import { type Faults, fixedSelector, immutable } from '../faults.ts';
import { jobFaults } from './job-validation.ts';

// Models kubernetes pkg/apis/batch/validation ValidateJobUpdate.

/** First minor version in which suspended jobs may be told what their pods need (MutablePodResourcesForSuspendedJobs). */
const RESOURCES_SINCE = 36;

/** What of a job's template may change. */
interface Mutable {
  /** Where its pods go. */
  readonly scheduling: boolean;
  /** What its containers need. */
  readonly resources: boolean;
}

function mutableOf({ spec, status }: Job, version: string): Mutable {
  const isNew = minorOf(version) >= RESOURCES_SINCE;
  const isIdle = status?.startTime === undefined;
  const isStopped = status?.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True') === true;
  const scheduling = spec.suspend === true && (isNew ? (isIdle || isStopped) && !status?.active : isIdle);
  return { scheduling, resources: isNew && scheduling };
}

/** The affinity as it may become: with the other's node affinity. */
function withNodeAffinity(affinity: Affinity | undefined, from: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _, ...others } = affinity ?? {};
  const nodeAffinity = from?.nodeAffinity;
  return from || Object.keys(others).length > 0 ? { ...(nodeAffinity && { nodeAffinity }), ...others } : undefined;
}

/** The template as it was, but for what may change: that is as it becomes. */
function withScheduling(previous: PodTemplateSpec, { metadata, spec }: PodTemplateSpec): PodTemplateSpec {
  const { nodeSelector: _, tolerations: __, schedulingGates: ___, affinity: former, ...rest } = previous.spec;
  const { labels: ____, annotations: _____, ...meta } = previous.metadata ?? {};
  const affinity = withNodeAffinity(former, spec.affinity);
  return {
    metadata: {
      ...meta,
      ...(metadata?.labels && { labels: metadata.labels }),
      ...(metadata?.annotations && { annotations: metadata.annotations }),
    },
    spec: {
      ...rest,
      ...(spec.nodeSelector && { nodeSelector: spec.nodeSelector }),
      ...(spec.tolerations && { tolerations: spec.tolerations }),
      ...(spec.schedulingGates && { schedulingGates: spec.schedulingGates }),
      ...(affinity && { affinity }),
    },
  };
}

/** The same containers with what the others of their names need. */
function withResources(previous: PodSpec, spec: PodSpec): PodSpec {
  const needing = (containers: readonly Container[] | undefined, from: readonly Container[] | undefined) =>
    containers?.map(({ resources, ...container }, i) => {
      const other = containers.length === from?.length && from[i]?.name === container.name ? from[i]?.resources : resources;
      return { ...container, ...(other && { resources: other }) };
    });
  const initContainers = needing(previous.initContainers, spec.initContainers);
  return { ...previous, containers: needing(previous.containers, spec.containers) ?? [], ...(initContainers && { initContainers }) };
}

function templateFaults({ template }: JobSpec, previous: JobSpec, { scheduling, resources }: Mutable, out: Faults): void {
  const before = scheduling ? withScheduling(previous.template, template) : previous.template;
  if (resources) immutable('spec.template.spec', template.spec, withResources(before.spec, template.spec), out, 'core.PodSpec');
  else immutable('spec.template', template, before, out, 'core.PodTemplateSpec');
}

/** An indexed job may be made larger or smaller together with its parallelism. */
function completionsFaults({ completionMode, completions, parallelism }: JobSpec, previous: JobSpec, out: Faults): void {
  if (completionMode !== 'Indexed') immutable('spec.completions', completions, previous.completions, out);
  else if (completions !== undefined && completions !== previous.completions && completions !== parallelism)
    out.push(invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism'));
}

export function jobUpdateFaults(job: Job, old: Job, version: string): readonly FieldError[] {
  const { spec } = job;
  const { spec: previous } = old;
  const out: FieldError[] = [...jobFaults(job, old)];
  // Specs are plain JSON.
  if (equal(spec as unknown as Json, previous as unknown as Json)) return out;
  completionsFaults(spec, previous, out);
  fixedSelector('spec.selector', spec.selector, previous.selector, out);
  templateFaults(spec, previous, mutableOf(old, version), out);
  immutable('spec.completionMode', spec.completionMode, previous.completionMode, out);
  immutable('spec.podFailurePolicy', spec.podFailurePolicy, previous.podFailurePolicy, out, '*batch.PodFailurePolicy');
  for (const field of ['backoffLimitPerIndex', 'managedBy'] as const) immutable(`spec.${field}`, spec[field], previous[field], out);
  immutable('spec.successPolicy', spec.successPolicy, previous.successPolicy, out, '*batch.SuccessPolicy');
  return out;
}
