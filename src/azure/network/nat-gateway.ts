import { referrersOf } from '../../arm/estate.ts';
import { objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { Reference, ResourceType } from '../../arm/resource-type.ts';
import { invalid } from '../../kernel/field-error.ts';
import { networkName } from './names.ts';
import { backLinks } from './parts.ts';

const SUBNETS = 'Microsoft.Network/virtualNetworks/subnets';

export const natGateway: ResourceType = {
  name: 'Microsoft.Network/natGateways',
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['subnets', 'resourceGuid'],
  immutable: ['zones'],
  defaults: (draft) => ({
    ...draft,
    sku: { name: 'Standard', ...draft.sku },
    properties: { idleTimeoutInMinutes: 4, ...draft.properties },
  }),
  validate({ properties }) {
    const idle = Number(properties['idleTimeoutInMinutes']);
    return Number.isInteger(idle) && idle >= 4 && idle <= 120
      ? []
      : [invalid('properties.idleTimeoutInMinutes', properties['idleTimeoutInMinutes'], 'must be between 4 and 120')];
  },
  references: (draft) => [
    ...linksIn(draft, 'publicIpAddresses', 'Microsoft.Network/publicIPAddresses/join/action'),
    ...linksIn(draft, 'publicIpPrefixes', 'Microsoft.Network/publicIPPrefixes/join/action'),
  ],
  computed: (_draft, { random }, previous) => ({ resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid() }),
  render: (properties, resource, reader) => ({
    ...properties,
    ...backLinks(
      'subnets',
      referrersOf(reader, SUBNETS, resource.id).map((subnet) => subnet.id),
    ),
  }),
  refuseDelete(resource, reader) {
    const users = referrersOf(reader, SUBNETS, resource.id).map((subnet) => subnet.id);
    if (users.length === 0) return undefined;
    return {
      status: 400,
      error: {
        code: 'InUseNatGatewayCannotBeDeleted',
        message: `Nat gateway ${resource.name} is in use by the following resources: ${users.join(', ')} and cannot be deleted.`,
        details: [],
      },
    };
  },
};

const linksIn = ({ properties }: Draft, list: string, linkedAction: string): Reference[] =>
  objectsAt(properties, list).flatMap((entry, i) => {
    const id = textAt(entry, 'id');
    return id ? [{ path: `properties.${list}[${i}].id`, id, linkedAction }] : [];
  });
