import { each, fields, type Rule } from '../defaulting.ts';

// Models kubernetes pkg/apis/admissionregistration/v1/defaults.go.

const rules: Rule = each(fields({ scope: '*' }));

/** Objects that a policy or a binding is for. */
export const matchResources: Rule = fields({
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  resourceRules: rules,
  excludeResourceRules: rules,
});

const webhookFields = {
  clientConfig: fields({ service: fields({ port: 443 }) }),
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  rules,
  timeoutSeconds: 10,
};

export const validatingWebhooks: Rule = each(fields(webhookFields));
export const mutatingWebhooks: Rule = each(fields({ ...webhookFields, reinvocationPolicy: 'Never' }));
