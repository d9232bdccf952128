import type { Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Random } from '../../kernel/random.ts';
import { ipFamily } from '../../kube/names/ip.ts';
import type { Outcome } from '../../kube/outcome.ts';
import { drawAddress, rangeContains } from './address-range.ts';

/** Where Services get their addresses and ports, and who has them already (other Services than the one that asks). */
export interface ServicePools {
  /** One range for each family served, the cluster's own family first. */
  readonly cidrs: readonly string[];
  addressTaken(address: string): boolean;
  /** A node port, for that protocol. */
  portTaken(port: number, protocol: string): boolean;
}

const FIRST_NODE_PORT = 30_000;
const LAST_NODE_PORT = 32_767;
/** Ports below are left to those who name them (KEP 3668: static band). */
const FIRST_DRAWN_PORT = FIRST_NODE_PORT + 86;

type Family = 'IPv4' | 'IPv6';
const familyOf = (address: string): Family => (ipFamily(address.split('/')[0] ?? '') === 6 ? 'IPv6' : 'IPv4');
const otherFamily = (family: Family): Family => (family === 'IPv4' ? 'IPv6' : 'IPv4');

const needsAddress = ({ spec }: Service): boolean => spec.type !== 'ExternalName';
const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None';
export const needsNodePorts = ({ spec }: Service): boolean =>
  spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
export const needsHealthCheckPort = ({ spec }: Service): boolean => spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';

/**
 * The Service with families, cluster addresses, node ports and health-check port. What it names is checked against the pools, the
 * rest is drawn with `random`; `previous` is the Service as it was. Models kubernetes pkg/registry/core/service/storage/alloc.go.
 */
export function allocateService(
  service: Service,
  declared: ServicePools,
  random: Random,
  previous?: Service,
): Outcome<Service, readonly FieldError[]> {
  const faults: FieldError[] = [];
  const pools = { ...declared, held: heldBy(previous) };
  const addressed = needsAddress(service) ? withAddresses(service, pools, random, faults) : service;
  const complete = withHealthCheckPort(withNodePorts(addressed, pools, random, faults), pools, random, faults);
  return faults.length > 0 ? { error: faults } : { value: complete };
}

/** What a Service has had so far: it stays its own, wherever the pools are now. */
interface Held {
  readonly addresses: readonly string[];
  readonly ports: readonly (number | undefined)[];
}
type Pools = ServicePools & { readonly held: Held };

const heldBy = (previous: Service | undefined): Held => ({
  addresses: previous?.spec.clusterIPs ?? [],
  ports: previous ? [previous.spec.healthCheckNodePort, ...(previous.spec.ports ?? []).map(({ nodePort }) => nodePort)] : [],
});

/** Families in the order of their addresses, and the policy that they follow. */
function families(service: Service, served: readonly Family[], faults: FieldError[]): { families: Family[]; policy: string } {
  const { spec } = service;
  const [own = 'IPv4'] = served;
  const named = (spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])).filter((ip) => ip !== 'None' && ip !== '').map(familyOf);
  const given = (spec.ipFamilies?.length ? spec.ipFamilies : named) as readonly Family[];
  const first = given[0] ?? own;
  const selectorless = isHeadless(service) && Object.keys(spec.selector ?? {}).length === 0;
  const policy = spec.ipFamilyPolicy ?? (selectorless || given.length > 1 ? 'RequireDualStack' : 'SingleStack');
  const wanted = policy === 'SingleStack' ? [first] : given.length > 1 ? [...given] : [first, otherFamily(first)];
  // Without a selector nobody looks at the families but who made the endpoints.
  if (selectorless) return { families: wanted, policy };
  if (policy === 'RequireDualStack' && served.length < 2)
    faults.push(invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'));
  const missing = wanted.findIndex((family) => !served.includes(family));
  if (missing >= 0 && missing < given.length)
    faults.push(invalid(`spec.ipFamilies[${missing}]`, wanted[missing], 'not configured on this cluster'));
  return { families: wanted.filter((family) => served.includes(family)), policy };
}

function withAddresses(service: Service, pools: Pools, random: Random, faults: FieldError[]): Service {
  const { spec } = service;
  const decided = families(service, pools.cidrs.map(familyOf), faults);
  const base = { ...spec, ipFamilies: decided.families, ipFamilyPolicy: decided.policy };
  if (isHeadless(service)) return { ...service, spec: { ...base, clusterIP: 'None', clusterIPs: ['None'] } };
  const given = (spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []).filter((ip) => ip !== '');
  const clusterIPs = decided.families.map((family, i) => {
    const named = given[i];
    const cidr = pools.cidrs.find((range) => familyOf(range) === family) ?? '';
    if (named !== undefined) {
      const fault = pools.held.addresses.includes(named) ? undefined : addressFault(named, cidr, pools);
      if (fault) faults.push(invalid('spec.clusterIPs', given, `failed to allocate IP ${named}: ${fault}`));
      return named;
    }
    const drawn = drawAddress(cidr, random, (address) => pools.addressTaken(address));
    if (drawn === undefined) faults.push(invalid('spec.clusterIPs', given, 'failed to allocate a serviceIP: range is full'));
    return drawn ?? '';
  });
  return { ...service, spec: { ...base, clusterIP: clusterIPs[0] ?? '', clusterIPs } };
}

function addressFault(address: string, cidr: string, pools: ServicePools): string | undefined {
  if (!rangeContains(cidr, address)) return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${cidr}`;
  return pools.addressTaken(address) ? 'provided IP is already allocated' : undefined;
}

function portFault(port: number, taken: boolean): string | undefined {
  if (port < FIRST_NODE_PORT || port > LAST_NODE_PORT)
    return `provided port is not in the valid range. The range of valid ports is ${FIRST_NODE_PORT}-${LAST_NODE_PORT}`;
  return taken ? 'provided port is already allocated' : undefined;
}

function withNodePorts(service: Service, pools: Pools, random: Random, faults: FieldError[]): Service {
  if (!needsNodePorts(service)) return service;
  const own: ServicePort[] = [];
  const ports = (service.spec.ports ?? []).map((port, i) => {
    const protocol = port.protocol ?? 'TCP';
    if (port.nodePort) {
      const twice = own.some((other) => other.nodePort === port.nodePort && (other.protocol ?? 'TCP') === protocol);
      const fault = portFault(port.nodePort, twice || pools.portTaken(port.nodePort, protocol));
      if (fault && !pools.held.ports.includes(port.nodePort)) faults.push(invalid(`spec.ports[${i}].nodePort`, port.nodePort, fault));
      own.push(port);
      return port;
    }
    // One service port under several protocols keeps one number, as DNS over TCP and UDP wants it.
    const sibling = own.find((other) => other.port === port.port && (other.protocol ?? 'TCP') !== protocol)?.nodePort;
    const isFree = (candidate: number) => !pools.portTaken(candidate, protocol) && !own.some(({ nodePort }) => nodePort === candidate);
    const nodePort = sibling && !pools.portTaken(sibling, protocol) ? sibling : drawPort(random, isFree);
    if (!nodePort) faults.push(invalid(`spec.ports[${i}].nodePort`, port.nodePort ?? 0, 'failed to allocate a nodePort: range is full'));
    const complete = { ...port, nodePort: nodePort ?? 0 };
    own.push(complete);
    return complete;
  });
  return ports.every((port, i) => port === service.spec.ports?.[i]) ? service : { ...service, spec: { ...service.spec, ports } };
}

function withHealthCheckPort(service: Service, pools: Pools, random: Random, faults: FieldError[]): Service {
  if (!needsHealthCheckPort(service)) return service;
  const given = service.spec.healthCheckNodePort;
  if (given) {
    const fault = portFault(given, pools.portTaken(given, 'TCP'));
    if (fault && !pools.held.ports.includes(given)) faults.push(invalid('spec.healthCheckNodePort', given, fault));
    return service;
  }
  const own = (service.spec.ports ?? []).map(({ nodePort }) => nodePort);
  const healthCheckNodePort = drawPort(random, (port) => !own.includes(port) && !pools.portTaken(port, 'TCP'));
  if (!healthCheckNodePort) {
    faults.push(invalid('spec.healthCheckNodePort', 0, 'failed to allocate a nodePort: range is full'));
    return service;
  }
  return { ...service, spec: { ...service.spec, healthCheckNodePort } };
}

/** The first free port from a random one on, wrapping round; ports below the drawn band come last. */
function drawPort(random: Random, isFree: (port: number) => boolean): number | undefined {
  const size = LAST_NODE_PORT - FIRST_DRAWN_PORT + 1;
  const start = random.below(size);
  for (let i = 0; i < size; i++) {
    const port = FIRST_DRAWN_PORT + ((start + i) % size);
    if (isFree(port)) return port;
  }
  for (let port = FIRST_NODE_PORT; port < FIRST_DRAWN_PORT; port++) if (isFree(port)) return port;
  return undefined;
}
