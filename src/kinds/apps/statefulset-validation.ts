import type { PodTemplateSpec, StatefulSet, StatefulSetSpec } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { dnsLabel } from '../../kube/names/dns.ts';
import { validateAnnotations, validateLabels } from '../../kube/names/labels.ts';
import { podTemplateFaults } from '../core/pod/validate-spec.ts';
import { claimSpecFaults } from '../core/volume-validation.ts';
import { countOrPercent, type Faults, messages, nonNegative, notAbove100Percent, oneOf } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { isNothing, mismatchFaults, runsForEver, workloadSelectorFaults } from './validation.ts';

// Models kubernetes pkg/apis/apps/validation ValidateStatefulSet.

/** Of a change, what may not change is not looked at again: older versions took worse. */
export function statefulSetFaults({ spec }: StatefulSet, isChange = false): readonly FieldError[] {
  const out: FieldError[] = [];
  const { podManagementPolicy: policy, updateStrategy, persistentVolumeClaimRetentionPolicy: retention } = spec;
  if (!policy) out.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    out.push(invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  const { type, rollingUpdate } = updateStrategy ?? {};
  if (!type) out.push(required('spec.updateStrategy'));
  else if (type === 'OnDelete') {
    if (rollingUpdate)
      out.push(
        invalid(
          'spec.updateStrategy.rollingUpdate',
          internalForm('apps.RollingUpdateStatefulSetStrategy', rollingUpdate),
          "only allowed for updateStrategy 'RollingUpdate'",
        ),
      );
  } else if (type === 'RollingUpdate') {
    nonNegative('spec.updateStrategy.rollingUpdate.partition', rollingUpdate?.partition, out);
    const { maxUnavailable } = rollingUpdate ?? {};
    const path = 'spec.updateStrategy.rollingUpdate.maxUnavailable';
    countOrPercent(path, maxUnavailable, out);
    if (maxUnavailable !== undefined && isNothing(maxUnavailable)) out.push(invalid(path, maxUnavailable, 'cannot be 0'));
    notAbove100Percent(path, maxUnavailable, out);
  } else
    out.push(
      invalid(
        'spec.updateStrategy',
        internalForm('apps.StatefulSetUpdateStrategy', updateStrategy),
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    );
  oneOf('spec.persistentVolumeClaimRetentionPolicy.whenDeleted', retention?.whenDeleted, ['Retain', 'Delete'], false, out);
  oneOf('spec.persistentVolumeClaimRetentionPolicy.whenScaled', retention?.whenScaled, ['Retain', 'Delete'], false, out);
  if (!isChange)
    spec.volumeClaimTemplates?.forEach((claim, i) => {
      claimSpecFaults(`spec.volumeClaimTemplates[${i}].spec`, claim.spec ?? {}, out);
    });
  nonNegative('spec.replicas', spec.replicas, out);
  nonNegative('spec.minReadySeconds', spec.minReadySeconds, out);
  nonNegative('spec.ordinals.start', spec.ordinals?.start, out);
  if (spec.serviceName && !isChange) messages('spec.serviceName', spec.serviceName, dnsLabel(spec.serviceName), out);
  templateFaults(spec, out);
  return out;
}

function templateFaults(spec: StatefulSetSpec, out: Faults): void {
  const isMalformed = workloadSelectorFaults('spec.selector', spec.selector, 'statefulset', '', out);
  const path = 'spec.template';
  if (!isMalformed) {
    const template = templateOf(spec);
    mismatchFaults(path, spec.selector, template, out);
    podTemplateFaults(path, template, out);
    // Upstream says these twice.
    out.push(...validateLabels(template?.metadata?.labels, `${path}.labels`));
    out.push(...validateAnnotations(template?.metadata?.annotations, `${path}.annotations`));
  }
  runsForEver(path, spec.template, 'StatefulSet', out);
}

/** The template as its pods get it: with a volume for each claim, and without the names that a pod's identity replaces. */
function templateOf({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  if (!template?.spec) return template;
  const { hostname: _hostname, subdomain: _subdomain, volumes = [], ...spec } = template.spec;
  const names = new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''));
  const claims = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...spec, volumes: [...claims, ...volumes.filter(({ name }) => !names.has(name))] } };
}

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

export function statefulSetUpdateFaults(object: StatefulSet, { spec: previous }: StatefulSet): readonly FieldError[] {
  const { spec } = object;
  const fixed = (from: StatefulSetSpec): Json =>
    // What is left is JSON like the whole.
    Object.fromEntries(Object.entries(from).filter(([field]) => !MUTABLE.includes(field as keyof StatefulSetSpec))) as Json;
  const faults = statefulSetFaults(object, true);
  return equal(fixed(spec), fixed(previous)) ? faults : [...faults, forbidden('spec', FORBIDDEN)];
}
