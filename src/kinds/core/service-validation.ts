import type { Service, ServicePort, ServiceSpec } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
import { cidr, ipAddress, ipFamily } from '../../kube/names/ip.ts';
import { qualifiedName, validateLabels } from '../../kube/names/labels.ts';
import { portNumber } from '../../kube/names/values.ts';
import { type Faults, IMMUTABLE, messages, oneOf, requiredName } from '../faults.ts';
import { internalForm } from '../internal-form.ts';
import { reachFaults } from './endpoints-validation.ts';
import { portOrNameFaults } from './pod/validate-probe.ts';
import { needsHealthCheckPort } from './service-allocation.ts';

// Models kubernetes pkg/apis/core/validation ValidateService.

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_CLIENT_IP_SECONDS = 86_400;

const isExternal = ({ type, externalIPs }: ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs?.length ?? 0) > 0);

function portFaults(path: string, port: ServicePort, needsName: boolean, names: Set<string>, out: Faults): void {
  const { name, port: number = 0, protocol, targetPort, appProtocol } = port;
  if (!name) {
    if (needsName) out.push(required(`${path}.name`));
  } else {
    messages(`${path}.name`, name, dnsLabel(name), out);
    if (names.has(name)) out.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  messages(`${path}.port`, number, portNumber(number), out);
  oneOf(`${path}.protocol`, protocol, PROTOCOLS, true, out);
  portOrNameFaults(`${path}.targetPort`, targetPort, out);
  if (appProtocol !== undefined) messages(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol), out);
}

/** The same protocol and number may be there once, of the service and of the nodes. */
function samePortFaults({ type, ports = [] }: ServiceSpec, out: Faults): void {
  const taken = new Set<string>();
  const isTaken = (key: string): boolean => taken.size === taken.add(key).size;
  ports.forEach(({ nodePort }, i) => {
    if (nodePort && type === 'ClusterIP') out.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"));
  });
  ports.forEach(({ protocol, nodePort }, i) => {
    if (nodePort && isTaken(`node ${protocol}/${nodePort}`)) out.push(duplicate(`spec.ports[${i}].nodePort`, nodePort));
  });
  ports.forEach(({ protocol, port }, i) => {
    if (isTaken(`${protocol}/${port}`)) out.push(duplicate(`spec.ports[${i}]`, internalForm('core.ServicePort', { protocol, port })));
  });
}

const isHeadless = ({ clusterIPs }: ServiceSpec): boolean => clusterIPs?.length === 1 && clusterIPs[0] === 'None';

function typeFaults(spec: ServiceSpec, out: Faults): void {
  const { type } = spec;
  if (!spec.ports?.length && !isHeadless(spec) && type !== 'ExternalName') out.push(required('spec.ports'));
  if ((type === 'LoadBalancer' || type === 'NodePort') && isHeadless(spec))
    out.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  if (type !== 'ExternalName') return;
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const)
    if (spec[field]?.length) out.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  requiredName('spec.externalName', name, dnsSubdomain, out);
}

function affinityFaults({ sessionAffinity, sessionAffinityConfig: config }: ServiceSpec, out: Faults): void {
  oneOf('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'], true, out);
  if (sessionAffinity !== 'ClientIP') return;
  const path = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (seconds !== undefined && (seconds <= 0 || seconds > MAX_CLIENT_IP_SECONDS))
    out.push(invalid(path, seconds, `must be greater than 0 and less than ${MAX_CLIENT_IP_SECONDS}`));
}

function familyFaults({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec, out: Faults): void {
  ipFamilies.forEach((family, i) => {
    oneOf(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6'], false, out);
    if (ipFamilies.indexOf(family) < i) out.push(duplicate(`spec.ipFamilies[${i}]`, family));
  });
  oneOf('spec.ipFamilyPolicy', ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], false, out);
}

/** Addresses inside the cluster: one of each family at most, in the order of the families. */
function clusterAddressFaults(spec: ServiceSpec, out: Faults): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIP = '', clusterIPs = [], ipFamilies = [] } = spec;
  const path = 'spec.clusterIPs';
  const fault = (detail: string): void => {
    out.push(invalid(path, clusterIPs, detail));
  };
  if (clusterIP === '' && clusterIPs.length > 0) fault('must be empty when `clusterIP` is not specified');
  if (clusterIP !== '' && clusterIPs.length === 0) out.push(required(path));
  else if (clusterIP !== '' && clusterIPs[0] !== clusterIP) fault('first value must match `clusterIP`');
  familyFaults(spec, out);
  const before = out.length;
  clusterIPs.forEach((ip, i) => {
    if (i > 0 || ip !== 'None') messages(`${path}[${i}]`, ip, ipAddress(ip, false), out);
    else if (clusterIPs.length > 1) fault("'None' must be the first and only value");
  });
  const areRight = out.length === before;
  if (clusterIPs.length > 2) fault('may only hold up to 2 values');
  // What is no address is of no family.
  if (!areRight || isHeadless(spec)) return;
  const families = clusterIPs.map((ip) => `IPv${ipFamily(ip) ?? 4}`);
  if (families.length > 1 && new Set(families).size < 2) fault('may specify no more than one IP for each IP family');
  families.slice(0, ipFamilies.length).forEach((family, i) => {
    const wanted = ipFamilies[i];
    if (wanted !== family && (wanted === 'IPv4' || wanted === 'IPv6'))
      out.push(invalid(`${path}[${i}]`, clusterIPs[i], `expected an ${wanted} value as indicated by \`ipFamilies[${i}]\``));
  });
}

const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const BALANCED_ONLY = "may only be used when `type` is 'LoadBalancer'";

function balancerFaults({ spec, metadata }: Service, out: Faults): void {
  const { loadBalancerSourceRanges: ranges = [], loadBalancerClass: name } = spec;
  const isBalanced = spec.type === 'LoadBalancer';
  const annotation = metadata.annotations?.[SOURCE_RANGES];
  const at = ranges.length > 0 ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${SOURCE_RANGES}]`;
  const all = ranges.length > 0 ? ranges : (annotation?.split(',') ?? []);
  if (all.length > 0 && !isBalanced) out.push(forbidden(at, BALANCED_ONLY));
  if (ranges.length > 0 || annotation?.trim())
    all.forEach((range, i) => {
      messages(ranges.length > 0 ? `${at}[${i}]` : at, range.trim(), cidr(range.trim(), false), out);
    });
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalanced)
    out.push(forbidden('spec.allocateLoadBalancerNodePorts', BALANCED_ONLY));
  if (name === undefined) return;
  if (isBalanced) messages('spec.loadBalancerClass', name, qualifiedName(name), out);
  else out.push(forbidden('spec.loadBalancerClass', BALANCED_ONLY));
}

function trafficFaults(service: Service, out: Faults): void {
  const { spec } = service;
  if (isExternal(spec)) oneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local'], true, out);
  else if (spec.externalTrafficPolicy)
    out.push(invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  const { healthCheckNodePort: port } = spec;
  // One that is needed and not given is drawn.
  if (port && needsHealthCheckPort(service)) messages('spec.healthCheckNodePort', port, portNumber(port), out);
  else if (port)
    out.push(
      invalid('spec.healthCheckNodePort', port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"),
    );
  oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local'], false, out);
  oneOf('spec.trafficDistribution', spec.trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode'], false, out);
}

export function serviceFaults(service: Service): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec } = service;
  clusterAddressFaults(spec, out);
  // What is allocated by is asked first, and alone.
  if (out.length > 0) return out;
  typeFaults(spec, out);
  const names = new Set<string>();
  spec.ports?.forEach((port, i, { length }) => {
    portFaults(`spec.ports[${i}]`, port, length > 1, names, out);
  });
  out.push(...validateLabels(spec.selector, 'spec.selector'));
  affinityFaults(spec, out);
  spec.externalIPs?.forEach((ip, i) => {
    const faults = ipAddress(ip, false);
    messages(`spec.externalIPs[${i}]`, ip, faults, out);
    if (faults.length === 0) reachFaults(`spec.externalIPs[${i}]`, ip, out);
  });
  oneOf('spec.type', spec.type, TYPES, true, out);
  samePortFaults(spec, out);
  balancerFaults(service, out);
  trafficFaults(service, out);
  return out;
}

const FIXED = 'may not change once set';
type Paired = 'clusterIPs' | 'ipFamilies';

/** Addresses and families: the first stays, a second may come, and go where the policy says so. */
function pairFaults(field: Paired, spec: ServiceSpec, previous: ServiceSpec, out: Faults): void {
  const before: readonly string[] = previous[field] ?? [];
  const after: readonly string[] = spec[field] ?? [];
  const [one, path] = [field === 'clusterIPs' ? 'clusterIP' : 'ipFamily', `spec.${field}`];
  if (before.length === after.length) {
    before.forEach((value, i) => {
      if (value !== after[i]) out.push(invalid(`${path}[${field === 'clusterIPs' ? i : 0}]`, after, FIXED));
    });
    return;
  }
  if (after.length === 0) out.push(invalid(`${path}[0]`, after, `primary ${one} can not be unset`));
  // Upstream shows the addresses in both cases.
  else if (before.length > 0 && before[0] !== after[0]) out.push(invalid(`${path}[0]`, spec.clusterIPs ?? null, FIXED));
  if (before.length > after.length && after.length === 1 && spec.ipFamilyPolicy !== 'SingleStack')
    out.push(
      invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy ?? null, `must be set to 'SingleStack' when releasing the secondary ${one}`),
    );
}

/** All faults of a change: what was allocated stays, unless the type is one without. Models ValidateServiceUpdate. */
export function serviceUpdateFaults(service: Service, old: Service): readonly FieldError[] {
  const { spec } = service;
  const { spec: previous } = old;
  const out: FieldError[] = [];
  clusterAddressFaults(spec, out);
  if (out.length > 0) return out;
  if (spec.type !== 'ExternalName' && previous.type !== 'ExternalName') {
    if (!isHeadless(spec) || !isHeadless(previous)) pairFaults('clusterIPs', spec, previous, out);
    if (!isHeadless(spec) && !isHeadless(previous)) pairFaults('ipFamilies', spec, previous, out);
  }
  if (spec.type === 'LoadBalancer' && previous.type === 'LoadBalancer' && spec.loadBalancerClass !== previous.loadBalancerClass)
    out.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, FIXED));
  if (needsHealthCheckPort(service) && needsHealthCheckPort(old) && spec.healthCheckNodePort !== previous.healthCheckNodePort)
    out.push(forbidden('spec.healthCheckNodePort', IMMUTABLE));
  return [...out, ...serviceFaults(service)];
}
