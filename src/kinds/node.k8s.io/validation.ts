import type { RuntimeClass } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError } from '../../kernel/field-error.ts';
import { dnsLabel } from '../../kube/names/dns.ts';
import { validateLabels } from '../../kube/names/labels.ts';
import { overheadFaults } from '../core/pod/validate-resources.ts';
import { tolerationFaults } from '../core/pod/validate-scheduling.ts';
import { goStruct, requiredName } from '../faults.ts';

// Models kubernetes pkg/apis/node/validation.

const tolerationInGo = goStruct({ Key: '', Operator: '', Value: '', Effect: '', TolerationSeconds: null });

export function runtimeClassFaults({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const out: FieldError[] = [];
  requiredName('handler', handler, dnsLabel, out);
  overheadFaults('overhead', overhead?.podFixed, out);
  out.push(...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'));
  tolerationFaults('scheduling.tolerations', scheduling?.tolerations, out);
  const seen = new Set<string>();
  scheduling?.tolerations?.forEach((toleration, i) => {
    const key = JSON.stringify(tolerationInGo({ ...toleration, tolerationSeconds: null }));
    if (seen.has(key)) out.push(duplicate(`scheduling.tolerations[${i}]`, tolerationInGo(toleration)));
    seen.add(key);
  });
  return out;
}
