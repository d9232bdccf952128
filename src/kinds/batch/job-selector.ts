import type { Job } from '../../../gen/kubernetes-types.ts';

export const UID = 'batch.kubernetes.io/controller-uid';
export const NAME = 'batch.kubernetes.io/job-name';

/**
 * Selects the job's own pods by its uid, unless the client chose the selector: labels for the template, and the selector for them.
 * Labels that the template already has are kept and found by validation.
 */
export function withGeneratedSelector(job: Job): Job {
  const { metadata, spec } = job;
  const generated = { [UID]: metadata.uid, [NAME]: metadata.name, 'controller-uid': metadata.uid, 'job-name': metadata.name };
  if (spec.manualSelector) return job;
  const labels = { ...generated, ...spec.template.metadata?.labels };
  return withTemplateLabels({
    ...job,
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [UID]: metadata.uid } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  });
}

/** A job without labels has those of its template: the client's, or else the generated ones. */
export function withTemplateLabels(job: Job): Job {
  const { metadata, spec } = job;
  const labels = spec.template.metadata?.labels;
  if (!labels || Object.keys(metadata.labels ?? {}).length > 0) return job;
  return { ...job, metadata: { ...metadata, labels } };
}
