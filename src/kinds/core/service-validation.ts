import type { Service, ServicePort, ServiceSpec } from '../../../gen/kubernetes-types.ts';
import { duplicate, type FieldError, forbidden, invalid, required } from '../../kernel/field-error.ts';
import { dnsLabel, dnsSubdomain } from '../../kube/names/dns.ts';
import { cidr, ipAddress } from '../../kube/names/ip.ts';
import { qualifiedName, validateLabels } from '../../kube/names/labels.ts';
import { portName, portNumber } from '../../kube/names/values.ts';
import { type Faults, messages, oneOf } from '../faults.ts';
import { needsHealthCheckPort } from './service-allocation.ts';

// Models kubernetes pkg/apis/core/validation ValidateService.

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_CLIENT_IP_SECONDS = 86_400;

const isExternal = ({ type, externalIPs }: ServiceSpec): boolean =>
  type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && (externalIPs?.length ?? 0) > 0);

function portFaults(path: string, port: ServicePort, needsName: boolean, isHeadless: boolean, names: Set<string>, out: Faults): void {
  const { name, port: number, protocol, targetPort, appProtocol } = port;
  if (!name) {
    if (needsName) out.push(required(`${path}.name`));
  } else {
    messages(`${path}.name`, name, dnsLabel(name), out);
    if (names.has(name)) out.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  messages(`${path}.port`, number ?? 0, portNumber(number ?? 0), out);
  oneOf(`${path}.protocol`, protocol, PROTOCOLS, true, out);
  if (typeof targetPort === 'string') messages(`${path}.targetPort`, targetPort, portName(targetPort), out);
  else if (targetPort !== undefined) messages(`${path}.targetPort`, targetPort, portNumber(targetPort), out);
  if (appProtocol !== undefined) messages(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol), out);
  if (isHeadless && typeof targetPort === 'number' && targetPort === 0) out.push(required(`${path}.targetPort`));
}

function portsFaults({ type, ports = [], clusterIP }: ServiceSpec, out: Faults): void {
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  ports.forEach((port, i) => {
    const path = `spec.ports[${i}]`;
    portFaults(path, port, ports.length > 1, clusterIP === 'None', names, out);
    if (port.nodePort) {
      if (type === 'ClusterIP' || type === 'ExternalName')
        out.push(forbidden(`${path}.nodePort`, `may not be used when \`type\` is '${type}'`));
      const key = `${port.protocol}/${port.nodePort}`;
      if (nodePorts.has(key)) out.push(duplicate(`${path}.nodePort`, port.nodePort));
      nodePorts.add(key);
    }
    const key = `${port.protocol}/${port.port}`;
    if (numbers.has(key)) out.push(duplicate(path, { protocol: port.protocol, port: port.port }));
    numbers.add(key);
  });
}

function typeFaults(spec: ServiceSpec, out: Faults): void {
  const ip = spec.clusterIPs?.[0] ?? spec.clusterIP;
  const isHeadless = ip === 'None';
  if (!spec.ports?.length && !isHeadless && spec.type !== 'ExternalName') out.push(required('spec.ports'));
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless)
    out.push(invalid('spec.clusterIPs[0]', ip, `may not be set to 'None' for ${spec.type} services`));
  if (spec.type === 'ExternalName') {
    if (ip) out.push(forbidden('spec.clusterIPs[0]', 'may not be set for ExternalName services'));
    const name = (spec.externalName ?? '').replace(/\.$/, '');
    if (name === '') out.push(required('spec.externalName'));
    else messages('spec.externalName', name, dnsSubdomain(name), out);
  }
}

function trafficFaults(service: Service, out: Faults): void {
  const { spec } = service;
  if (isExternal(spec)) oneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local'], true, out);
  else if (spec.externalTrafficPolicy)
    out.push(invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services'));
  if (spec.healthCheckNodePort && !needsHealthCheckPort(service))
    out.push(
      invalid(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    );
  oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local'], spec.type !== 'ExternalName', out);
  oneOf('spec.trafficDistribution', spec.trafficDistribution, ['PreferClose', 'PreferSameZone', 'PreferSameNode'], false, out);
  if (spec.type === 'LoadBalancer') {
    const { loadBalancerClass: name } = spec;
    if (name !== undefined) messages('spec.loadBalancerClass', name, qualifiedName(name), out);
    return;
  }
  if (spec.loadBalancerClass !== undefined) out.push(forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  if (spec.allocateLoadBalancerNodePorts !== undefined)
    out.push(forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"));
  if (spec.loadBalancerSourceRanges?.length)
    out.push(forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"));
}

export function serviceFaults(service: Service): readonly FieldError[] {
  const out: FieldError[] = [];
  const { spec } = service;
  typeFaults(spec, out);
  portsFaults(spec, out);
  out.push(...validateLabels(spec.selector, 'spec.selector'));
  oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None'], true, out);
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (spec.sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > MAX_CLIENT_IP_SECONDS))
    out.push(
      invalid(
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
        seconds,
        `must be greater than 0 and less than ${MAX_CLIENT_IP_SECONDS}`,
      ),
    );
  (spec.clusterIPs ?? []).forEach((ip, i) => {
    if (ip !== 'None' && ip !== '') messages(`spec.clusterIPs[${i}]`, ip, ipAddress(ip, false), out);
  });
  if (spec.clusterIP && spec.clusterIPs?.length && spec.clusterIP !== spec.clusterIPs[0])
    out.push(invalid('spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`'));
  spec.externalIPs?.forEach((ip, i) => {
    messages(`spec.externalIPs[${i}]`, ip, ipAddress(ip, false), out);
  });
  oneOf('spec.type', spec.type, TYPES, true, out);
  spec.loadBalancerSourceRanges?.forEach((range, i) => {
    messages(`spec.LoadBalancerSourceRanges[${i}]`, range, cidr(range.trim(), false), out);
  });
  oneOf('spec.ipFamilyPolicy', spec.ipFamilyPolicy, ['PreferDualStack', 'RequireDualStack', 'SingleStack'], false, out);
  spec.ipFamilies?.forEach((family, i) => {
    oneOf(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6'], true, out);
  });
  trafficFaults(service, out);
  return out;
}

/** What was allocated stays, unless the type is one without. */
export function serviceUpdateFaults({ spec }: Service, { spec: previous }: Service): readonly FieldError[] {
  const out: FieldError[] = [];
  if (spec.type === 'ExternalName' || previous.type === 'ExternalName') return out;
  const before = previous.clusterIPs?.[0];
  if (before && spec.clusterIPs?.[0] !== before)
    out.push(invalid('spec.clusterIPs[0]', spec.clusterIPs ?? null, 'may not change once set'));
  const family = previous.ipFamilies?.[0];
  if (family && spec.ipFamilies?.[0] !== family)
    out.push(invalid('spec.ipFamilies[0]', spec.ipFamilies ?? null, 'may not change once set'));
  if (spec.type === 'LoadBalancer' && previous.type === 'LoadBalancer' && spec.loadBalancerClass !== previous.loadBalancerClass)
    out.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'));
  return out;
}
