import { each, fields, type Rule, when } from '../defaulting.ts';

const tolerations = each(fields({ operator: 'Equal' }));
const wantsCount = ({ allocationMode }: { readonly [field: string]: unknown }): boolean => allocationMode === 'ExactCount';
const request = fields({ allocationMode: 'ExactCount', count: when(wantsCount, 1), tolerations });

/** Defaults of a claim's spec, also in templates. Models kubernetes pkg/apis/resource/v1/defaults.go. */
export const claimSpecDefaults: Rule = fields({
  devices: fields({ requests: each(fields({ exactly: request, firstAvailable: each(request) })) }),
});
