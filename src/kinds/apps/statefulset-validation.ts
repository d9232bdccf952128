import type { PodTemplateSpec, StatefulSet, StatefulSetSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { dnsLabel } from '../../kube/names/dns.ts';
import { claimSpecFaults } from '../core/volume-validation.ts';
import { countOrPercent, messages, nonNegative, oneOf } from '../faults.ts';
import { workloadFaults } from './validation.ts';

// Models kubernetes pkg/apis/apps/validation ValidateStatefulSet.

export function statefulSetFaults({ spec }: StatefulSet): readonly FieldError[] {
  const out: FieldError[] = [];
  const { podManagementPolicy: policy, updateStrategy, persistentVolumeClaimRetentionPolicy: retention } = spec;
  if (!policy) out.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    out.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  const { type, rollingUpdate } = updateStrategy ?? {};
  if (!type) out.push(required('spec.updateStrategy'));
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      out.push(invalid('spec.updateStrategy.rollingUpdate', rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'"));
  } else if (type === 'RollingUpdate') {
    nonNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition, out);
    countOrPercent('spec.updateStrategy.rollingUpdate.maxUnavailable', rollingUpdate?.maxUnavailable, out);
  } else out.push(invalid('spec.updateStrategy', printed(updateStrategy), "must be 'RollingUpdate' or 'OnDelete'"));
  oneOf('spec.persistentVolumeClaimRetentionPolicy.whenDeleted', retention?.whenDeleted, ['Retain', 'Delete'], false, out);
  oneOf('spec.persistentVolumeClaimRetentionPolicy.whenScaled', retention?.whenScaled, ['Retain', 'Delete'], false, out);
  spec.volumeClaimTemplates?.forEach((claim, i) => {
    claimSpecFaults(`spec.volumeClaimTemplates[${i}].spec`, claim.spec ?? {}, out);
  });
  nonNegative('spec.replicas', spec.replicas, out);
  nonNegative('spec.minReadySeconds', spec.minReadySeconds, out);
  nonNegative('spec.ordinals.start', spec.ordinals?.start, out);
  if (spec.serviceName) messages('spec.serviceName', spec.serviceName, dnsLabel(spec.serviceName), out);
  workloadFaults('spec', { ...spec, template: templateOf(spec) }, 'statefulset', 'StatefulSet', out);
  return out;
}

/** The template as its pods get it: with a volume for each claim, and without the names that a pod's identity replaces. */
function templateOf({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  if (!template?.spec) return template;
  const { hostname: _hostname, subdomain: _subdomain, volumes = [], ...spec } = template.spec;
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...spec, volumes: [...claims, ...volumes.filter(({ name }) => !names.has(name))] } };
}

/** As Go prints its own type. */
const printed = (strategy: StatefulSetSpec['updateStrategy']): unknown => ({
  Type: strategy?.type,
  RollingUpdate: strategy?.rollingUpdate
    ? { Partition: strategy.rollingUpdate.partition ?? 0, MaxUnavailable: strategy.rollingUpdate.maxUnavailable ?? null }
    : null,
});

const MUTABLE: readonly (keyof StatefulSetSpec)[] = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];
const FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

export function statefulSetUpdateFaults({ spec }: StatefulSet, { spec: previous }: StatefulSet): readonly FieldError[] {
  const fixed = (from: StatefulSetSpec): Json =>
    // What is left is JSON like the whole.
    Object.fromEntries(Object.entries(from).filter(([field]) => !MUTABLE.includes(field as keyof StatefulSetSpec))) as Json;
  return equal(fixed(spec), fixed(previous)) ? [] : [forbidden('spec', FORBIDDEN)];
}
