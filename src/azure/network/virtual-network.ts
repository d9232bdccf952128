import { listChildren } from '../../arm/estate.ts';
import { objectAt, stringsAt, textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { contains, firstOverlap, isNetworkAddress, type Prefix, parsePrefix } from '../../net/prefix.ts';
import { checkAddress } from './available-addresses.ts';
import { networkName } from './names.ts';
import { prefixesOfSubnet, SUBNET_TYPE } from './subnet.ts';

export const VIRTUAL_NETWORK_TYPE = 'Microsoft.Network/virtualNetworks';
const SPACE = 'properties.addressSpace.addressPrefixes';

export const virtualNetwork: ResourceType = {
  name: VIRTUAL_NETWORK_TYPE,
  nameRule: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}[A-Za-z0-9_]$/,
    detail: networkName.detail.replace('up to 80 characters', '2 to 64 characters'),
  },
  etag: 'etag',
  completion: 'clock',
  readOnly: ['resourceGuid', 'defaultPublicNatGateway'],
  defaults: (draft) => ({
    ...draft,
    properties: { enableDdosProtection: false, privateEndpointVNetPolicies: 'Disabled', ...draft.properties },
  }),
  validate,
  admit: (draft, { reader }) => {
    const space = addressSpace(draft);
    return listChildren(reader, SUBNET_TYPE, draft.id).flatMap((subnet): FieldError[] => {
      const outside = prefixesOfSubnet(subnet.desired).find((text) => !insideOf(space, text));
      if (outside === undefined) return [];
      const detail = `Subnet '${subnet.name}' is not valid because its IP address range is outside the IP address range of virtual network '${draft.name}'.`;
      return [{ ...invalid(SPACE, outside, detail), code: 'NetcfgSubnetRangeOutsideVnet' }];
    });
  },
  computed: (_draft, { random }, previous) => ({ resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid() }),
  children: [
    { property: 'subnets', type: SUBNET_TYPE, shape: 'resource' },
    { property: 'virtualNetworkPeerings', type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings', shape: 'resource' },
  ],
  actions: [checkAddress],
};

/** Address prefixes that a network's `properties` give it. */
export const addressSpace = ({ properties }: Pick<Draft, 'properties'>): Prefix[] =>
  stringsAt(objectAt(properties, 'addressSpace'), 'addressPrefixes').flatMap((text) => parsePrefix(text) ?? []);

/** True when all of the range written in `text` lies in one prefix of the space. */
export const insideOf = (space: readonly Prefix[], text: string): boolean => {
  const range = parsePrefix(text);
  return range !== undefined && space.some((outer) => contains(outer, range));
};

function validate({ properties, name }: Draft): FieldError[] {
  const prefixes = stringsAt(objectAt(properties, 'addressSpace'), 'addressPrefixes');
  const fromPool = objectAt(properties, 'addressSpace')['ipamPoolPrefixAllocations'] !== undefined;
  if (prefixes.length === 0 && !fromPool) return [required(SPACE, `Virtual network '${name}' has no address prefix.`)];
  const errors = prefixes.flatMap((text, i): FieldError[] => {
    if (parsePrefix(text) && isNetworkAddress(text)) return [];
    const detail = `The address prefix ${text} in the virtual network '${name}' has an invalid CIDR notation. For the given prefix length, the address prefix should be a network address.`;
    return [{ ...invalid(`${SPACE}[${i}]`, text, detail), code: 'InvalidCIDRNotation' }];
  });
  if (errors.length > 0) return errors;
  const pair = firstOverlap(prefixes.flatMap((text) => toRange(text)));
  if (pair) {
    const detail = `Virtual network '${name}' has overlapping address prefixes '${pair[0].text}' and '${pair[1].text}'.`;
    errors.push({ ...invalid(SPACE, pair[1].text, detail), code: 'NetcfgInvalidVirtualNetworkSite' });
  }
  const minutes = Number(properties['flowTimeoutInMinutes'] ?? 4);
  if (!Number.isInteger(minutes) || minutes < 4 || minutes > 30)
    errors.push(invalid('properties.flowTimeoutInMinutes', textAt(properties, 'flowTimeoutInMinutes'), 'must be between 4 and 30'));
  return errors;
}

const toRange = (text: string): { text: string; range: Prefix }[] => {
  const range = parsePrefix(text);
  return range ? [{ text, range }] : [];
};
