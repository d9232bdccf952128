import type { ArmCore } from '../arm.ts';
import type { Route } from '../resource-type.ts';
import { authorizationRoutes } from './authorization.ts';
import { operationRoutes } from './operations.ts';
import { providerRoutes } from './providers.ts';
import { resourceListRoutes } from './resources.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { tagRoutes } from './tags.ts';

/** The operations of Azure Resource Manager itself. Providers' routes are shown by `providers` as resource types too. */
export const armRoutes = (arm: ArmCore, providers: readonly Route[]): readonly Route[] => [
  ...authorizationRoutes(arm),
  ...operationRoutes,
  ...providerRoutes(arm, providers),
  ...resourceListRoutes(arm),
  ...subscriptionRoutes(arm),
  ...tagRoutes(arm),
];
