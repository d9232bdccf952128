import { isObject, type JsonObject } from '../../kernel/json.ts';
import { podTemplateDefaults } from '../core/pod/defaults.ts';
import { defaults, derived, each, fields, nonEmpty, present, when } from '../defaulting.ts';

// Models kubernetes pkg/apis/batch/v1/defaults.go SetDefaults_Job.

const MAX_INT32 = 2_147_483_647;
const isAbsent = (value: unknown): boolean => value === undefined || value === null;

/** Neither is given: one pod that succeeds is all that is wanted. */
const wantsOnePod = ({ completions, parallelism }: JsonObject): boolean => isAbsent(completions) && isAbsent(parallelism);

const podFailurePolicy = fields({
  rules: each(fields({ onPodConditions: each(fields({ status: nonEmpty('True') })) })),
});

export const jobDefaults = defaults({
  spec: present(
    fields({
      template: present(podTemplateDefaults),
      completions: when(wantsOnePod, 1),
      parallelism: 1,
      backoffLimit: derived(({ backoffLimitPerIndex }) => (isAbsent(backoffLimitPerIndex) ? 6 : MAX_INT32)),
      completionMode: 'NonIndexed',
      suspend: false,
      podFailurePolicy,
      manualSelector: false,
      podReplacementPolicy: derived(({ podFailurePolicy: policy }) => (isObject(policy) ? 'Failed' : 'TerminatingOrFailed')),
    }),
  ),
});
