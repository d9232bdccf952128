import type { ResourceType } from '../arm/resource-type.ts';
import { MANAGED_CLUSTERS } from './names.ts';

/** Types that cannot be written yet. Clients read them of every cluster (azurerm its maintenance windows): there are none. */
export const unbuiltTypes: readonly ResourceType[] = [
  `${MANAGED_CLUSTERS}/identityBindings`,
  `${MANAGED_CLUSTERS}/maintenanceConfigurations`,
  `${MANAGED_CLUSTERS}/managedNamespaces`,
  `${MANAGED_CLUSTERS}/privateEndpointConnections`,
  `${MANAGED_CLUSTERS}/trustedAccessRoleBindings`,
  'Microsoft.ContainerService/snapshots',
].map((name) => ({ name, unbuilt: true }));
