import type { FlowSchema, PriorityLevelConfiguration } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { nonNegative, oneOf } from '../faults.ts';

// Models kubernetes pkg/apis/flowcontrol/validation.

const MAX_PRECEDENCE = 10_000;
const MAX_QUEUES = 10_000_000;

export function flowSchemaFaults({ metadata, spec }: FlowSchema): readonly FieldError[] {
  const out: FieldError[] = [];
  const precedence = spec.matchingPrecedence ?? 0;
  if (precedence <= 0) out.push(invalid('spec.matchingPrecedence', precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) out.push(invalid('spec.matchingPrecedence', precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (precedence === 1 && metadata.name !== 'exempt')
    out.push(invalid('spec.matchingPrecedence', precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  if (spec.distinguisherMethod) oneOf('spec.distinguisherMethod.type', spec.distinguisherMethod.type, ['ByNamespace', 'ByUser'], true, out);
  if (!spec.priorityLevelConfiguration?.name) out.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  spec.rules?.forEach(({ subjects, resourceRules, nonResourceRules }, i) => {
    if (!subjects?.length) out.push(required(`spec.rules[${i}].subjects`, 'subjects must contain at least one value'));
    if (!resourceRules?.length && !nonResourceRules?.length)
      out.push(required(`spec.rules[${i}]`, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  });
  return out;
}

export function priorityLevelFaults({ spec }: PriorityLevelConfiguration): readonly FieldError[] {
  const out: FieldError[] = [];
  oneOf('spec.type', spec.type, ['Exempt', 'Limited'], true, out);
  if (spec.type === 'Exempt' && spec.limited) out.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
  if (spec.type !== 'Limited') return out;
  if (!spec.limited) return [...out, required('spec.limited', 'must not be empty when type is Limited')];
  nonNegative('spec.limited.nominalConcurrencyShares', spec.limited.nominalConcurrencyShares, out);
  const { type, queuing } = spec.limited.limitResponse ?? {};
  oneOf('spec.limited.limitResponse.type', type, ['Queue', 'Reject'], true, out);
  if (type === 'Reject' && queuing)
    out.push(forbidden('spec.limited.limitResponse.queuing', 'must be nil if limited.limitResponse.type is not Limited'));
  if (!queuing) return out;
  const { queues = 0, handSize = 0, queueLengthLimit = 0 } = queuing;
  const at = 'spec.limited.limitResponse.queuing';
  if (queueLengthLimit <= 0) out.push(invalid(`${at}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) out.push(invalid(`${at}.queues`, queues, 'must be positive'));
  if (queues > MAX_QUEUES) out.push(invalid(`${at}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  if (handSize <= 0) out.push(invalid(`${at}.handSize`, handSize, 'must be positive'));
  if (handSize > queues) out.push(invalid(`${at}.handSize`, handSize, `should not be greater than queues (${queues})`));
  return out;
}
