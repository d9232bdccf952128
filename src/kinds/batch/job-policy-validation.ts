import type { JobSpec } from '../../../gen/kubernetes-types.ts';
import { duplicate, invalid, notSupported, OMITTED, required, tooLong, tooMany } from '../../kernel/field-error.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { type Faults, messages, nonNegative } from '../faults.ts';

// Models kubernetes pkg/apis/batch/validation: what a job says of failures and of success.

const MAX_RULES = 20;
const MAX_EXIT_CODES = 255;
const MAX_CONDITIONS = 20;
const MAX_INDEXES_BYTES = 64 * 1024;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number];
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number];

/** A value that must be there and be one of some, which the message lists as Go prints a slice. */
function chosen(path: string, value: string | undefined, allowed: readonly string[], out: Faults): void {
  if (!value) out.push(required(path, `valid values: [${allowed.map((item) => JSON.stringify(item)).join(' ')}]`));
  else if (!allowed.includes(value)) out.push(notSupported(path, value, allowed));
}

export function failurePolicyFaults(path: string, spec: JobSpec, out: Faults): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > MAX_RULES) out.push(tooMany(`${path}.rules`, rules.length, MAX_RULES));
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {};
  const names = new Set([...containers, ...initContainers].map(({ name }) => name));
  rules.forEach((rule, i) => {
    failureRuleFaults(`${path}.rules[${i}]`, spec, rule, names, out);
  });
}

function failureRuleFaults(path: string, spec: JobSpec, rule: FailureRule, names: ReadonlySet<string>, out: Faults): void {
  const { action, onExitCodes, onPodConditions = [] } = rule;
  if (action !== 'FailIndex') chosen(`${path}.action`, action, ACTIONS, out);
  else if (spec.backoffLimitPerIndex === undefined)
    out.push(invalid(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  if (onExitCodes) exitCodeFaults(`${path}.onExitCodes`, onExitCodes, names, out);
  if (onPodConditions.length > MAX_CONDITIONS) out.push(tooMany(`${path}.onPodConditions`, onPodConditions.length, MAX_CONDITIONS));
  onPodConditions.forEach(({ type = '', status }, i) => {
    messages(`${path}.onPodConditions[${i}].type`, type, qualifiedName(type), out);
    chosen(`${path}.onPodConditions[${i}].status`, status, STATUSES, out);
  });
  const howMany = (onExitCodes ? 1 : 0) + (onPodConditions.length > 0 ? 1 : 0);
  if (howMany === 2) out.push(invalid(path, OMITTED, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (howMany === 0) out.push(invalid(path, OMITTED, 'specifying one of OnExitCodes and OnPodConditions is required'));
}

function exitCodeFaults(path: string, codes: NonNullable<FailureRule['onExitCodes']>, names: ReadonlySet<string>, out: Faults): void {
  const { containerName, operator, values = [] } = codes;
  chosen(`${path}.operator`, operator, OPERATORS, out);
  if (containerName !== undefined && !names.has(containerName))
    out.push(invalid(`${path}.containerName`, containerName, 'must be one of the container or initContainer names in the pod template'));
  if (values.length === 0) out.push(invalid(`${path}.values`, null, 'at least one value is required'));
  else if (values.length > MAX_EXIT_CODES) out.push(tooMany(`${path}.values`, values.length, MAX_EXIT_CODES));
  const seen = new Set<number>();
  values.forEach((value, i) => {
    if (operator === 'In' && value === 0) out.push(invalid(`${path}.values[${i}]`, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) out.push(duplicate(`${path}.values[${i}]`, value));
    seen.add(value);
  });
  if (values.some((value, i) => i > 0 && (values[i - 1] as number) > value)) out.push(invalid(`${path}.values`, values, 'must be ordered'));
}

export function successPolicyFaults(path: string, spec: JobSpec, out: Faults): void {
  const { successPolicy, completionMode, completions } = spec;
  if (!successPolicy) return;
  const { rules = [] } = successPolicy;
  if (completionMode !== 'Indexed') {
    // As Go prints its own type.
    const Rules = rules.map(({ succeededIndexes = null, succeededCount = null }) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    }));
    out.push(invalid(path, { Rules }, 'requires indexed completion mode'));
    return;
  }
  if (rules.length === 0) out.push(required(`${path}.rules`, 'at least one rules must be specified when the successPolicy is specified'));
  if (rules.length > MAX_RULES) out.push(tooMany(`${path}.rules`, rules.length, MAX_RULES));
  // Without completions that is told already, and nothing can be compared.
  if (completions === undefined) return;
  rules.forEach((rule, i) => {
    successRuleFaults(`${path}.rules[${i}]`, rule, completions, out);
  });
}

function successRuleFaults(path: string, { succeededIndexes, succeededCount }: SuccessRule, completions: number, out: Faults): void {
  if (succeededCount === undefined && succeededIndexes === undefined)
    out.push(required(path, 'at least one of succeededCount or succeededIndexes must be specified'));
  let total = 0;
  if (succeededIndexes !== undefined) {
    const at = `${path}.succeededIndexes`;
    if (Buffer.byteLength(succeededIndexes) > MAX_INDEXES_BYTES) out.push(tooLong(at, MAX_INDEXES_BYTES));
    const counted = countIndexes(succeededIndexes, completions);
    if (typeof counted === 'number') total = counted;
    else out.push(invalid(at, succeededIndexes, `error parsing succeededIndexes: ${counted.error}`));
  }
  if (succeededCount === undefined) return;
  const at = `${path}.succeededCount`;
  nonNegative(at, succeededCount, out);
  const atMost = (limit: number, what: string): void => {
    if (succeededCount > limit) out.push(invalid(at, succeededCount, `must be less than or equal to ${limit} (the number of ${what})`));
  };
  atMost(completions, 'specified completions');
  if (succeededIndexes !== undefined) atMost(total, 'indexes in the specified succeededIndexes field');
}

/** How many indexes "0-3,7" names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | { readonly error: string } {
  let total = 0;
  let last: number | undefined;
  for (const interval of text ? text.split(',') : []) {
    const parts = interval.split('-');
    if (parts.length > 2) {
      const rule = "violates the requirement that an index interval can have at most two parts separated by '-'";
      return { error: `the fragment ${JSON.stringify(interval)} ${rule}` };
    }
    const numbers: number[] = [];
    for (const part of parts) {
      if (!/^[+-]?\d+$/.test(part)) return { error: `cannot convert string to integer for index: ${JSON.stringify(part)}` };
      if (Number(part) >= completions) return { error: `too large index: ${JSON.stringify(part)}` };
      numbers.push(Number(part));
    }
    const [first = 0, end = first] = numbers;
    if (parts.length > 1 && first >= end) return { error: `non-increasing order, previous: ${first}, current: ${end}` };
    if (last !== undefined && last >= first) return { error: `non-increasing order, previous: ${last}, current: ${first}` };
    total += end - first + 1;
    last = end;
  }
  return total;
}
