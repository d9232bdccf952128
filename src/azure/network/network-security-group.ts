import { referrersOf } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { networkName } from './names.ts';
import { backLinks } from './parts.ts';
import { SECURITY_RULE_TYPE } from './security-rule.ts';

export const NETWORK_SECURITY_GROUP_TYPE = 'Microsoft.Network/networkSecurityGroups';

export const networkSecurityGroup: ResourceType = {
  name: NETWORK_SECURITY_GROUP_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['defaultSecurityRules', 'networkInterfaces', 'subnets', 'resourceGuid', 'flowLogs'],
  computed: (_draft, { random }, previous) => ({ resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid() }),
  children: [{ property: 'securityRules', type: SECURITY_RULE_TYPE, shape: 'resource' }],
  render(properties, resource, reader) {
    const { subnets, networkInterfaces } = usersOf(reader, resource.id);
    return {
      ...properties,
      defaultSecurityRules: DEFAULT_RULES.map((rule) => showDefault(resource, rule)),
      ...backLinks('networkInterfaces', networkInterfaces),
      ...backLinks('subnets', subnets),
    };
  },
  refuseDelete(resource, reader) {
    const { subnets, networkInterfaces } = usersOf(reader, resource.id);
    const users = [...subnets, ...networkInterfaces];
    if (users.length === 0) return undefined;
    return {
      status: 400,
      error: {
        code: 'InUseNetworkSecurityGroupCannotBeDeleted',
        message: `Network security group ${resource.id} cannot be deleted because it is in use by the following resources: ${users.join(', ')}. In order to delete the Network security group, remove the association with the resource(s). To learn how to do this, see aka.ms/deletensg.`,
        details: [],
      },
    };
  },
};

const usersOf = (reader: Reader, id: string) => ({
  subnets: referrersOf(reader, 'Microsoft.Network/virtualNetworks/subnets', id).map((subnet) => subnet.id),
  networkInterfaces: [
    ...referrersOf(reader, 'Microsoft.Network/networkInterfaces', id),
    ...referrersOf(reader, 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines', id),
  ].map((user) => user.id),
});

type DefaultRule = readonly [
  name: string,
  description: string,
  source: string,
  destination: string,
  access: string,
  priority: number,
  direction: string,
];
/** Rules that every group ends with. Source: Microsoft Learn, "Network security groups: default security rules". */
const DEFAULT_RULES: readonly DefaultRule[] = [
  ['AllowVnetInBound', 'Allow inbound traffic from all VMs in VNET', 'VirtualNetwork', 'VirtualNetwork', 'Allow', 65000, 'Inbound'],
  ['AllowAzureLoadBalancerInBound', 'Allow inbound traffic from azure load balancer', 'AzureLoadBalancer', '*', 'Allow', 65001, 'Inbound'],
  ['DenyAllInBound', 'Deny all inbound traffic', '*', '*', 'Deny', 65500, 'Inbound'],
  [
    'AllowVnetOutBound',
    'Allow outbound traffic from all VMs to all VMs in VNET',
    'VirtualNetwork',
    'VirtualNetwork',
    'Allow',
    65000,
    'Outbound',
  ],
  ['AllowInternetOutBound', 'Allow outbound traffic from all VMs to Internet', '*', 'Internet', 'Allow', 65001, 'Outbound'],
  ['DenyAllOutBound', 'Deny all outbound traffic', '*', '*', 'Deny', 65500, 'Outbound'],
];

/** Default rules as plain properties, for whoever evaluates packets. */
export const defaultSecurityRules: readonly (JsonObject & { readonly name: string })[] = DEFAULT_RULES.map(
  ([name, description, source, destination, access, priority, direction]) => ({
    name,
    description,
    protocol: '*',
    sourcePortRange: '*',
    destinationPortRange: '*',
    sourceAddressPrefix: source,
    destinationAddressPrefix: destination,
    access,
    priority,
    direction,
    sourcePortRanges: [],
    destinationPortRanges: [],
    sourceAddressPrefixes: [],
    destinationAddressPrefixes: [],
  }),
);

function showDefault(group: Resource, [name]: DefaultRule): Json {
  const { name: _name, ...properties } = defaultSecurityRules.find((rule) => rule.name === name) ?? {};
  return {
    name,
    id: `${group.id}/defaultSecurityRules/${name}`,
    type: `${NETWORK_SECURITY_GROUP_TYPE}/defaultSecurityRules`,
    properties: { provisioningState: 'Succeeded', ...properties },
  };
}
