import type { Job } from '../../../gen/kubernetes-types.ts';

const UID = 'batch.kubernetes.io/controller-uid';
const NAME = 'batch.kubernetes.io/job-name';

/**
 * Selects the job's own pods by its uid, unless the client chose the selector: labels for the template, the selector for them, and
 * the template's labels for a job that has none. Labels that the template already has are kept and found by validation.
 */
export function withGeneratedSelector(job: Job): Job {
  const { metadata, spec } = job;
  const generated = { [UID]: metadata.uid, [NAME]: metadata.name, 'controller-uid': metadata.uid, 'job-name': metadata.name };
  const templateLabels = spec.template.metadata?.labels;
  const labels = spec.manualSelector ? templateLabels : { ...generated, ...templateLabels };
  const withLabels = labels && Object.keys(metadata.labels ?? {}).length === 0 ? { ...metadata, labels } : metadata;
  if (spec.manualSelector) return { ...job, metadata: withLabels };
  return {
    ...job,
    metadata: withLabels,
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [UID]: metadata.uid } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels: labels ?? {} } },
    },
  };
}
