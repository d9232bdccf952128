import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Reference } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';

const NETWORK = 'Microsoft.Network';

/** What the interfaces of a network profile (a scale set's, or an instance's) refer to. */
export function networkReferences(profile: JsonObject, path: string): Reference[] {
  return objectsAt(profile, 'networkInterfaceConfigurations').flatMap((card, i) => {
    const properties = objectAt(card, 'properties');
    const cardPath = `${path}.networkInterfaceConfigurations[${i}].properties`;
    return [
      ...linkOf(properties, 'networkSecurityGroup', cardPath, `${NETWORK}/networkSecurityGroups/join/action`),
      ...objectsAt(properties, 'ipConfigurations').flatMap((configuration, j) =>
        configurationReferences(objectAt(configuration, 'properties'), `${cardPath}.ipConfigurations[${j}].properties`),
      ),
    ];
  });
}

const configurationReferences = (properties: JsonObject, path: string): Reference[] => [
  ...linkOf(properties, 'subnet', path, `${NETWORK}/virtualNetworks/subnets/join/action`),
  ...objectsAt(properties, 'loadBalancerBackendAddressPools').flatMap((pool, i): Reference[] =>
    textAt(pool, 'id')
      ? [
          {
            path: `${path}.loadBalancerBackendAddressPools[${i}].id`,
            id: textAt(pool, 'id'),
            linkedAction: `${NETWORK}/loadBalancers/backendAddressPools/join/action`,
          },
        ]
      : [],
  ),
];

const linkOf = (properties: JsonObject, member: string, path: string, linkedAction: string): Reference[] => {
  const id = textAt(objectAt(properties, member), 'id');
  return id ? [{ path: `${path}.${member}.id`, id, linkedAction }] : [];
};
