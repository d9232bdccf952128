import type { Endpoint, EndpointSlice } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain, fullyQualifiedDomain } from '../../kube/names/dns.ts';
import { ipAddress, ipFamily } from '../../kube/names/ip.ts';
import { labelValue, qualifiedName } from '../../kube/names/labels.ts';
import { reachFaults } from '../core/endpoints-validation.ts';
import { type Faults, messages, oneOf, requiredName } from '../faults.ts';

// Models kubernetes pkg/apis/discovery/validation.

const TYPES = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_PORTS = 20_000;
const MAX_ADDRESSES = 100;
const MAX_HINTS = 8;

function addressFaults(path: string, i: number, address: string, type: string, out: Faults): void {
  const at = `${path}[${i}]`;
  if (type === 'FQDN') return void requiredName(at, address, fullyQualifiedDomain, out);
  // Of which kind the addresses are to be is not known then, and told already.
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const faults = ipAddress(address, false);
  messages(at, address, faults, out);
  if (faults.length > 0) return;
  // Upstream does not tell which address it is.
  if (ipFamily(address) !== (type === 'IPv4' ? 4 : 6)) out.push(invalid(path, address, `must be an ${type} address`));
  reachFaults(at, address, out);
}

/** Whom traffic is better sent to: names that are not there twice, and not too many. */
function hintFaults(
  path: string,
  hints: readonly { readonly name: string }[] = [],
  rule: (name: string) => readonly string[],
  out: Faults,
): void {
  if (hints.length > MAX_HINTS) return void out.push(tooMany(path, hints.length, MAX_HINTS));
  const names = new Set<string>();
  hints.forEach(({ name = '' }, i) => {
    if (names.has(name)) out.push(duplicate(`${path}[${i}].name`, name));
    names.add(name);
    messages(`${path}[${i}].name`, name, rule(name), out);
  });
}

function endpointFaults(path: string, { addresses = [], hostname, nodeName, hints }: Endpoint, type: string, out: Faults): void {
  if (addresses.length === 0) out.push(required(`${path}.addresses`, 'must contain at least 1 address'));
  if (addresses.length > MAX_ADDRESSES) out.push(tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES));
  addresses.forEach((address, i) => {
    addressFaults(`${path}.addresses`, i, address, type, out);
  });
  if (nodeName !== undefined) messages(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName), out);
  if (hostname !== undefined) messages(`${path}.hostname`, hostname, dnsLabel(hostname), out);
  hintFaults(`${path}.hints.forZones`, hints?.forZones, labelValue, out);
  hintFaults(`${path}.hints.forNodes`, hints?.forNodes, dnsSubdomain, out);
}

function portsFaults(ports: NonNullable<EndpointSlice['ports']>, out: Faults): void {
  if (ports.length > MAX_PORTS) return void out.push(tooMany('ports', ports.length, MAX_PORTS));
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, i) => {
    const path = `ports[${i}]`;
    if (name !== '') messages(`${path}.name`, name, dnsLabel(name), out);
    if (names.has(name)) out.push(duplicate(`${path}.name`, name));
    names.add(name);
    oneOf(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], false, out);
    if (appProtocol !== undefined) messages(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol), out);
  });
}

export function endpointSliceFaults({ addressType, endpoints = [], ports = [] }: EndpointSlice): readonly FieldError[] {
  const out: FieldError[] = [];
  if (!addressType) out.push(required('addressType'));
  else if (!TYPES.includes(addressType)) out.push(notSupported('addressType', addressType, TYPES));
  portsFaults(ports, out);
  if (endpoints.length > MAX_ENDPOINTS) return [...out, tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  endpoints.forEach((endpoint, i) => {
    endpointFaults(`endpoints[${i}]`, endpoint, addressType, out);
  });
  return out;
}

export const endpointSliceUpdateFaults = (object: EndpointSlice, previous: EndpointSlice): readonly FieldError[] =>
  object.addressType === previous.addressType ? [] : [invalid('addressType', object.addressType, 'field is immutable')];
