import type { RuleWithOperations, ValidatingWebhook } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, invalid, required, tooMany } from '../../kernel/field-error.ts';
import { dns1035Label, dnsSubdomain } from '../../kube/names/dns.ts';
import { qualifiedName } from '../../kube/names/labels.ts';
import { portNumber } from '../../kube/names/values.ts';
import { type Faults, messages, oneOf, requiredName, selectorFaults } from '../faults.ts';

// Models kubernetes pkg/apis/admissionregistration/validation.

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const REVIEW_VERSIONS = ['v1', 'v1beta1'];
const MAX_TIMEOUT_SECONDS = 30;

/** A webhook of either kind: what validation looks at is the same. */
type Webhook = ValidatingWebhook & { readonly reinvocationPolicy?: string };

/** A list that says something, and nothing beside "*". `what` is what upstream calls its items. */
function listFaults(path: string, values: readonly string[] = [], what: string, out: Faults): void {
  if (values.length === 0) out.push(required(path));
  if (values.length > 1 && values.includes('*')) out.push(invalid(path, values, `if '*' is present, must not specify other ${what}`));
}

/** Resources, with or without a subresource: nothing that "*" for either part means already. */
function resourcesFaults(path: string, resources: readonly string[] = [], out: Faults): void {
  if (resources.length === 0) out.push(required(path));
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  resources.forEach((name, i) => {
    const at = `${path}[${i}]`;
    if (name === '') out.push(required(at));
    const slash = name.indexOf('/');
    if (slash === -1) return;
    const [resource, subresource] = [name.slice(0, slash), name.slice(slash + 1)];
    if (wholeResources.has(resource)) out.push(invalid(at, name, `if '${resource}/*' is present, must not specify ${name}`));
    if (wholeSubresources.has(subresource)) out.push(invalid(at, name, `if '*/${subresource}' is present, must not specify ${name}`));
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*'))
    out.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  // Upstream asks the last of those without subresource alone.
  const last = resources.findLast((name) => name !== '' && !name.includes('/'));
  if (resources.includes('*') && last !== '*')
    out.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
}

/** Faults of the rules that name requests; upstream checks the same for policies. */
export function ruleFaults(path: string, { operations, apiGroups, apiVersions, resources, scope }: RuleWithOperations, out: Faults): void {
  listFaults(`${path}.operations`, operations, 'operations', out);
  operations?.forEach((operation, i) => {
    oneOf(`${path}.operations[${i}]`, operation, OPERATIONS, false, out);
  });
  listFaults(`${path}.apiGroups`, apiGroups, 'API groups', out);
  listFaults(`${path}.apiVersions`, apiVersions, 'API versions', out);
  apiVersions?.forEach((version, i) => {
    if (version === '') out.push(required(`${path}.apiVersions[${i}]`));
  });
  resourcesFaults(`${path}.resources`, resources, out);
  oneOf(`${path}.scope`, scope, ['*', 'Cluster', 'Namespaced'], false, out);
}

function clientFaults(path: string, { url, service }: Webhook['clientConfig'], out: Faults): void {
  if ((url === undefined) === (service === undefined)) return void out.push(required(path, 'exactly one of url or service is required'));
  if (url !== undefined) urlFaults(`${path}.url`, url, out);
  if (!service) return;
  // Upstream mixes these two up.
  if (!service.namespace) out.push(required(`${path}.service.name`));
  if (!service.name) out.push(required(`${path}.service.namespace`));
  const { port = 443 } = service;
  const wrong = portNumber(port);
  if (wrong.length > 0) out.push(invalid(`${path}.service.port`, port, `port is not valid: ${wrong.join(', ')}`));
  if (service.path) servicePathFaults(`${path}.service.path`, service.path, out);
}

const FORM = '; desired format: https://host[/path]';

/** Source: apiserver util/webhook ValidateWebhookURL, which shows the part of the URL that is wrong. */
function urlFaults(path: string, url: string, out: Faults): void {
  const [, scheme = '', rest = url] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(url) ?? [];
  const [, authority = '', tail = ''] = /^\/\/([^/?#]*)(.*)$/s.exec(rest) ?? [];
  const [, query = '', fragment = ''] = /^[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(tail) ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  if (scheme.toLowerCase() !== 'https') out.push(invalid(path, scheme, `'https' is the only allowed URL scheme${FORM}`));
  if (host === '') out.push(invalid(path, host, `host must be specified${FORM}`));
  if (at >= 0) out.push(invalid(path, authority.slice(0, at), 'user information is not permitted in the URL'));
  if (fragment) out.push(invalid(path, fragment, 'fragments are not permitted in the URL'));
  if (query) out.push(invalid(path, query, 'query parameters are not permitted in the URL'));
}

function servicePathFaults(path: string, value: string, out: Faults): void {
  if (value === '/') return;
  if (value === '//') return void out.push(invalid(path, value, 'segment[0] may not be empty'));
  if (!value.startsWith('/')) out.push(invalid(path, value, "must start with a '/'"));
  const steps = value.slice(1).replace(/\/$/, '').split('/');
  steps.forEach((step, i) => {
    if (step === '') out.push(invalid(path, value, `segment[${i}] may not be empty`));
    else for (const fault of dnsSubdomain(step)) out.push(invalid(path, value, `segment[${i}]: ${fault}`));
  });
}

/** Source: validateAdmissionReviewVersions; a list needs one version that the server speaks. */
function reviewVersionFaults(path: string, versions: readonly string[] = [], out: Faults): void {
  const known = REVIEW_VERSIONS.join(', ');
  if (versions.length === 0) return void out.push(required(path, `must specify one of ${known}`));
  const seen = new Set<string>();
  versions.forEach((version, i) => {
    if (seen.has(version)) out.push(invalid(`${path}[${i}]`, version, 'duplicate version'));
    else messages(`${path}[${i}]`, version, dns1035Label(version), out);
    seen.add(version);
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version)))
    out.push(invalid(path, versions, `must include at least one of ${known}`));
}

const MAX_CONDITIONS = 64;

/** The expressions themselves are not looked into. */
function matchConditionFaults(path: string, conditions: ValidatingWebhook['matchConditions'] = [], out: Faults): void {
  if (conditions.length > MAX_CONDITIONS) out.push(tooMany(path, conditions.length, MAX_CONDITIONS));
  const names = new Set<string>();
  conditions.forEach(({ name = '', expression = '' }, i) => {
    const at = `${path}[${i}]`;
    if (expression.trim() === '') out.push(required(`${at}.expression`));
    requiredName(`${at}.name`, name, qualifiedName, out);
    if (name !== '' && names.has(name)) out.push(duplicate(`${at}.name`, name));
    names.add(name);
  });
}

function webhookFaults(path: string, webhook: Webhook, out: Faults): void {
  const { name, rules = [], clientConfig, sideEffects, timeoutSeconds } = webhook;
  if (!name) out.push(required(`${path}.name`));
  else {
    const faults = dnsSubdomain(name);
    messages(`${path}.name`, name, faults, out);
    if (faults.length === 0 && name.split('.').length < 3)
      out.push(invalid(`${path}.name`, name, 'should be a domain with at least three segments separated by dots'));
  }
  rules.forEach((rule, i) => {
    ruleFaults(`${path}.rules[${i}]`, rule, out);
  });
  oneOf(`${path}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore'], false, out);
  oneOf(`${path}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact'], false, out);
  if (sideEffects === undefined) out.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  else oneOf(`${path}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun'], false, out);
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > MAX_TIMEOUT_SECONDS))
    out.push(invalid(`${path}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds'));
  selectorFaults(`${path}.namespaceSelector`, webhook.namespaceSelector, out);
  selectorFaults(`${path}.objectSelector`, webhook.objectSelector, out);
  clientFaults(`${path}.clientConfig`, clientConfig ?? {}, out);
  matchConditionFaults(`${path}.matchConditions`, webhook.matchConditions, out);
  oneOf(`${path}.reinvocationPolicy`, webhook.reinvocationPolicy, ['IfNeeded', 'Never'], false, out);
}

/** Faults of a webhook configuration of either kind. */
export function webhooksFaults(webhooks: readonly Webhook[] = []): readonly FieldError[] {
  const out: FieldError[] = [];
  const names = new Set<string>();
  webhooks.forEach((webhook, i) => {
    webhookFaults(`webhooks[${i}]`, webhook, out);
    reviewVersionFaults(`webhooks[${i}].admissionReviewVersions`, webhook.admissionReviewVersions, out);
    if (webhook.name && names.has(webhook.name)) out.push(duplicate(`webhooks[${i}].name`, webhook.name));
    names.add(webhook.name);
  });
  return out;
}
