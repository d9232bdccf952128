import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { Reference, ResourceType } from '../../arm/resource-type.ts';
import { required } from '../../kernel/field-error.ts';
import { networkName } from './names.ts';
import { link, linkedId, showParts } from './parts.ts';
import { addressesOf, givePrivateAddresses } from './private-addresses.ts';

export const NETWORK_INTERFACE_TYPE = 'Microsoft.Network/networkInterfaces';

export const networkInterface: ResourceType = {
  name: NETWORK_INTERFACE_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: [
    'macAddress',
    'resourceGuid',
    'virtualMachine',
    'privateEndpoint',
    'hostedWorkloads',
    'tapConfigurations',
    'vnetEncryptionSupported',
  ],
  defaults: (draft) => ({
    ...draft,
    properties: {
      enableAcceleratedNetworking: false,
      enableIPForwarding: false,
      disableTcpStateTracking: false,
      dnsSettings: { dnsServers: [] },
      nicType: 'Standard',
      ...draft.properties,
    },
  }),
  validate({ properties }) {
    const configurations = objectsAt(properties, 'ipConfigurations');
    if (configurations.length === 0) return [required('properties.ipConfigurations')];
    return configurations.flatMap((entry, i) =>
      linkedId(objectAt(entry, 'properties'), 'subnet') ? [] : [required(`properties.ipConfigurations[${i}].properties.subnet.id`)],
    );
  },
  references: (draft) => [
    ...link(draft, draft.properties, 'networkSecurityGroup', 'properties', 'Microsoft.Network/networkSecurityGroups/join/action'),
    ...objectsAt(draft.properties, 'ipConfigurations').flatMap((entry, i) =>
      ipConfigurationReferences(draft, objectAt(entry, 'properties'), `properties.ipConfigurations[${i}].properties`),
    ),
  ],
  computed: (draft, { reader, random }, previous) => ({
    resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid(),
    macAddress: previous?.observed['macAddress'] ?? `00-0D-3A-${[0, 1, 2].map(() => random.text(2, '0123456789ABCDEF')).join('-')}`,
    privateAddresses: givePrivateAddresses(reader, draft, 'ipConfigurations', previous),
  }),
  render(properties, resource) {
    const addresses = addressesOf(resource);
    const { privateAddresses: _internal, ...shown } = properties;
    return {
      ...shown,
      dnsSettings: { ...objectAt(properties, 'dnsSettings'), appliedDnsServers: objectAt(properties, 'dnsSettings')['dnsServers'] ?? [] },
      ipConfigurations: showParts(resource, properties, 'ipConfigurations', (part) => {
        const own = objectAt(part, 'properties');
        const address = addresses.get(textAt(part, 'name'));
        return {
          ...part,
          properties: {
            primary: true,
            privateIPAddressVersion: 'IPv4',
            privateIPAllocationMethod: textAt(own, 'privateIPAddress') ? 'Static' : 'Dynamic',
            ...own,
            ...(address && { privateIPAddress: address }),
          },
        };
      }),
    };
  },
};

/** What one ip configuration refers to, on interfaces and on those of scale sets alike. */
export const ipConfigurationReferences = (draft: Draft, properties: Parameters<typeof link>[1], path: string): Reference[] => [
  ...link(draft, properties, 'subnet', path, 'Microsoft.Network/virtualNetworks/subnets/join/action'),
  ...link(draft, properties, 'publicIPAddress', path, 'Microsoft.Network/publicIPAddresses/join/action'),
  ...objectsAt(properties, 'loadBalancerBackendAddressPools').flatMap((entry, i): Reference[] => {
    const id = textAt(entry, 'id');
    if (!id) return [];
    return [
      {
        path: `${path}.loadBalancerBackendAddressPools[${i}].id`,
        id,
        linkedAction: 'Microsoft.Network/loadBalancers/backendAddressPools/join/action',
      },
    ];
  }),
];
