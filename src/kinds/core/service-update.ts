import type { Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import { equal } from '../../kernel/json.ts';
import { needsHealthCheckPort, needsNodePorts } from './service-allocation.ts';

type Spec = Service['spec'];
type Mutable = { -readonly [Field in keyof Spec]: Spec[Field] };

const isExternalName = ({ spec }: Service): boolean => spec.type === 'ExternalName';
const isBalanced = ({ spec }: Service): boolean => spec.type === 'LoadBalancer';
const isExposed = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs?.length ?? 0) > 0;

/**
 * What a client need not repeat (addresses and ports that were allocated) is carried over; what belonged to the former type, and
 * that the client left as it was, goes. Models kubernetes pkg/registry/core/service/strategy.go.
 */
export function prepareServiceUpdate(service: Service, previous: Service): Service {
  const spec: Mutable = { ...service.spec };
  carryOver(spec, service, previous);
  normalizeAddresses(spec, previous);
  drop(spec, service, previous);
  return equal(spec, service.spec) ? service : { ...service, spec };
}

function carryOver(spec: Mutable, service: Service, previous: Service): void {
  if (!isExternalName(service) && !isExternalName(previous)) {
    if (!spec.clusterIP && previous.spec.clusterIP) {
      spec.clusterIP = previous.spec.clusterIP;
      if (!spec.clusterIPs?.length && previous.spec.clusterIPs) spec.clusterIPs = previous.spec.clusterIPs;
    }
    if (!spec.ipFamilies?.length && previous.spec.ipFamilies) spec.ipFamilies = previous.spec.ipFamilies;
    if (!spec.ipFamilyPolicy && previous.spec.ipFamilyPolicy) spec.ipFamilyPolicy = previous.spec.ipFamilyPolicy;
  }
  if (needsNodePorts(service) && needsNodePorts(previous) && spec.ports)
    spec.ports = withKnownNodePorts(spec.ports, previous.spec.ports ?? []);
  if (needsHealthCheckPort(service) && needsHealthCheckPort(previous) && !spec.healthCheckNodePort && previous.spec.healthCheckNodePort)
    spec.healthCheckNodePort = previous.spec.healthCheckNodePort;
}

function withKnownNodePorts(ports: readonly ServicePort[], known: readonly ServicePort[]): readonly ServicePort[] {
  const named = new Set(ports.map(({ nodePort }) => nodePort));
  return ports.map((port) => {
    if (port.nodePort) return port;
    const before = known.find((other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'));
    return before?.nodePort && !named.has(before.nodePort) ? { ...port, nodePort: before.nodePort } : port;
  });
}

/** clusterIP is the first of clusterIPs; a client that knows only the former changes both. */
function normalizeAddresses(spec: Mutable, previous: Service): void {
  const first = spec.clusterIPs?.[0];
  if (spec.clusterIP === first) return;
  if (spec.clusterIP && (!first || first === previous.spec.clusterIPs?.[0])) spec.clusterIPs = [spec.clusterIP];
  else if (!spec.clusterIP && equal(spec.clusterIPs, previous.spec.clusterIPs)) delete spec.clusterIPs;
}

function drop(spec: Mutable, service: Service, previous: Service): void {
  if (!isExternalName(previous) && isExternalName(service)) {
    if (spec.clusterIP === previous.spec.clusterIP) delete spec.clusterIP;
    if (equal(spec.clusterIPs, previous.spec.clusterIPs)) delete spec.clusterIPs;
    if (equal(spec.ipFamilies, previous.spec.ipFamilies)) delete spec.ipFamilies;
    if (spec.ipFamilyPolicy === previous.spec.ipFamilyPolicy) delete spec.ipFamilyPolicy;
    if (spec.internalTrafficPolicy === previous.spec.internalTrafficPolicy) delete spec.internalTrafficPolicy;
  }
  const ports = (list: readonly ServicePort[] = []): (number | undefined)[] => list.map(({ nodePort }) => nodePort);
  if (needsNodePorts(previous) && !needsNodePorts(service) && equal(nullable(ports(spec.ports)), nullable(ports(previous.spec.ports))))
    spec.ports = (spec.ports ?? []).map(({ nodePort: _, ...port }) => port);
  if (needsHealthCheckPort(previous) && !needsHealthCheckPort(service) && spec.healthCheckNodePort === previous.spec.healthCheckNodePort)
    delete spec.healthCheckNodePort;
  if (isBalanced(previous) && !isBalanced(service)) {
    if (spec.allocateLoadBalancerNodePorts === previous.spec.allocateLoadBalancerNodePorts) delete spec.allocateLoadBalancerNodePorts;
    if (spec.loadBalancerClass === previous.spec.loadBalancerClass) delete spec.loadBalancerClass;
  }
  if (isExposed(previous) && !isExposed(service) && spec.externalTrafficPolicy === previous.spec.externalTrafficPolicy)
    delete spec.externalTrafficPolicy;
}

const nullable = (values: readonly (number | undefined)[]): (number | null)[] => values.map((value) => value ?? null);
