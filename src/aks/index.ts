import type { ResourceType, Route } from '../arm/resource-type.ts';
import type { Controller } from '../kernel/controller.ts';
import { agentPool } from './agent-pool/agent-pool.ts';
import { agentPoolController } from './agent-pool/reconcile.ts';
import { serviceController } from './cloud-controller/service-controller.ts';
import { managedCluster } from './managed-cluster/managed-cluster.ts';
import { versionRoutes } from './managed-cluster/profiles.ts';
import { managedClusterController } from './managed-cluster/reconcile.ts';
import type { AksPorts } from './ports.ts';
import { unbuiltTypes } from './unbuilt-types.ts';

/** The types of Microsoft.ContainerService. */
export const aksTypes = (ports: AksPorts): readonly ResourceType[] => [managedCluster(ports), agentPool, ...unbuiltTypes];

/** Its operations that belong to no resource. */
export const aksRoutes: readonly Route[] = versionRoutes;

/** Controllers that join ARM and clusters. */
export const aksControllers = (ports: AksPorts): readonly Controller[] => [
  agentPoolController(ports),
  managedClusterController(ports),
  serviceController(ports),
];
