import type { ResourceType } from '../../arm/resource-type.ts';
import { MANAGED_CLUSTERS } from '../names.ts';

/** Planned maintenance. Terraform's provider reads `default` and the two schedules of every cluster: there are none. */
export const maintenanceConfiguration: ResourceType = { name: `${MANAGED_CLUSTERS}/maintenanceConfigurations`, unbuilt: true };
