import { getResource, referrersOf } from '../../arm/estate.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { DraftObject, JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { freeAddresses } from '../../net/allocation.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { ipConfigurationsOf } from './ip-configurations.ts';
import { linkedId } from './parts.ts';
import { prefixesOfSubnet } from './subnet.ts';

const HOLDERS = [
  'Microsoft.Network/networkInterfaces',
  'Microsoft.Network/loadBalancers',
  'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
];

/** Private addresses that a resource's configurations hold, by configuration name: asked for, or given out and kept in `observed`. */
export const addressesOf = (resource: Pick<Resource, 'id' | 'desired' | 'observed'>): Map<string, string> => {
  const given = objectAt(resource.observed, 'privateAddresses');
  return new Map(
    ipConfigurationsOf(resource).flatMap(({ name, properties }): [string, string][] => {
      const address = textAt(properties, 'privateIPAddress') || textAt(given, name);
      return address ? [[name, address]] : [];
    }),
  );
};

/** Private addresses in use in a subnet. */
export function takenIn(reader: Reader, subnet: string, except = ''): Set<string> {
  const holders = HOLDERS.flatMap((type) => referrersOf(reader, type, subnet)).filter((resource) => resource.id !== except);
  return new Set(holders.flatMap((resource) => [...addressesOf(resource).values()]));
}

/** Addresses for all configurations in `list` that stand in a subnet and ask for none: those they have, else the lowest free ones. */
export function givePrivateAddresses(reader: Reader, draft: Draft, list: string, previous: Resource | undefined): JsonObject {
  const before = objectAt(previous?.observed, 'privateAddresses');
  const given: DraftObject = {};
  const used = new Map<string, Set<string>>();
  for (const entry of objectsAt(draft.properties, list)) {
    const properties = objectAt(entry, 'properties');
    const subnet = linkedId(properties, 'subnet');
    if (!subnet || textAt(properties, 'privateIPAddress')) continue;
    const name = textAt(entry, 'name');
    const taken = used.get(subnet) ?? takenIn(reader, subnet, draft.id);
    used.set(subnet, taken);
    const held = textAt(before, name);
    const [range] = prefixesOfSubnet(getResource(reader, subnet)?.desired ?? {});
    const subnetRange = parsePrefix(range ?? '');
    const address = held && !taken.has(held) ? held : subnetRange && freeAddresses(subnetRange, taken).next().value;
    if (!address) continue;
    taken.add(address);
    given[name] = address;
  }
  return given;
}
