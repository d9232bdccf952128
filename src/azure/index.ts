import type { ResourceType } from '../arm/resource-type.ts';
import { subnet } from './network/subnet.ts';
import { virtualNetwork } from './network/virtual-network.ts';

/** Every resource type of Azure beside ARM's own and AKS'. */
export const AZURE_TYPES: readonly ResourceType[] = [subnet, virtualNetwork];
