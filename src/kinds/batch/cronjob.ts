import type { CronJob } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { humanAge } from '../../kube/table-format.ts';
import { ageColumn, boolean, column, integer, nameColumn, selectorText, templateColumns } from '../columns.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { workloadWarnings } from '../core/pod/warnings.ts';
import { defaults, fields, present } from '../defaulting.ts';
import { cronJobFaults } from './cronjob-validation.ts';

export const cronJob: Kind = {
  group: 'batch',
  kind: 'CronJob',
  resource: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  versions: [{ name: 'v1' }],
  status: true,
  default: defaults({
    spec: present(
      fields({
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
        // The rest of a job's defaults comes with the jobs that are made from the template.
        jobTemplate: present(fields({ metadata: {}, spec: present(fields({ template: present(podTemplateDefaults) })) })),
      }),
    ),
  }),
  prepareForCreate: (object) => ({ ...object, status: {} }),
  validate: (object: CronJob) => cronJobFaults(object),
  validateUpdate: (object: CronJob) => cronJobFaults(object, true),
  warnings: ({ metadata, spec }: CronJob) =>
    workloadWarnings(metadata.name, 'spec.jobTemplate.spec.template', spec.jobTemplate.spec?.template),
  columns: [
    nameColumn,
    column<CronJob>('Schedule', 'Schedule in cron syntax.', (o) => o.spec.schedule),
    column<CronJob>('Timezone', 'Time zone of the schedule.', (o) => o.spec.timeZone ?? '<none>'),
    boolean<CronJob>('Suspend', 'Whether new jobs are held back.', (o) => (o.spec.suspend ? 'True' : 'False')),
    integer<CronJob>('Active', 'Jobs that are running.', (o) => o.status?.active?.length ?? 0),
    column<CronJob>('Last Schedule', 'Time since a job was last made.', (o, nowMs) =>
      o.status?.lastScheduleTime ? humanAge(o.status.lastScheduleTime, nowMs) : '<none>',
    ),
    ageColumn,
    ...templateColumns<CronJob>(
      (o) => o.spec.jobTemplate.spec?.template.spec?.containers,
      (o) => selectorText(o.spec.jobTemplate.spec?.selector),
    ),
  ],
};
