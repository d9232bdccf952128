import type { PriorityClass } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden } from '../../kernel/field-error.ts';
import { immutable, oneOf } from '../faults.ts';

// Models kubernetes pkg/apis/scheduling/validation.

const HIGHEST_USER_PRIORITY = 1_000_000_000;
/** Classes that every cluster has, above what users may define. */
const SYSTEM: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

export function priorityClassFaults({
  metadata: { name },
  value = 0,
  globalDefault,
  preemptionPolicy,
}: PriorityClass): readonly FieldError[] {
  const out: FieldError[] = [];
  if (name.startsWith('system-')) {
    if (SYSTEM.get(name) !== value || globalDefault)
      out.push(
        forbidden(
          'metadata.name',
          `priority class names with 'system-' prefix are reserved for system use only. error: ${
            SYSTEM.has(name) ? `value of ${name} PriorityClass must be ${SYSTEM.get(name)}` : `${name} is not a known system priority class`
          }`,
        ),
      );
  } else if (value > HIGHEST_USER_PRIORITY)
    out.push(forbidden('value', `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`));
  if (preemptionPolicy !== undefined) oneOf('preemptionPolicy', preemptionPolicy, ['PreemptLowerPriority', 'Never'], true, out);
  return out;
}

export function priorityClassUpdateFaults(object: PriorityClass, previous: PriorityClass): readonly FieldError[] {
  const out: FieldError[] = [];
  if ((object.value ?? 0) !== (previous.value ?? 0)) out.push(forbidden('value', 'may not be changed in an update.'));
  immutable('preemptionPolicy', object.preemptionPolicy, previous.preemptionPolicy, out);
  return out;
}
