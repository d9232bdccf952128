import { listChildren } from '../../arm/estate.ts';
import { keyOf, parseId } from '../../arm/ids.ts';
import { textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { type FieldError, invalid, notSupported } from '../../kernel/field-error.ts';
import { isNetworkAddress, parseAddress } from '../../net/prefix.ts';
import { networkName } from './names.ts';

export const ROUTE_TYPE = 'Microsoft.Network/routeTables/routes';
const HOPS = ['VirtualNetworkGateway', 'VnetLocal', 'Internet', 'VirtualAppliance', 'None'];

export const route: ResourceType = {
  name: ROUTE_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['hasBgpOverride'],
  defaults: (draft) => ({ ...draft, properties: { hasBgpOverride: false, ...draft.properties } }),
  validate,
  admit(draft, { reader }) {
    const prefix = textAt(draft.properties, 'addressPrefix');
    const twin = listChildren(reader, ROUTE_TYPE, parseId(draft.id)?.parent ?? '').find(
      (other) => keyOf(other.id) !== keyOf(draft.id) && textAt(other.desired, 'addressPrefix') === prefix,
    );
    if (!twin) return [];
    const detail = `Route table has more than one route with the address prefix ${prefix}: ${twin.name} and ${draft.name}.`;
    return [{ ...invalid('properties.addressPrefix', prefix, detail), code: 'RouteConflict' }];
  },
};

function validate({ properties }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  const prefix = textAt(properties, 'addressPrefix');
  const hop = textAt(properties, 'nextHopType');
  const address = textAt(properties, 'nextHopIpAddress');
  // A route may also name a service tag (`AzureCloud.EastUS`).
  if (!isNetworkAddress(prefix) && !/^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)?$/.test(prefix))
    errors.push(invalid('properties.addressPrefix', prefix, `${prefix} is not an address prefix`));
  if (!HOPS.includes(hop)) errors.push(notSupported('properties.nextHopType', hop, HOPS));
  if (hop === 'VirtualAppliance' && !parseAddress(address))
    errors.push(invalid('properties.nextHopIpAddress', address, 'A next hop of type VirtualAppliance needs an IP address.'));
  if (hop !== 'VirtualAppliance' && address !== '')
    errors.push(invalid('properties.nextHopIpAddress', address, 'Only a next hop of type VirtualAppliance takes an IP address.'));
  return errors;
}
