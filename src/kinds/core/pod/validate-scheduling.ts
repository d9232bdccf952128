import type {
  Affinity,
  LabelSelector,
  NodeSelector,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../../../../gen/kubernetes-types.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../../kube/names/dns.ts';
import { labelValue, qualifiedName } from '../../../kube/names/labels.ts';
import { type Faults, messages, oneOf, selectorFaults } from '../../faults.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Faults of a taint's effect. */
function effectFaults(path: string, effect: string | undefined, out: Faults): void {
  oneOf(path, effect, EFFECTS, true, out);
}

export function tolerationFaults(path: string, tolerations: readonly Toleration[] = [], out: Faults): void {
  tolerations.forEach(({ key = '', operator = '', value = '', effect, tolerationSeconds }, i) => {
    const at = `${path}[${i}]`;
    if (key !== '') messages(`${at}.key`, key, qualifiedName(key), out);
    if (key === '' && operator !== 'Exists')
      out.push(
        invalid(`${at}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"'),
      );
    if (tolerationSeconds !== undefined && effect !== 'NoExecute')
      out.push(invalid(`${at}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    if (operator === 'Equal' || operator === '') {
      const faults = labelValue(value);
      if (faults.length > 0) out.push(invalid(`${at}.operator`, value, faults.join(';')));
    } else if (operator === 'Exists') {
      if (value !== '') out.push(invalid(`${at}.operator`, value, "value must be empty when `operator` is 'Exists'"));
    } else out.push(notSupported(`${at}.operator`, operator, ['Equal', 'Exists']));
    if (effect) effectFaults(`${at}.effect`, effect, out);
  });
}

/** `isStrict`: values must be ones that labels can have, as where a node must match. */
function nodeTermFaults(path: string, term: NodeSelectorTerm | undefined, isStrict: boolean, out: Faults): void {
  term?.matchExpressions?.forEach(({ key = '', operator, values = [] }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    switch (operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) out.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) out.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        break;
      case 'Gt':
      case 'Lt':
        if (values.length !== 1) out.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
        break;
      default:
        out.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    }
    messages(`${at}.key`, key, qualifiedName(key), out);
    if (isStrict)
      values.forEach((value, j) => {
        messages(`${at}.values[${j}]`, value, labelValue(value), out);
      });
  });
  term?.matchFields?.forEach(({ key, operator, values = [] }, i) => {
    const at = `${path}.matchFields[${i}]`;
    if (operator !== 'In' && operator !== 'NotIn') out.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    else if (values.length !== 1)
      out.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
    if (key !== 'metadata.name') out.push(invalid(`${at}.key`, key, 'not a valid field selector key'));
    else
      values.forEach((value, j) => {
        messages(`${at}.values[${j}]`, value, dnsSubdomain(value), out);
      });
  });
}

/** Faults of what nodes a pod or a volume must have. */
export function nodeSelectorFaults(path: string, { nodeSelectorTerms: terms = [] }: NodeSelector, out: Faults): void {
  const at = `${path}.nodeSelectorTerms`;
  if (terms.length === 0) out.push(required(at, 'must have at least one node selector term'));
  terms.forEach((term, i) => {
    nodeTermFaults(`${at}[${i}]`, term, true, out);
  });
}

function weightFaults(path: string, weight: number | undefined, out: Faults): void {
  if (weight === undefined || weight < 1 || weight > 100) out.push(invalid(`${path}.weight`, weight ?? 0, 'must be in the range 1-100'));
}

type LabelKeys = {
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
  readonly labelSelector?: LabelSelector;
};

/** Labels of which a pod's own value is asked for, beside what a selector asks for. */
function labelKeyFaults(path: string, { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: LabelKeys, out: Faults): void {
  for (const [field, keys] of Object.entries({ matchLabelKeys, mismatchLabelKeys })) {
    if (keys.length > 0 && !labelSelector) out.push(forbidden(`${path}.${field}`, 'must not be specified when labelSelector is not set'));
    else
      keys.forEach((key, i) => {
        messages(`${path}.${field}[${i}]`, key, qualifiedName(key), out);
      });
  }
  const selected = new Set(Object.keys(labelSelector?.matchLabels ?? {}));
  for (const { key } of labelSelector?.matchExpressions ?? []) {
    // Upstream leaves out in which field.
    if (selected.has(key) && matchLabelKeys.includes(key))
      out.push(invalid(`${path}[${matchLabelKeys.lastIndexOf(key)}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    selected.add(key);
  }
  matchLabelKeys.forEach((key, i) => {
    if (mismatchLabelKeys.includes(key))
      out.push(invalid(`${path}.matchLabelKeys[${i}]`, key, 'exists in both matchLabelKeys and mismatchLabelKeys'));
  });
}

function podTermFaults(path: string, term: PodAffinityTerm | undefined, out: Faults): void {
  if (!term) return;
  selectorFaults(`${path}.labelSelector`, term.labelSelector, out);
  selectorFaults(`${path}.namespaceSelector`, term.namespaceSelector, out);
  for (const name of term.namespaces ?? []) messages(`${path}.namespace`, name, dnsLabel(name), out);
  labelKeyFaults(path, term, out);
  const { topologyKey = '' } = term;
  if (topologyKey === '') out.push(required(`${path}.topologyKey`, 'can not be empty'));
  messages(`${path}.topologyKey`, topologyKey, qualifiedName(topologyKey), out);
}

function podAffinityFaults(path: string, affinity: PodAffinity | undefined, out: Faults): void {
  affinity?.requiredDuringSchedulingIgnoredDuringExecution?.forEach((term, i) => {
    podTermFaults(`${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`, term, out);
  });
  affinity?.preferredDuringSchedulingIgnoredDuringExecution?.forEach(({ weight, podAffinityTerm }, i) => {
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    weightFaults(at, weight, out);
    podTermFaults(`${at}.podAffinityTerm`, podAffinityTerm, out);
  });
}

export function affinityFaults(path: string, affinity: Affinity | undefined, out: Faults): void {
  if (!affinity) return;
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution: preferred } =
    affinity.nodeAffinity ?? {};
  if (needed) nodeSelectorFaults(`${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`, needed, out);
  preferred?.forEach(({ weight, preference }, i) => {
    const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${i}]`;
    weightFaults(at, weight, out);
    nodeTermFaults(`${at}.preference`, preference, false, out);
  });
  podAffinityFaults(`${path}.podAffinity`, affinity.podAffinity, out);
  podAffinityFaults(`${path}.podAntiAffinity`, affinity.podAntiAffinity, out);
}

const POSITIVE = 'must be greater than zero';

export function topologySpreadFaults(path: string, constraints: readonly TopologySpreadConstraint[] = [], out: Faults): void {
  const pairOf = ({ topologyKey = '', whenUnsatisfiable = '' }: TopologySpreadConstraint): string =>
    `{${topologyKey}, ${whenUnsatisfiable}}`;
  constraints.forEach((constraint, i) => {
    const at = `${path}[${i}]`;
    const { maxSkew, minDomains, topologyKey, whenUnsatisfiable } = constraint;
    if (!maxSkew || maxSkew <= 0) out.push(invalid(`${at}.maxSkew`, maxSkew ?? 0, POSITIVE));
    if (!topologyKey) out.push(required(`${at}.topologyKey`, 'can not be empty'));
    const actions = ['DoNotSchedule', 'ScheduleAnyway'];
    if (!actions.includes(whenUnsatisfiable ?? '')) out.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? '', actions));
    const pair = pairOf(constraint);
    // Upstream says it of the earlier one.
    if (constraints.slice(i + 1).some((later) => pairOf(later) === pair))
      out.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, pair));
    if (minDomains !== undefined) {
      if (minDomains <= 0) out.push(invalid(`${at}.minDomains`, minDomains, POSITIVE));
      if (whenUnsatisfiable !== 'DoNotSchedule')
        out.push(
          invalid(`${at}.minDomains`, minDomains, `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`),
        );
    }
    oneOf(`${at}.nodeAffinityPolicy`, constraint.nodeAffinityPolicy, ['Honor', 'Ignore'], false, out);
    oneOf(`${at}.nodeTaintsPolicy`, constraint.nodeTaintsPolicy, ['Honor', 'Ignore'], false, out);
    labelKeyFaults(at, constraint, out);
    selectorFaults(`${at}.labelSelector`, constraint.labelSelector, out);
  });
}
