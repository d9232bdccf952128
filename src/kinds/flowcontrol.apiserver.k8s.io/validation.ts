import type {
  FlowSchema,
  FlowSchemaSpec,
  LimitedPriorityLevelConfiguration,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
import { inRange } from '../../kube/names/values.ts';
import { type Faults, messages, oneOf } from '../faults.ts';
import { internalForm } from '../internal-form.ts';

// Models kubernetes pkg/apis/flowcontrol/validation.

const MAX_PRECEDENCE = 10_000;
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];

type Rules = NonNullable<FlowSchemaSpec['rules']>[number];
type Subject = NonNullable<Rules['subjects']>[number];
type ResourceRule = NonNullable<Rules['resourceRules']>[number];
type UrlRule = NonNullable<Rules['nonResourceRules']>[number];

/** Of each kind of subject: the field that says who it is. */
const SUBJECTS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;
/** In the order in which upstream finds one too many. */
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'] as const;

function subjectFaults(path: string, subject: Subject, out: Faults): void {
  const { kind = '' } = subject;
  if (!Object.hasOwn(SUBJECTS, kind)) return void out.push(notSupported(`${path}.kind`, kind, Object.keys(SUBJECTS)));
  const field = SUBJECTS[kind as keyof typeof SUBJECTS]; // one of its own keys
  const at = `${path}.${field}`;
  const who = subject[field];
  if (!who) out.push(required(at, `${field} is required when subject kind is '${kind}'`));
  else if (!who.name) out.push(required(`${at}.name`));
  if (subject.serviceAccount && kind === 'ServiceAccount') {
    const { name, namespace } = subject.serviceAccount;
    if (name && name !== '*') messages(`${at}.name`, name, dnsSubdomain(name), out);
    if (namespace) messages(`${at}.namespace`, namespace, dnsLabel(namespace), out);
    else out.push(required(`${at}.namespace`, 'must specify namespace for service account'));
  }
  for (const other of SUBJECT_KINDS)
    if (other !== kind && subject[SUBJECTS[other]])
      out.push(forbidden(`${path}.${SUBJECTS[other]}`, `${SUBJECTS[other]} is forbidden when subject kind is not '${other}'`));
}

/** A list that says something, and nothing beside "*"; true where it is without "*" and can be looked into. */
function listFaults(path: string, values: readonly string[] = [], [missing, what]: readonly [string, string], out: Faults): boolean {
  if (values.length === 0 && missing !== '') out.push(required(path, missing));
  if (!values.includes('*')) return true;
  if (values.length > 1) out.push(invalid(path, values, `if '*' is present, must not specify other ${what}`));
  return false;
}

function verbFaults(path: string, verbs: readonly string[] | undefined, out: Faults): void {
  const areNamed = listFaults(path, verbs, ['verbs must contain at least one value', 'verbs'], out);
  if (areNamed && verbs?.some((verb) => !VERBS.includes(verb))) out.push(notSupported(path, verbs, VERBS));
}

const rulesMust = (what: string): string => `resource rules must supply at least one ${what}`;
const NO_NAMESPACE = 'resource rules that are not cluster scoped must supply at least one namespace';

function resourceRuleFaults(path: string, { verbs, apiGroups, resources, namespaces, clusterScope }: ResourceRule, out: Faults): void {
  verbFaults(`${path}.verbs`, verbs, out);
  listFaults(`${path}.apiGroups`, apiGroups, [rulesMust('api group'), 'api groups'], out);
  listFaults(`${path}.resources`, resources, [rulesMust('resource'), 'resources'], out);
  if (!listFaults(`${path}.namespaces`, namespaces, [clusterScope ? '' : NO_NAMESPACE, 'namespaces'], out)) return;
  namespaces?.forEach((namespace, i) => {
    for (const fault of dnsLabel(namespace))
      out.push(invalid(`${path}.namespaces[${i}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${fault}`));
  });
}

function urlFault(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}

function urlRuleFaults(path: string, { verbs, nonResourceURLs: urls }: UrlRule, out: Faults): void {
  verbFaults(`${path}.verbs`, verbs, out);
  const at = `${path}.nonResourceURLs`;
  if (!listFaults(at, urls, ['nonResourceURLs must contain at least one value', 'non-resource URLs'], out)) return;
  urls?.forEach((url, i) => {
    const fault = urlFault(url);
    if (fault) out.push(invalid(`${at}[${i}]`, url, fault));
  });
}

function rulesFaults(path: string, { subjects = [], resourceRules = [], nonResourceRules = [] }: Rules, out: Faults): void {
  if (subjects.length === 0) out.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  subjects.forEach((subject, i) => {
    subjectFaults(`${path}.subjects[${i}]`, subject, out);
  });
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    out.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  resourceRules.forEach((rule, i) => {
    resourceRuleFaults(`${path}.resourceRules[${i}]`, rule, out);
  });
  nonResourceRules.forEach((rule, i) => {
    urlRuleFaults(`${path}.nonResourceRules[${i}]`, rule, out);
  });
}

const METHODS = ['ByNamespace', 'ByUser'];

export function flowSchemaFaults({ metadata, spec }: FlowSchema): readonly FieldError[] {
  const out: FieldError[] = [];
  const precedence = spec.matchingPrecedence ?? 0;
  if (precedence <= 0) out.push(invalid('spec.matchingPrecedence', precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) out.push(invalid('spec.matchingPrecedence', precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (precedence === 1 && metadata.name !== 'exempt')
    out.push(invalid('spec.matchingPrecedence', precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  const { distinguisherMethod: method } = spec;
  if (method && !METHODS.includes(method.type ?? ''))
    out.push(notSupported('spec.distinguisherMethod.type', internalForm('flowcontrol.FlowDistinguisherMethod', method), METHODS));
  const { name } = spec.priorityLevelConfiguration ?? {};
  if (!name) out.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
  else messages('spec.priorityLevelConfiguration.name', name, dnsSubdomain(name), out);
  spec.rules?.forEach((rules, i) => {
    rulesFaults(`spec.rules[${i}]`, rules, out);
  });
  return out;
}

const MAX_QUEUES = 10_000_000;
/** Bits of a hash from which the hands are dealt. */
const MAX_ENTROPY_BITS = 60;

function queuingFaults(path: string, { queues = 0, handSize = 0, queueLengthLimit = 0 }: QueuingConfiguration, out: Faults): void {
  if (queueLengthLimit <= 0) out.push(invalid(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'));
  if (queues <= 0) out.push(invalid(`${path}.queues`, queues, 'must be positive'));
  if (queues > MAX_QUEUES) out.push(invalid(`${path}.queues`, queues, `must not be greater than ${MAX_QUEUES}`));
  if (handSize <= 0) out.push(invalid(`${path}.handSize`, handSize, 'must be positive'));
  else if (handSize > queues) out.push(invalid(`${path}.handSize`, handSize, `should not be greater than queues (${queues})`));
  else if (Math.ceil(Math.log2(queues) * handSize) > MAX_ENTROPY_BITS)
    out.push(
      invalid(
        `${path}.handSize`,
        handSize,
        `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MAX_ENTROPY_BITS}`,
      ),
    );
}

type Shares = { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number };

function sharesFaults(path: string, { nominalConcurrencyShares: shares = 0 }: Shares, out: Faults): void {
  if (shares < 0) out.push(invalid(`${path}.nominalConcurrencyShares`, shares, 'must be a non-negative integer'));
}

function lendableFaults(path: string, { lendablePercent: percent = 0 }: Shares, out: Faults): void {
  messages(`${path}.lendablePercent`, percent, inRange(percent, 0, 100), out);
}

function limitedFaults(path: string, limited: LimitedPriorityLevelConfiguration, out: Faults): void {
  sharesFaults(path, limited, out);
  const { type, queuing } = limited.limitResponse ?? {};
  const at = `${path}.limitResponse`;
  oneOf(`${at}.type`, type ?? '', ['Queue', 'Reject'], false, out);
  if (type === 'Reject' && queuing) out.push(forbidden(`${at}.queuing`, 'must be nil if limited.limitResponse.type is not Limited'));
  if (type === 'Queue' && !queuing) out.push(required(`${at}.queuing`, 'must not be empty if limited.limitResponse.type is Limited'));
  if (type === 'Queue' && queuing) queuingFaults(`${at}.queuing`, queuing, out);
  lendableFaults(path, limited, out);
  const { borrowingLimitPercent: borrowed = 0 } = limited;
  if (borrowed < 0) out.push(invalid(`${path}.borrowingLimitPercent`, borrowed, 'if specified, must be a non-negative integer'));
}

export function priorityLevelFaults({ metadata, spec }: PriorityLevelConfiguration): readonly FieldError[] {
  const out: FieldError[] = [];
  const { type = '', limited, exempt } = spec;
  if ((metadata.name === 'exempt') !== (type === 'Exempt'))
    out.push(invalid('spec.type', type, "must be 'Exempt' if and only if `name` is 'exempt'"));
  oneOf('spec.type', type, ['Exempt', 'Limited'], false, out);
  if (type === 'Exempt') {
    if (limited) out.push(forbidden('spec.limited', 'must be nil if the type is not Limited'));
    if (exempt) sharesFaults('spec.exempt', exempt, out);
    if (exempt) lendableFaults('spec.exempt', exempt, out);
  }
  if (type === 'Limited') {
    if (exempt) out.push(forbidden('spec.exempt', 'must be nil if the type is Limited'));
    if (limited) limitedFaults('spec.limited', limited, out);
    else out.push(required('spec.limited', 'must not be empty when type is Limited'));
  }
  if (metadata.name === 'exempt' && (type !== 'Exempt' || limited))
    out.push(
      invalid(
        'spec',
        internalForm('flowcontrol.PriorityLevelConfigurationSpec', spec),
        "spec of 'exempt' except the 'spec.exempt' field must equal the fixed value",
      ),
    );
  return out;
}
