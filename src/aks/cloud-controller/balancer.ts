import type { Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { frontendName } from '../names.ts';

const PREFIX = 'service.beta.kubernetes.io/';

/** The value of one of the cloud provider's Service annotations. */
export const annotation = (service: Service, name: string): string | undefined => service.metadata.annotations?.[`${PREFIX}${name}`];
export const isInternal = (service: Service): boolean => annotation(service, 'azure-load-balancer-internal')?.toLowerCase() === 'true';
const isOn = (service: Service, name: string): boolean => annotation(service, name)?.toLowerCase() === 'true';

type Named = JsonObject & { readonly name: string };

/** What one Service puts on its load balancer. Names: aks-facts §2.2. */
export interface ServiceParts {
  readonly frontend: string;
  readonly rules: readonly Named[];
  readonly probes: readonly Named[];
}

/** Rules and probes of a Service on a load balancer; pure. Source of the rules: cloud-provider-azure, aks-facts-networking §4.4. */
export function partsOf(service: Service, balancer: string): ServiceParts {
  const frontend = frontendName(service.metadata.uid);
  const ports = service.spec.ports ?? [];
  const rules = ports.map((port): Named => {
    const name = ruleName(frontend, port);
    const hasProbe = (port.protocol ?? 'TCP') !== 'UDP' || service.spec.externalTrafficPolicy === 'Local';
    const floating = !isOn(service, 'azure-disable-load-balancer-floating-ip');
    return {
      name,
      properties: {
        frontendIPConfiguration: { id: `${balancer}/frontendIPConfigurations/${frontend}` },
        backendAddressPool: { id: `${balancer}/backendAddressPools/kubernetes` },
        backendAddressPools: [{ id: `${balancer}/backendAddressPools/kubernetes` }],
        ...(hasProbe && { probe: { id: `${balancer}/probes/${name}` } }),
        protocol: protocolName(port),
        frontendPort: port.port,
        backendPort: floating ? port.port : (port.nodePort ?? port.port),
        enableFloatingIP: floating,
        disableOutboundSnat: true,
        enableTcpReset: !isOn(service, 'azure-load-balancer-disable-tcp-reset'),
        idleTimeoutInMinutes: Number(annotation(service, 'azure-load-balancer-tcp-idle-timeout') ?? 4),
        loadDistribution: service.spec.sessionAffinity === 'ClientIP' ? 'SourceIP' : 'Default',
      },
    };
  });
  const probes = ports
    .filter((port) => (port.protocol ?? 'TCP') !== 'UDP' || service.spec.externalTrafficPolicy === 'Local')
    .map((port): Named => ({ name: ruleName(frontend, port), properties: probeOf(service, port) }));
  return { frontend, rules, probes };
}

const ruleName = (frontend: string, port: ServicePort): string => `${frontend}-${port.protocol ?? 'TCP'}-${port.port}`;
const protocolName = (port: ServicePort): string => (port.protocol === 'UDP' ? 'Udp' : 'Tcp');

function probeOf(service: Service, port: ServicePort): JsonObject {
  const timing = {
    intervalInSeconds: Number(annotation(service, 'azure-load-balancer-health-probe-interval') ?? 5),
    numberOfProbes: Number(annotation(service, 'azure-load-balancer-health-probe-num-of-probe') ?? 2),
    probeThreshold: Number(annotation(service, 'azure-load-balancer-health-probe-num-of-probe') ?? 2),
  };
  if (service.spec.externalTrafficPolicy === 'Local')
    return { protocol: 'Http', port: service.spec.healthCheckNodePort ?? 0, requestPath: '/healthz', ...timing };
  const wanted = (annotation(service, 'azure-load-balancer-health-probe-protocol') ?? port.appProtocol ?? 'tcp').toLowerCase();
  const requestPath = annotation(service, 'azure-load-balancer-health-probe-request-path') ?? '/';
  if (wanted === 'http' || wanted === 'https')
    return { protocol: wanted === 'http' ? 'Http' : 'Https', port: port.nodePort ?? port.port, requestPath, ...timing };
  return { protocol: 'Tcp', port: port.nodePort ?? port.port, ...timing };
}

const listAt = (properties: JsonObject, name: string): readonly Named[] => (properties[name] ?? []) as readonly Named[];
const belongsTo = (frontend: string, item: Named): boolean => item.name === frontend || item.name.startsWith(`${frontend}-`);

/** A balancer's properties with a Service's parts in place of what it had before; `undefined` takes the Service off. */
export function withService(
  properties: JsonObject,
  frontend: string,
  address: JsonObject | undefined,
  parts: ServiceParts | undefined,
): JsonObject {
  // A Service keeps its place: written again, a balancer stays equal, whatever other Services came since.
  const put = (name: string, own: readonly Named[]): Named[] => {
    const before = listAt(properties, name);
    const at = before.findIndex((item) => belongsTo(frontend, item));
    const others = before.filter((item) => !belongsTo(frontend, item));
    return others.toSpliced(at < 0 ? others.length : at, 0, ...own);
  };
  return {
    ...properties,
    frontendIPConfigurations: put('frontendIPConfigurations', address ? [{ name: frontend, properties: address }] : []),
    backendAddressPools: listAt(properties, 'backendAddressPools').length
      ? listAt(properties, 'backendAddressPools')
      : [{ name: 'kubernetes' }],
    loadBalancingRules: put('loadBalancingRules', parts?.rules ?? []),
    probes: put('probes', parts?.probes ?? []),
  };
}

/** Whether a balancer still serves any Service or outbound rule. */
export const isUsed = (properties: JsonObject): boolean => listAt(properties, 'frontendIPConfigurations').length > 0;

const privateAddress = (frontend: Named): string | undefined => {
  const address = (frontend['properties'] as JsonObject | undefined)?.['privateIPAddress'];
  return typeof address === 'string' ? address : undefined;
};

/** Private addresses that a balancer's frontends have. */
export const frontendAddresses = (properties: JsonObject): string[] =>
  listAt(properties, 'frontendIPConfigurations').flatMap((item) => privateAddress(item) ?? []);

/** The private address that a Service's frontend has on a balancer. */
export function ownAddress(properties: JsonObject, service: Service): string | undefined {
  const own = listAt(properties, 'frontendIPConfigurations').find(({ name }) => name === frontendName(service.metadata.uid));
  return own && privateAddress(own);
}
