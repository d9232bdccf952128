import type { HTTPIngressPath, Ingress, IngressBackend } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid, notSupported, required } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain, nameIsPathSegment, wildcardSubdomain } from '../../kube/names/dns.ts';
import { ipFamily } from '../../kube/names/ip.ts';
import { portName, portNumber } from '../../kube/names/values.ts';
import { type Faults, messages, requiredName } from '../faults.ts';

// Models kubernetes pkg/apis/networking/validation ValidateIngress.

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS = ['/..', '/.'];

function hostFaults(path: string, host: string, out: Faults): void {
  messages(path, host, host.includes('*') ? wildcardSubdomain(host) : dnsSubdomain(host), out);
}

function backendFaults(path: string, { service, resource }: IngressBackend, out: Faults): void {
  if (resource && service) return void out.push(invalid(path, '', 'cannot set both resource and service backends'));
  if (resource) {
    const { apiGroup, kind, name } = resource;
    if (apiGroup !== undefined) messages(`${path}.resource.apiGroup`, apiGroup, dnsSubdomain(apiGroup), out);
    requiredName(`${path}.resource.kind`, kind, nameIsPathSegment, out);
    requiredName(`${path}.resource.name`, name, nameIsPathSegment, out);
    return;
  }
  if (!service) return void out.push(invalid(path, '', 'resource or service backend is required'));
  requiredName(`${path}.service.name`, service.name, dnsLabel, out);
  const { name, number } = service.port ?? {};
  const at = `${path}.service.port`;
  if (name && number) out.push(invalid(`${path}`, '', 'cannot set both port name & port number'));
  else if (name) messages(`${at}.name`, name, portName(name), out);
  else if (number) messages(`${at}.number`, number, portNumber(number), out);
  else out.push(required(`${path}`, 'port name or number is required'));
}

function pathFaults(path: string, { path: url = '', pathType, backend }: HTTPIngressPath, out: Faults): void {
  if (pathType === undefined) return void out.push(required(`${path}.pathType`, 'pathType must be specified'));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!url.startsWith('/')) out.push(invalid(`${path}.path`, url, 'must be an absolute path'));
    if (url !== '') {
      for (const part of FORBIDDEN_SEQUENCES) if (url.includes(part)) out.push(invalid(`${path}.path`, url, `must not contain '${part}'`));
      for (const end of FORBIDDEN_ENDS) if (url.endsWith(end)) out.push(invalid(`${path}.path`, url, `cannot end with '${end}'`));
    }
  } else if (pathType !== 'ImplementationSpecific') out.push(notSupported(`${path}.pathType`, pathType, PATH_TYPES));
  else if (url !== '' && !url.startsWith('/')) out.push(invalid(`${path}.path`, url, 'must be an absolute path'));
  backendFaults(`${path}.backend`, backend ?? {}, out);
}

export function ingressFaults({ spec }: Ingress): readonly FieldError[] {
  const out: FieldError[] = [];
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend) out.push(invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'));
  if (defaultBackend) backendFaults('spec.defaultBackend', defaultBackend, out);
  rules.forEach(({ host, http }, i) => {
    const path = `spec.rules[${i}]`;
    if (host) {
      if (ipFamily(host) !== undefined) out.push(invalid(`${path}.host`, host, 'must be a DNS name, not an IP address'));
      hostFaults(`${path}.host`, host, out);
    }
    if (http && !http.paths?.length) out.push(required(`${path}.http.paths`));
    http?.paths?.forEach((item, j) => {
      pathFaults(`${path}.http.paths[${j}]`, item, out);
    });
  });
  tls.forEach(({ hosts = [], secretName }, i) => {
    hosts.forEach((host, j) => {
      hostFaults(`spec.tls[${i}].hosts[${j}]`, host, out);
    });
    if (secretName) messages(`spec.tls[${i}].secretName`, secretName, dnsSubdomain(secretName), out);
  });
  if (ingressClassName !== undefined) messages('spec.ingressClassName', ingressClassName, dnsSubdomain(ingressClassName), out);
  return out;
}
