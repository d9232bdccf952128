import type {
  MatchResources,
  ParamRef,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { type Faults, oneOf, selectorFaults } from '../faults.ts';
import { ruleFaults } from './webhook-validation.ts';

// Models kubernetes pkg/apis/admissionregistration/validation, but for the expressions: those are compiled by whoever evaluates them.

const ACTIONS = ['Audit', 'Deny', 'Warn'];

function matchFaults(path: string, match: MatchResources | undefined, needsRules: boolean, out: Faults): void {
  if (!match) return;
  oneOf(`${path}.matchPolicy`, match.matchPolicy, ['Equivalent', 'Exact'], false, out);
  selectorFaults(`${path}.namespaceSelector`, match.namespaceSelector, out);
  selectorFaults(`${path}.objectSelector`, match.objectSelector, out);
  if (needsRules && !match.resourceRules?.length) out.push(required(`${path}.resourceRules`));
  for (const field of ['resourceRules', 'excludeResourceRules'] as const)
    match[field]?.forEach((rule, i) => {
      ruleFaults(`${path}.${field}[${i}]`, rule, out);
    });
}

/** Faults of a policy that validates: what it is for, and that it says something. */
export function policyFaults({ spec }: ValidatingAdmissionPolicy): readonly FieldError[] {
  const out: FieldError[] = [];
  const { failurePolicy, paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec;
  oneOf('spec.failurePolicy', failurePolicy, ['Fail', 'Ignore'], true, out);
  if (paramKind) {
    if (!paramKind.apiVersion) out.push(required('spec.paramKind.apiVersion'));
    if (!paramKind.kind) out.push(required('spec.paramKind.kind'));
  }
  if (!matchConstraints) out.push(required('spec.matchConstraints'));
  else matchFaults('spec.matchConstraints', matchConstraints, true, out);
  if (validations.length === 0 && auditAnnotations.length === 0)
    out.push(
      required('spec.validations', 'validations or auditAnnotations must be set'),
      required('spec.auditAnnotations', 'validations or auditAnnotations must be set'),
    );
  validations.forEach(({ expression }, i) => {
    if (!expression?.trim()) out.push(required(`spec.validations[${i}].expression`, 'expression is not specified'));
  });
  auditAnnotations.forEach(({ key, valueExpression }, i) => {
    if (!key) out.push(required(`spec.auditAnnotations[${i}].key`));
    if (!valueExpression?.trim()) out.push(required(`spec.auditAnnotations[${i}].valueExpression`, 'valueExpression is not specified'));
  });
  return out;
}

function paramRefFaults(path: string, ref: ParamRef | undefined, out: Faults): void {
  if (!ref) return;
  if (ref.name && ref.selector) out.push(forbidden(path, 'name and selector are mutually exclusive'));
  if (!ref.name && !ref.selector) out.push(required(path, 'one of name or selector must be specified'));
  oneOf(`${path}.parameterNotFoundAction`, ref.parameterNotFoundAction, ['Allow', 'Deny'], true, out);
}

/** Faults of what binds a policy; those that mutate name no actions. */
export function policyBindingFaults({ spec }: ValidatingAdmissionPolicyBinding, validates: boolean): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!spec.policyName) out.push(required('spec.policyName'));
  paramRefFaults('spec.paramRef', spec.paramRef, out);
  matchFaults('spec.matchResources', spec.matchResources, false, out);
  if (!validates) return out;
  const actions = spec.validationActions ?? [];
  if (actions.length === 0) out.push(required('spec.validationActions', 'at least one validation action is required'));
  actions.forEach((action, i) => {
    oneOf(`spec.validationActions[${i}]`, action, ACTIONS, true, out);
    if (actions.indexOf(action) < i) out.push({ kind: 'duplicate', path: `spec.validationActions[${i}]`, value: action, detail: '' });
  });
  if (actions.includes('Deny') && actions.includes('Warn'))
    out.push(
      invalid(
        'spec.validationActions',
        actions,
        'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ),
    );
  return out;
}
