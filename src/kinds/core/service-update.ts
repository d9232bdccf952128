import type { Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { needsHealthCheckPort, needsNodePorts } from './service-allocation.ts';

type Spec = Service['spec'];
type Mutable = { -readonly [Field in keyof Spec]: Spec[Field] };

const isExternalName = ({ spec }: Service): boolean => spec.type === 'ExternalName';
const isBalanced = ({ spec }: Service): boolean => spec.type === 'LoadBalancer';
const isUnbalanced = ({ status }: Service): boolean => Object.keys(status?.loadBalancer ?? {}).length === 0;
/** Of a type that has node ports, though it may do without. */
const isOnNodes = ({ spec }: Service): boolean => spec.type === 'NodePort' || spec.type === 'LoadBalancer';
const isExposed = (service: Service): boolean =>
  isOnNodes(service) || (service.spec.type === 'ClusterIP' && (service.spec.externalIPs?.length ?? 0) > 0);

/**
 * What a client need not repeat (addresses and ports that were allocated) is carried over; what belonged to the former type, and
 * that the client left as it was, goes. Models kubernetes pkg/registry/core/service/strategy.go.
 */
export function prepareServiceUpdate(service: Service, previous: Service): Service {
  const spec: Mutable = { ...service.spec };
  carryOver(spec, service, previous);
  normalizeAddresses(spec, previous);
  drop(spec, service, previous);
  const prepared = equal(spec, service.spec) ? service : { ...service, spec };
  // Nothing balances it any longer: who took that away is not looked at.
  return isBalanced(service) || isUnbalanced(service) ? prepared : { ...prepared, status: { ...service.status, loadBalancer: {} } };
}

function carryOver(spec: Mutable, service: Service, previous: Service): void {
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy, healthCheckNodePort } = previous.spec;
  if (!isExternalName(service) && !isExternalName(previous)) {
    if (!spec.clusterIP && clusterIP) spec.clusterIP = clusterIP;
    if (!spec.clusterIPs?.length && clusterIPs) spec.clusterIPs = clusterIPs;
    if (!spec.ipFamilies?.length && ipFamilies) spec.ipFamilies = ipFamilies;
    if (spec.ipFamilyPolicy === undefined && ipFamilyPolicy) spec.ipFamilyPolicy = ipFamilyPolicy;
  }
  if (needsNodePorts(service) && needsNodePorts(previous) && spec.ports)
    spec.ports = withKnownNodePorts(spec.ports, previous.spec.ports ?? []);
  if (needsHealthCheckPort(service) && needsHealthCheckPort(previous) && !spec.healthCheckNodePort && healthCheckNodePort)
    spec.healthCheckNodePort = healthCheckNodePort;
}

/** Ports get the numbers that those of their names had, unless another has taken it along. */
function withKnownNodePorts(ports: readonly ServicePort[], known: readonly ServicePort[]): readonly ServicePort[] {
  const named = new Set(ports.map(({ nodePort }) => nodePort));
  return ports.map((port) => {
    if (port.nodePort) return port;
    const nodePort = known.findLast(({ name = '' }) => name === (port.name ?? ''))?.nodePort;
    return nodePort && !named.has(nodePort) ? { ...port, nodePort } : port;
  });
}

/** clusterIP is the first of clusterIPs; a client that knows only the former changes both. */
function normalizeAddresses(spec: Mutable, previous: Service): void {
  if ((spec.clusterIP ?? '') === (previous.spec.clusterIP ?? '') || !equal(spec.clusterIPs, previous.spec.clusterIPs)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  else delete spec.clusterIPs;
}

/** A field that was left as it was, and says nothing of the new type. */
function dropUnchanged(spec: Mutable, previous: Service, ...fields: readonly (keyof Spec)[]): void {
  // Specs are plain JSON.
  const same = (field: keyof Spec): boolean => equal(spec[field] as Json | undefined, previous.spec[field] as Json | undefined);
  for (const field of fields) if (same(field)) delete spec[field];
}

function drop(spec: Mutable, service: Service, previous: Service): void {
  if (isExternalName(service)) delete spec.internalTrafficPolicy;
  if (!isExternalName(previous) && isExternalName(service)) {
    if (spec.clusterIP === previous.spec.clusterIP) dropUnchanged(spec, previous, 'clusterIP', 'clusterIPs');
    dropUnchanged(spec, previous, 'ipFamilies', 'ipFamilyPolicy');
  }
  const ports = (list: readonly ServicePort[] = []): Json => list.map(({ nodePort = null }) => nodePort);
  if (isOnNodes(previous) && !isOnNodes(service) && equal(ports(spec.ports), ports(previous.spec.ports)))
    spec.ports = (spec.ports ?? []).map(({ nodePort: _, ...port }) => port);
  if (needsHealthCheckPort(previous) && !needsHealthCheckPort(service)) dropUnchanged(spec, previous, 'healthCheckNodePort');
  if (isBalanced(previous) && !isBalanced(service)) dropUnchanged(spec, previous, 'allocateLoadBalancerNodePorts', 'loadBalancerClass');
  if (isExposed(previous) && !isExposed(service)) dropUnchanged(spec, previous, 'externalTrafficPolicy');
}
