import { getResource, listChildren, referrersOf } from '../../arm/estate.ts';
import { keyOf, parseId } from '../../arm/ids.ts';
import { objectAt, objectsAt, stringsAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Reference, ResourceType, WriteContext } from '../../arm/resource-type.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { isNetworkAddress, overlaps, parsePrefix, usableCount } from '../../net/prefix.ts';
import { delegatedActions } from './delegated-actions.ts';
import { ipConfigurationsIn } from './ip-configurations.ts';
import { networkName } from './names.ts';

export const SUBNET_TYPE = 'Microsoft.Network/virtualNetworks/subnets';
/** Azure allows subnets down to /29 (and /3 to /128 for IPv6, where only /64 works). */
const LONGEST_V4 = 29;

export const subnet: ResourceType = {
  name: SUBNET_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: [
    'ipConfigurations',
    'ipConfigurationProfiles',
    'privateEndpoints',
    'purpose',
    'resourceNavigationLinks',
    'serviceAssociationLinks',
  ],
  defaults,
  validate: validatePrefixes,
  references: linksOf,
  admit,
  render(properties, resource, reader) {
    const ipConfigurations = usersOf(reader, resource.id).map((id) => ({ id }));
    const delegations = objectsAt(properties, 'delegations').map((delegation) => shownDelegation(resource.id, delegation));
    return { ...properties, delegations, ...(ipConfigurations.length > 0 && { ipConfigurations }) };
  },
  refuseDelete(resource, reader) {
    const user = firstUserOf(reader, resource.id);
    if (user === undefined) return undefined;
    return {
      status: 400,
      error: {
        code: 'InUseSubnetCannotBeDeleted',
        message: `Subnet ${resource.name} is in use by ${user} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`,
        details: [],
      },
    };
  },
};

/** Prefixes of a subnet's properties: `addressPrefixes` where given, else `addressPrefix`. */
export function prefixesOfSubnet(properties: JsonObject): readonly string[] {
  const several = stringsAt(properties, 'addressPrefixes');
  if (several.length > 0) return several;
  const one = textAt(properties, 'addressPrefix');
  return one ? [one] : [];
}

function defaults(draft: Draft): Draft {
  const { properties } = draft;
  const several = stringsAt(properties, 'addressPrefixes');
  const { addressPrefix, addressPrefixes: _several, ...rest } = properties;
  // A single prefix is kept and shown as addressPrefix, whichever way it was sent.
  const prefixes: JsonObject = several.length > 1 ? { addressPrefixes: several } : { addressPrefix: several[0] ?? addressPrefix ?? '' };
  return {
    ...draft,
    properties: {
      privateEndpointNetworkPolicies: 'Disabled',
      privateLinkServiceNetworkPolicies: 'Enabled',
      ...rest,
      ...prefixes,
      delegations: objectsAt(properties, 'delegations'),
    },
  };
}

function shownDelegation(subnetId: string, delegation: JsonObject): JsonObject {
  const properties = objectAt(delegation, 'properties');
  return {
    id: `${subnetId}/delegations/${textAt(delegation, 'name')}`,
    type: `${SUBNET_TYPE}/delegations`,
    ...delegation,
    properties: { provisioningState: 'Succeeded', ...properties, actions: delegatedActions(textAt(properties, 'serviceName')) },
  };
}

function validatePrefixes({ properties, name }: Draft): FieldError[] {
  const prefixes = prefixesOfSubnet(properties);
  if (prefixes.length === 0) return [required('properties.addressPrefix', `Subnet '${name}' has no address prefix.`)];
  return prefixes.flatMap((text): FieldError[] => {
    const range = parsePrefix(text);
    const fail = (detail: string, code: string): FieldError[] => [{ ...invalid('properties.addressPrefix', text, detail), code }];
    if (!range)
      return fail(
        `The address prefix ${text} of subnet '${name}' is not formatted correctly. It should follow CIDR notation, for example 10.0.0.0/24.`,
        'InvalidAddressPrefixFormat',
      );
    if (!isNetworkAddress(text))
      return fail(
        `The address prefix ${text} of subnet '${name}' has an invalid CIDR notation. For the given prefix length, the address prefix should be a network address.`,
        'InvalidCIDRNotation',
      );
    if (range.version === 4 && range.length > LONGEST_V4)
      return fail(`Subnet '${name}' is not valid: an IPv4 address range must be /${LONGEST_V4} or larger.`, 'NetcfgSubnetRangeTooSmall');
    return [];
  });
}

const LINKS: readonly { readonly member: string; readonly action: string }[] = [
  { member: 'networkSecurityGroup', action: 'Microsoft.Network/networkSecurityGroups/join/action' },
  { member: 'routeTable', action: 'Microsoft.Network/routeTables/join/action' },
  { member: 'natGateway', action: 'Microsoft.Network/natGateways/join/action' },
];

function linksOf({ properties }: Draft): Reference[] {
  return LINKS.flatMap(({ member, action }) => {
    const id = textAt(objectAt(properties, member), 'id');
    return id ? [{ path: `properties.${member}.id`, id, linkedAction: action }] : [];
  });
}

function admit(draft: Draft, { reader }: WriteContext, previous: Resource | undefined): FieldError[] {
  const network = getResource(reader, parseId(draft.id)?.parent ?? '');
  if (!network) return [];
  const space = stringsAt(objectAt(network.desired, 'addressSpace'), 'addressPrefixes').flatMap((text) => parsePrefix(text) ?? []);
  const errors: FieldError[] = [];
  for (const text of prefixesOfSubnet(draft.properties)) {
    const range = parsePrefix(text);
    const fail = (detail: string, code: string): void => {
      errors.push({ ...invalid('properties.addressPrefix', text, detail), code });
    };
    if (!range) continue;
    if (!space.some((outer) => overlaps(outer, range) && outer.length <= range.length))
      fail(
        `Subnet '${draft.name}' is not valid because its IP address range is outside the IP address range of virtual network '${network.name}'.`,
        'NetcfgSubnetRangeOutsideVnet',
      );
    const other = siblings(reader, network.id, draft.id).find((sibling) =>
      prefixesOfSubnet(sibling.desired).some((prefix) => {
        const taken = parsePrefix(prefix);
        return taken !== undefined && overlaps(taken, range);
      }),
    );
    if (other)
      fail(
        `Subnet '${draft.name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network.name}'.`,
        'NetcfgSubnetRangesOverlap',
      );
  }
  return [...errors, ...shrunkInUse(draft, reader, previous)];
}

const siblings = (reader: Reader, network: string, self: string): Resource[] =>
  listChildren(reader, SUBNET_TYPE, network).filter((resource) => keyOf(resource.id) !== keyOf(self));

/** The range of a subnet with addresses in use cannot change. */
function shrunkInUse(draft: Draft, reader: Reader, previous: Resource | undefined): FieldError[] {
  if (!previous) return [];
  const [before, after] = [prefixesOfSubnet(previous.desired), prefixesOfSubnet(draft.properties)];
  if (before.every((text) => after.includes(text))) return [];
  const user = firstUserOf(reader, draft.id);
  if (user === undefined) return [];
  const detail = `Subnet ${draft.name} is in use by ${user} and cannot be updated.`;
  return [{ ...invalid('properties.addressPrefix', after[0], detail), code: 'InUsePrefixCannotBeDeleted' }];
}

/** Types whose ip configurations take addresses of a subnet. */
const USERS = [
  'Microsoft.Network/networkInterfaces',
  'Microsoft.Network/loadBalancers',
  'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
];

/** Ids of the ip configurations that hold addresses of a subnet. */
export const usersOf = (reader: Reader, subnetId: string): string[] =>
  USERS.flatMap((type) => referrersOf(reader, type, subnetId)).flatMap((resource) => ipConfigurationsIn(resource, subnetId));

function firstUserOf(reader: Reader, subnetId: string): string | undefined {
  for (const type of USERS)
    for (const resource of referrersOf(reader, type, subnetId)) {
      const [id] = ipConfigurationsIn(resource, subnetId);
      if (id !== undefined) return id;
    }
  return undefined;
}

/** IPv4 addresses that a subnet can hand out. */
export const capacityOf = (properties: JsonObject): bigint =>
  prefixesOfSubnet(properties).reduce((sum, text) => {
    const range = parsePrefix(text);
    return range?.version === 4 ? sum + usableCount(range) : sum;
  }, 0n);
