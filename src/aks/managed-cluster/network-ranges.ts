import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { containsAddress, isNetworkAddress, overlaps, type Prefix, parseAddress, parsePrefix } from '../../net/prefix.ts';
import { given, textAt } from './given.ts';
import { SUBNET_RANGE } from './node-group.ts';

/** Shortest prefix of a service range: it has to be smaller than a /12. Source: aks-facts §1.4. */
const SERVICE_PREFIX_MIN = 12;

const fault = (name: string, value: unknown, detail: string, code = 'InvalidParameter'): FieldError => ({
  ...invalid(`networkProfile.${name}`, value, detail),
  code,
});

/** Ranges of services and pods: readable, apart from each other and from the nodes' subnet, the DNS address among the services. */
export function validateRanges(network: JsonObject): FieldError[] {
  const service = parseRange(textAt(network, 'serviceCidr'));
  const pod = parseRange(textAt(network, 'podCidr'));
  const errors: FieldError[] = [];
  if (!service) errors.push(unreadable('serviceCidr', network['serviceCidr']));
  if (!pod && given(network['podCidr'])) errors.push(unreadable('podCidr', network['podCidr']));
  if (service && service.length <= SERVICE_PREFIX_MIN)
    errors.push(
      fault(
        'serviceCidr',
        network['serviceCidr'],
        `The service CIDR ${network['serviceCidr']} has to be smaller than /${SERVICE_PREFIX_MIN}.`,
      ),
    );
  return errors.length > 0 || !service ? errors : [...validateDnsAddress(network, service), ...validateApart(network, service, pod)];
}

/** A range written by its first address, as Azure wants it. */
const parseRange = (text: string): Prefix | undefined => (isNetworkAddress(text) ? parsePrefix(text) : undefined);

const unreadable = (name: string, value: unknown): FieldError =>
  fault(
    name,
    value,
    `The value of parameter networkProfile.${name} is invalid. Error details: '${value}' is not a valid CIDR notation. Please see https://aka.ms/aks-naming-rules for more details.`,
  );

/** Among the services and not their first address, which the API server has. */
function validateDnsAddress(network: JsonObject, service: Prefix): FieldError[] {
  const text = textAt(network, 'dnsServiceIP');
  const address = parseAddress(text);
  if (address && containsAddress(service, address) && address.value > service.base + 1n) return [];
  const detail = `The specified DNS service IP ${text} is not a usable address of the service CIDR ${textAt(network, 'serviceCidr')}: it must lie in the range and not be its first address.`;
  return [fault('dnsServiceIP', text, detail, 'DnsServiceIpOutOfServiceCidr')];
}

/** Ranges that Azure keeps for itself in every cluster. Source: aks-facts-networking §4.2. */
const RESERVED = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

function validateApart(network: JsonObject, service: Prefix, pod: Prefix | undefined): FieldError[] {
  const subnet = parsePrefix(SUBNET_RANGE);
  const errors: FieldError[] = [];
  const conflict = (name: string, what: string, other: string, code?: string): FieldError =>
    fault(name, network[name], `The specified ${what} CIDR ${network[name]} is conflicted with ${other}`, code);
  const inSubnet = `an existing subnet CIDR ${SUBNET_RANGE}`;
  if (subnet && overlaps(service, subnet))
    errors.push(conflict('serviceCidr', 'service', inSubnet, 'ServiceCidrOverlapExistingSubnetsCidr'));
  if (subnet && pod && overlaps(pod, subnet)) errors.push(conflict('podCidr', 'pod', inSubnet));
  for (const reserved of RESERVED) {
    const range = parsePrefix(reserved);
    if (range && overlaps(service, range)) errors.push(conflict('serviceCidr', 'service', `the reserved range ${reserved}`));
    if (range && pod && overlaps(pod, range)) errors.push(conflict('podCidr', 'pod', `the reserved range ${reserved}`));
  }
  if (pod && overlaps(pod, service)) errors.push(conflict('podCidr', 'pod', `the service CIDR ${network['serviceCidr']}`));
  return errors;
}
