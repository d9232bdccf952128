import type { CronJob } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { nonNegative, oneOf } from '../faults.ts';
import { parseCronSchedule } from './cron-schedule.ts';
import { jobSpecFaults } from './job-validation.ts';

/** Jobs are named after their CronJob, with eleven characters more. */
const MAX_NAME = 52;

function isKnownTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone.toLowerCase() !== 'local';
  } catch {
    return false;
  }
}

/** Of a change, the name is not looked at again: older versions took longer ones. */
export function cronJobFaults({ metadata, spec }: CronJob, isChange = false): readonly FieldError[] {
  const out: FieldError[] = [];
  const { schedule, timeZone, jobTemplate } = spec;
  if (!schedule) out.push(required('spec.schedule'));
  else if (schedule.includes('TZ')) {
    if (timeZone !== undefined)
      out.push(invalid('spec.timeZone', timeZone, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'));
    out.push(invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'));
  } else {
    const { error } = parseCronSchedule(schedule);
    if (error !== undefined) out.push(invalid('spec.schedule', schedule, error));
  }
  nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds, out);
  if (timeZone === '') out.push(invalid('spec.timeZone', timeZone, 'timeZone must be nil or non-empty string'));
  else if (timeZone !== undefined && !isKnownTimeZone(timeZone))
    out.push(invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`));
  oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace'], true, out);
  if (jobTemplate.spec?.manualSelector) out.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  if (jobTemplate.spec) jobSpecFaults('spec.jobTemplate.spec', jobTemplate.spec, out);
  nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit, out);
  nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit, out);
  if (!isChange && metadata.name.length > MAX_NAME) out.push(invalid('metadata.name', metadata.name, 'must be no more than 52 characters'));
  return out;
}
