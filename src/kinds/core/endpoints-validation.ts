import type { CoreEndpointPort, EndpointAddress, Endpoints } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
import { ipAddress } from '../../kube/names/ip.ts';
import { portNumber } from '../../kube/names/values.ts';
import { type Faults, messages, oneOf } from '../faults.ts';

// Models kubernetes pkg/apis/core/validation ValidateEndpoints.

/** Addresses that mean the reader itself or its link, and would lead it to its own services. */
export function reachFaults(path: string, ip: string, out: Faults): void {
  if (ip === '0.0.0.0' || ip === '::') out.push(invalid(path, ip, `may not be unspecified (${ip})`));
  if (/^127\./.test(ip) || ip === '::1') out.push(invalid(path, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'));
  if (/^169\.254\./.test(ip) || /^fe[89ab]/i.test(ip))
    out.push(invalid(path, ip, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'));
  if (/^224\.0\.0\./.test(ip) || /^ff.2:/i.test(ip))
    out.push(invalid(path, ip, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'));
}

function addressFaults(path: string, { ip, hostname, nodeName }: EndpointAddress, out: Faults): void {
  const faults = ipAddress(ip ?? '', false);
  messages(`${path}.ip`, ip ?? '', faults, out);
  if (hostname) messages(`${path}.hostname`, hostname, dnsLabel(hostname), out);
  if (nodeName !== undefined) messages(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName), out);
  // Whether it leads anywhere is asked of every address, and told again of what is none.
  if (faults.length === 0) reachFaults(`${path}.ip`, ip, out);
  else out.push(invalid(`${path}.ip`, ip ?? '', 'must be a valid IP address'));
}

function portFaults(path: string, { name, port, protocol }: CoreEndpointPort, needsName: boolean, out: Faults): void {
  if (!name) {
    if (needsName) out.push(required(`${path}.name`));
  } else messages(`${path}.name`, name, dnsLabel(name), out);
  messages(`${path}.port`, port ?? 0, portNumber(port ?? 0), out);
  oneOf(`${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'], true, out);
}

export function endpointsFaults({ subsets = [] }: Endpoints): readonly FieldError[] {
  const out: FieldError[] = [];
  subsets?.forEach(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const path = `subsets[${i}]`;
    if (addresses.length === 0 && notReadyAddresses.length === 0)
      out.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
    addresses.forEach((address, j) => {
      addressFaults(`${path}.addresses[${j}]`, address, out);
    });
    notReadyAddresses.forEach((address, j) => {
      addressFaults(`${path}.notReadyAddresses[${j}]`, address, out);
    });
    ports.forEach((port, j) => {
      portFaults(`${path}.ports[${j}]`, port, ports.length > 1, out);
    });
  });
  return out;
}
