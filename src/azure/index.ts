import type { Directory, ResourceType, Route } from '../arm/resource-type.ts';
import { computeRoutes } from './compute/routes.ts';
import { scaleSetInstance } from './compute/scale-set-instances.ts';
import { virtualMachineScaleSet } from './compute/virtual-machine-scale-set.ts';
import { registry, registryRoutes } from './container-registry/registry.ts';
import { federatedIdentityCredential } from './managed-identity/federated-identity-credential.ts';
import { userAssignedIdentity } from './managed-identity/user-assigned-identity.ts';
import { loadBalancer } from './network/load-balancer.ts';
import { natGateway } from './network/nat-gateway.ts';
import { networkInterface } from './network/network-interface.ts';
import { networkSecurityGroup } from './network/network-security-group.ts';
import { publicIpAddress } from './network/public-ip-address.ts';
import { publicIpPrefix } from './network/public-ip-prefix.ts';
import { route } from './network/route.ts';
import { routeTable } from './network/route-table.ts';
import { securityRule } from './network/security-rule.ts';
import { subnet } from './network/subnet.ts';
import { virtualNetwork } from './network/virtual-network.ts';
import { virtualNetworkPeering } from './network/virtual-network-peering.ts';

/** Every resource type of Azure beside ARM's own and AKS'. Sorted by name. */
export const azureTypes = (directory: Directory): readonly ResourceType[] => [
  virtualMachineScaleSet,
  scaleSetInstance,
  registry,
  userAssignedIdentity(directory),
  federatedIdentityCredential,
  loadBalancer,
  natGateway,
  networkInterface,
  networkSecurityGroup,
  securityRule,
  publicIpAddress,
  publicIpPrefix,
  routeTable,
  route,
  virtualNetwork,
  subnet,
  virtualNetworkPeering,
];

/** Operations of these providers that belong to no stored resource. */
export const azureRoutes: readonly Route[] = [...computeRoutes, ...registryRoutes];
