import type { Service } from '../../../gen/kubernetes-types.ts';
import { md5Hex } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { annotation } from './balancer.ts';

/** The inbound rule that lets a Service's clients in. Priorities start at 500. Source: cloud-provider-azure securityrule.go. */
export interface SecurityRule {
  readonly name: string;
  readonly properties: JsonObject;
}

/** One allow rule per protocol of a Service, to its frontend address; pure. `priority` is filled in by the caller. */
export function rulesOf(service: Service, address: string): SecurityRule[] {
  const ranges =
    service.spec.loadBalancerSourceRanges ??
    annotation(service, 'azure-allowed-ip-ranges')
      ?.split(',')
      .map((range) => range.trim());
  const sources = ranges?.length && !ranges.includes('0.0.0.0/0') ? [...ranges].sort() : ['Internet'];
  const byProtocol = Map.groupBy(service.spec.ports ?? [], (port) => port.protocol ?? 'TCP');
  return [...byProtocol].map(([protocol, ports]) => {
    const destinationPorts = ports.map(({ port }) => String(port)).sort();
    const spelled = protocol === 'UDP' ? 'Udp' : 'Tcp';
    return {
      name: `k8s-azure-lb_allow_IPv4_${md5Hex(`${spelled}_${sources.join(',')}_${destinationPorts.join(',')}`)}`,
      properties: {
        protocol: spelled,
        sourcePortRange: '*',
        destinationPortRanges: destinationPorts,
        ...(sources.length === 1 ? { sourceAddressPrefix: sources[0] as string } : { sourceAddressPrefixes: sources }),
        destinationAddressPrefixes: [address],
        access: 'Allow',
        direction: 'Inbound',
      },
    };
  });
}

const FIRST_PRIORITY = 500;
const LAST_PRIORITY = 4096;

/** The lowest priority from 500 on that no rule has. */
export function freePriority(taken: ReadonlySet<number>): number {
  for (let priority = FIRST_PRIORITY; priority <= LAST_PRIORITY; priority++) if (!taken.has(priority)) return priority;
  throw new Error('no free priority in the network security group');
}

/** A stored rule with an address added to or taken from its destinations: Services with equal ports and sources share a rule. */
export function withDestination(properties: JsonObject, address: string, present: boolean): JsonObject | undefined {
  const others = ((properties['destinationAddressPrefixes'] ?? []) as readonly string[]).filter((each) => each !== address);
  const all = present ? [...others, address].sort() : others;
  return all.length ? { ...properties, destinationAddressPrefixes: all } : undefined;
}
