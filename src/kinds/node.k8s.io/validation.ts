import type { RuntimeClass } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError } from '../../kernel/field-error.ts';
import { dnsLabel } from '../../kube/names/dns.ts';
import { validateLabels } from '../../kube/names/labels.ts';
import { overheadFaults } from '../core/pod/validate-resources.ts';
import { tolerationFaults } from '../core/pod/validate-scheduling.ts';
import { requiredName } from '../faults.ts';
import { internalForm } from '../internal-form.ts';

// Models kubernetes pkg/apis/node/validation.

export function runtimeClassFaults({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const out: FieldError[] = [];
  requiredName('handler', handler, dnsLabel, out);
  overheadFaults('overhead', overhead?.podFixed, out);
  out.push(...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'));
  tolerationFaults('scheduling.tolerations', scheduling?.tolerations, out);
  const seen = new Set<string>();
  scheduling?.tolerations?.forEach((toleration, i) => {
    const { tolerationSeconds: _, ...rest } = toleration;
    const key = JSON.stringify(internalForm('core.Toleration', rest));
    if (seen.has(key)) out.push(duplicate(`scheduling.tolerations[${i}]`, internalForm('core.Toleration', toleration)));
    seen.add(key);
  });
  return out;
}
