import { referrersOf } from '../../arm/estate.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { networkName } from './names.ts';
import { backLinks } from './parts.ts';
import { ROUTE_TYPE } from './route.ts';

const SUBNETS = 'Microsoft.Network/virtualNetworks/subnets';

export const routeTable: ResourceType = {
  name: 'Microsoft.Network/routeTables',
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['subnets', 'resourceGuid'],
  defaults: (draft) => ({ ...draft, properties: { disableBgpRoutePropagation: false, ...draft.properties } }),
  computed: (_draft, { random }, previous) => ({ resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid() }),
  children: [{ property: 'routes', type: ROUTE_TYPE, shape: 'resource' }],
  render: (properties, resource, reader) => ({
    ...properties,
    ...backLinks(
      'subnets',
      referrersOf(reader, SUBNETS, resource.id).map((subnet) => subnet.id),
    ),
  }),
  refuseDelete(resource, reader) {
    const [user] = referrersOf(reader, SUBNETS, resource.id);
    if (!user) return undefined;
    return {
      status: 400,
      error: {
        code: 'InUseRouteTableCannotBeDeleted',
        message: `Route table ${resource.name} is in use and cannot be deleted.`,
        details: [],
      },
    };
  },
};
