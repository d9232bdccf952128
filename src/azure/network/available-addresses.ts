import { refuse } from '../../arm/errors.ts';
import { listChildren } from '../../arm/estate.ts';
import type { Action, ActionContext, ActionResult } from '../../arm/resource-type.ts';
import { freeAddresses } from '../../net/allocation.ts';
import { containsAddress, parseAddress, parsePrefix } from '../../net/prefix.ts';
import { takenIn } from './private-addresses.ts';
import { prefixesOfSubnet, SUBNET_TYPE } from './subnet.ts';

/** How many other addresses Azure names for one that is taken. */
const OFFERED = 5;

/** `CheckIPAddressAvailability?ipAddress=`: whether a subnet of the network can give this address, and if not, which it can. */
export const checkAddress: Action = {
  method: 'GET',
  path: 'CheckIPAddressAvailability',
  permission: 'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read',
  run: check,
};

function check({ resource, reader, query }: ActionContext): ActionResult {
  const wanted = query.get('ipAddress') ?? '';
  const address = parseAddress(wanted);
  if (!address) throw refuse(400, 'InvalidIPAddressFormat', `The IP address '${wanted}' is not formatted correctly.`, 'ipAddress');
  for (const subnet of listChildren(reader, SUBNET_TYPE, resource.id))
    for (const text of prefixesOfSubnet(subnet.desired)) {
      const range = parsePrefix(text);
      if (!range || !containsAddress(range, address)) continue;
      const taken = takenIn(reader, subnet.id);
      const from = freeAddresses(range, taken);
      const others: string[] = [];
      for (const free of from) {
        if (free === wanted) return { status: 200, body: { available: true } };
        if (others.length < OFFERED) others.push(free);
        // Addresses come in order: behind the one asked for, it cannot come any more.
        else if ((parseAddress(free)?.value ?? 0n) > address.value) break;
      }
      return { status: 200, body: { available: false, availableIPAddresses: others, isPlatformReserved: !taken.has(wanted) } };
    }
  throw refuse(
    400,
    'PrivateIPAddressNotInAnySubnet',
    `Private static IP address ${wanted} does not belong to the range of any subnet in the virtual network ${resource.id}.`,
  );
}
