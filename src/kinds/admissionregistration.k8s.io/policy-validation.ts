import type {
  MatchResources,
  ParamKind,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { dns1035Label, dnsSubdomain, nameIsPathSegment } from '../../kube/names/dns.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { type Faults, messages, oneOf, requiredName, selectorFaults } from '../faults.ts';
import { ruleFaults } from './webhook-validation.ts';

// Models kubernetes pkg/apis/admissionregistration/validation, but for the expressions: those are compiled by whoever evaluates them.

const ACTIONS = ['Audit', 'Deny', 'Warn'];

function matchFaults(path: string, match: MatchResources | undefined, out: Faults): void {
  if (!match) return;
  oneOf(`${path}.matchPolicy`, match.matchPolicy, ['Equivalent', 'Exact'], false, out);
  selectorFaults(`${path}.namespaceSelector`, match.namespaceSelector, out);
  selectorFaults(`${path}.objectSelector`, match.objectSelector, out);
  for (const field of ['resourceRules', 'excludeResourceRules'] as const)
    match[field]?.forEach((rule, i) => {
      const at = `${path}.${field}[${i}]`;
      const { resourceNames = [] } = rule;
      resourceNames.forEach((name, j) => {
        messages(`${at}.resourceNames[${j}]`, name, nameIsPathSegment(name), out);
        if (resourceNames.indexOf(name) < j) out.push(duplicate(`${at}.resourceNames[${j}]`, name));
      });
      ruleFaults(at, rule, out);
    });
}

/** What the parameters of a policy are. */
function paramKindFaults(path: string, { apiVersion = '', kind = '' }: ParamKind, out: Faults): void {
  const parts = apiVersion.split('/');
  const [version = '', group = ''] = parts.toReversed();
  const at = `${path}.apiVersion`;
  const joined = (value: string, faults: readonly string[]): void => {
    if (faults.length > 0) out.push(invalid(at, value, faults.join(',')));
  };
  if (apiVersion === '') out.push(required(at));
  else if (parts.length > 2) out.push(invalid(at, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  else {
    if (group !== '') joined(group, dnsSubdomain(group));
    if (version === '') out.push(invalid(at, apiVersion, 'version must be specified'));
    else joined(version, dns1035Label(version));
  }
  const wrong = dns1035Label(kind.toLowerCase());
  if (kind === '') out.push(required(`${path}.kind`));
  else if (wrong.length > 0) out.push(invalid(`${path}.kind`, kind, `may have mixed case, but should otherwise match: ${wrong.join(',')}`));
}

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];

function validationFaults(path: string, { expression = '', message = '', reason }: Validation, out: Faults): void {
  if (expression.trim() === '') out.push(required(`${path}.expression`, 'expression is not specified'));
  if (message !== '' && message.trim() === '') out.push(invalid(`${path}.message`, message, 'must be non-empty if specified'));
  else if (/[\r\n]/.test(message.trim())) out.push(invalid(`${path}.message`, message, 'must not contain line breaks'));
  oneOf(`${path}.reason`, reason, REASONS, false, out);
}

/** Faults of a policy that validates: what it is for, and that it says something. */
export function policyFaults({ metadata, spec }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const out: FieldError[] = [];
  const { failurePolicy, paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec;
  oneOf('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore'], false, out);
  if (paramKind) paramKindFaults('spec.paramKind', paramKind, out);
  if (!matchConstraints) out.push(required('spec.matchConstraints'));
  else {
    matchFaults('spec.matchConstraints', matchConstraints, out);
    if (!matchConstraints.resourceRules?.length) out.push(required('spec.matchConstraints.resourceRules'));
  }
  if (validations.length === 0 && auditAnnotations.length === 0)
    for (const field of ['validations', 'auditAnnotations'])
      out.push(required(`spec.${field}`, 'validations or auditAnnotations must contain at least one item'));
  validations.forEach((validation, i) => {
    validationFaults(`spec.validations[${i}]`, validation, out);
  });
  const keys = new Set<string>();
  auditAnnotations.forEach(({ key = '', valueExpression = '' }, i) => {
    const path = `spec.auditAnnotations[${i}]`;
    const name = `${metadata.name}/${key}`;
    messages(`${path}.key`, name, qualifiedName(name), out);
    if (valueExpression.trim() === '') out.push(required(`${path}.valueExpression`, 'valueExpression is not specified'));
    if (keys.has(key)) out.push(duplicate(`${path}.key`, key));
    keys.add(key);
  });
  return out;
}

function paramRefFaults(path: string, ref: ParamRef | undefined, out: Faults): void {
  if (!ref) return;
  const exclusive = 'name and selector are mutually exclusive';
  if (ref.name) messages(`${path}.name`, ref.name, nameIsPathSegment(ref.name), out);
  if (ref.name && ref.selector) out.push(forbidden(`${path}.name`, exclusive));
  selectorFaults(`${path}.selector`, ref.selector, out);
  if (ref.name && ref.selector) out.push(forbidden(`${path}.selector`, exclusive));
  if (!ref.name && !ref.selector) out.push(required(path, 'one of name or selector must be specified'));
  oneOf(`${path}.parameterNotFoundAction`, ref.parameterNotFoundAction, ['Deny', 'Allow'], true, out);
}

/** Faults of what binds a policy; those that mutate name no actions. */
export function policyBindingFaults({ spec }: ValidatingAdmissionPolicyBinding, validates: boolean): readonly FieldError[] {
  const out: FieldError[] = [];
  requiredName('spec.policyName', spec.policyName, dnsSubdomain, out);
  paramRefFaults('spec.paramRef', spec.paramRef, out);
  matchFaults('spec.matchResources', spec.matchResources, out);
  if (!validates) return out;
  const actions = spec.validationActions ?? [];
  actions.forEach((action, i) => {
    oneOf(`spec.validationActions[${i}]`, action, ACTIONS, false, out);
    if (actions.indexOf(action) < i) out.push(duplicate(`spec.validationActions[${i}]`, action));
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    out.push(
      invalid(
        'spec.validationActions',
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  if (actions.length === 0) out.push(required('spec.validationActions', 'at least one validation action is required'));
  return out;
}
