import type { IngressClass, IPAddress, ServiceCIDR } from '../../../gen/kubernetes-types.ts';
import { type FieldError, forbidden, invalid, required, tooLong } from '../../kernel/field-error.ts';
import { equal } from '../../kernel/json.ts';
import { dnsLabel, dnsSubdomain, nameIsPathSegment } from '../../kube/names/dns.ts';
import { cidr, ipAddress, ipFamily } from '../../kube/names/ip.ts';
import { domainPrefixedPathFaults, IMMUTABLE, immutable, messages, oneOf, requiredName } from '../faults.ts';
import { internalForm } from '../internal-form.ts';

// Models kubernetes pkg/apis/networking/validation.

export function ipAddressFaults({ spec }: IPAddress): readonly FieldError[] {
  const out: FieldError[] = [];
  const { parentRef } = spec;
  if (!parentRef) return [required('spec.parentRef')];
  const { group, resource, name, namespace } = parentRef;
  if (group) messages('spec.parentRef.group', group, dnsSubdomain(group), out);
  requiredName('spec.parentRef.resource', resource, nameIsPathSegment, out);
  requiredName('spec.parentRef.name', name, nameIsPathSegment, out);
  if (namespace) messages('spec.parentRef.namespace', namespace, nameIsPathSegment(namespace), out);
  return out;
}

export const ipAddressUpdateFaults = ({ spec }: IPAddress, { spec: previous }: IPAddress): readonly FieldError[] =>
  equal(spec.parentRef, previous.parentRef)
    ? []
    : [invalid('spec.parentRef', internalForm('*networking.ParentReference', spec.parentRef), IMMUTABLE)];

/** The name of an IPAddress is the address. */
export const addressName = (name: string): readonly string[] => ipAddress(name, true);

export function serviceCidrFaults({ spec }: Pick<ServiceCIDR, 'spec'>): readonly FieldError[] {
  const out: FieldError[] = [];
  const cidrs = spec.cidrs ?? [];
  if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid('spec.cidrs', { CIDRs: cidrs }, 'may only hold up to 2 values')];
  cidrs.forEach((range, i) => {
    messages(`spec.cidrs[${i}]`, range, cidr(range, true), out);
  });
  const families = cidrs.map((range) => (cidr(range, false).length === 0 ? ipFamily(range.split('/')[0] ?? '') : undefined));
  if (cidrs.length === 2 && families[0] !== undefined && families[0] === families[1])
    out.push(invalid('spec.cidrs', cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64'));
  return out;
}

export function serviceCidrUpdateFaults({ spec }: ServiceCIDR, { spec: previous }: ServiceCIDR): readonly FieldError[] {
  const out: FieldError[] = [];
  const cidrs = spec.cidrs ?? [];
  const before = previous.cidrs ?? [];
  // A second family may be added to the first.
  const isWidened = before.length === 1 && cidrs.length === 2;
  if (!isWidened && cidrs.length !== before.length) return [invalid('spec.cidrs', spec.cidrs ?? null, IMMUTABLE)];
  before.forEach((range, i) => {
    if (cidrs[i] !== range) out.push(invalid(`spec.cidrs[${i}]`, cidrs[i], IMMUTABLE));
  });
  return isWidened ? [...out, ...serviceCidrFaults({ spec })] : out;
}

const MAX_CONTROLLER = 250;

export function ingressClassFaults({ spec }: IngressClass): readonly FieldError[] {
  const out: FieldError[] = [];
  const { controller, parameters } = spec;
  if (controller && controller.length > MAX_CONTROLLER) out.push(tooLong('spec.controller', MAX_CONTROLLER));
  domainPrefixedPathFaults('spec.controller', controller, out);
  if (!parameters) return out;
  const { apiGroup, kind, name, namespace, scope } = parameters;
  if (apiGroup !== undefined) messages('spec.parameters.apiGroup', apiGroup, dnsSubdomain(apiGroup), out);
  requiredName('spec.parameters.kind', kind, nameIsPathSegment, out);
  requiredName('spec.parameters.name', name, nameIsPathSegment, out);
  oneOf('spec.parameters.scope', scope, ['Cluster', 'Namespace'], false, out);
  if (scope === 'Namespace') {
    if (namespace === undefined) out.push(required('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'"));
    else messages('spec.parameters.namespace', namespace, dnsLabel(namespace), out);
  }
  if (scope === 'Cluster' && namespace !== undefined)
    out.push(forbidden('spec.parameters.namespace', "`parameters.scope` is set to 'Cluster'"));
  return out;
}

export function ingressClassUpdateFaults({ spec }: IngressClass, { spec: previous }: IngressClass): readonly FieldError[] {
  const out: FieldError[] = [];
  immutable('spec.controller', spec.controller ?? '', previous.controller ?? '', out);
  return out;
}
