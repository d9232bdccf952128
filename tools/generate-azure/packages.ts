/** Which SDK package speaks which api-version, by namespace, oldest first. The order is the order of the bits in the masks. */
export interface Source {
  readonly name: string;
  readonly editions: readonly { readonly version: string; readonly release: string }[];
  /** Class of the whole resource in the package, by type. */
  readonly roots: { readonly [type: string]: string };
}

/** Values that the service writes in another casing than its SDKs, as recorded from it (aks-facts §1.4). */
export const RECORDED_SPELLINGS: readonly string[] = ['nodeIPConfiguration'];

const AKS = 'Microsoft.ContainerService/managedClusters';
const NETWORK = 'Microsoft.Network';

export const SOURCES: { readonly [namespace: string]: Source } = {
  'Microsoft.Compute': {
    name: '@azure/arm-compute',
    editions: [{ version: '2025-04-01', release: '23.3.0' }],
    roots: {
      'Microsoft.Compute/virtualMachineScaleSets': 'VirtualMachineScaleSet',
      'Microsoft.Compute/virtualMachineScaleSets/virtualMachines': 'VirtualMachineScaleSetVM',
    },
  },
  'Microsoft.ContainerRegistry': {
    name: '@azure/arm-containerregistry',
    editions: [{ version: '2025-11-01', release: '11.0.0' }],
    roots: { 'Microsoft.ContainerRegistry/registries': 'Registry' },
  },
  'Microsoft.ContainerService': {
    name: '@azure/arm-containerservice',
    editions: [
      { version: '2022-04-01', release: '16.1.0' },
      { version: '2022-09-02-preview', release: '17.2.0-beta.1' },
      { version: '2023-07-01', release: '19.3.0' },
      { version: '2023-08-01', release: '19.4.0' },
      { version: '2023-10-01', release: '19.6.0' },
      { version: '2023-11-01', release: '19.7.0' },
      { version: '2024-01-01', release: '19.8.0' },
      { version: '2024-02-01', release: '20.0.0' },
      { version: '2024-07-01', release: '21.1.0' },
      { version: '2024-07-02-preview', release: '21.2.0-beta.1' },
      { version: '2024-09-01', release: '21.3.0' },
      { version: '2025-02-01', release: '21.6.0' },
      { version: '2025-07-01', release: '22.3.0' },
      { version: '2025-10-01', release: '24.1.0' },
      { version: '2026-04-01', release: '25.3.0' },
      { version: '2026-06-01', release: '25.5.0' },
    ],
    roots: {
      [AKS]: 'ManagedCluster',
      [`${AKS}/agentPools`]: 'AgentPool',
      [`${AKS}/agentPools/machines`]: 'Machine',
      [`${AKS}/agentPools/upgradeProfiles`]: 'AgentPoolUpgradeProfile',
      [`${AKS}/identityBindings`]: 'IdentityBinding',
      [`${AKS}/maintenanceConfigurations`]: 'MaintenanceConfiguration',
      [`${AKS}/managedNamespaces`]: 'ManagedNamespace',
      [`${AKS}/meshUpgradeProfiles`]: 'MeshUpgradeProfile',
      [`${AKS}/privateEndpointConnections`]: 'PrivateEndpointConnection',
      [`${AKS}/trustedAccessRoleBindings`]: 'TrustedAccessRoleBinding',
      [`${AKS}/upgradeProfiles`]: 'ManagedClusterUpgradeProfile',
      'Microsoft.ContainerService/locations/meshRevisionProfiles': 'MeshRevisionProfile',
      'Microsoft.ContainerService/snapshots': 'Snapshot',
    },
  },
  'Microsoft.ManagedIdentity': {
    name: '@azure/arm-msi',
    editions: [{ version: '2024-11-30', release: '2.2.0' }],
    roots: {
      'Microsoft.ManagedIdentity/userAssignedIdentities': 'Identity',
      'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials': 'FederatedIdentityCredential',
    },
  },
  [NETWORK]: {
    name: '@azure/arm-network',
    editions: [
      { version: '2021-05-01', release: '26.0.0' },
      { version: '2022-09-01', release: '30.2.0' },
      { version: '2023-05-01', release: '32.2.0' },
      { version: '2024-10-01', release: '34.1.0' },
      { version: '2025-03-01', release: '35.0.0' },
      { version: '2026-01-01', release: '39.0.0' },
    ],
    roots: {
      [`${NETWORK}/loadBalancers`]: 'LoadBalancer',
      [`${NETWORK}/natGateways`]: 'NatGateway',
      [`${NETWORK}/networkInterfaces`]: 'NetworkInterface',
      [`${NETWORK}/networkSecurityGroups`]: 'NetworkSecurityGroup',
      [`${NETWORK}/networkSecurityGroups/securityRules`]: 'SecurityRule',
      [`${NETWORK}/publicIPAddresses`]: 'PublicIPAddress',
      [`${NETWORK}/publicIPPrefixes`]: 'PublicIPPrefix',
      [`${NETWORK}/routeTables`]: 'RouteTable',
      [`${NETWORK}/routeTables/routes`]: 'Route',
      [`${NETWORK}/virtualNetworks`]: 'VirtualNetwork',
      [`${NETWORK}/virtualNetworks/subnets`]: 'Subnet',
      [`${NETWORK}/virtualNetworks/virtualNetworkPeerings`]: 'VirtualNetworkPeering',
    },
  },
};
