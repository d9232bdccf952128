import type { JsonObject } from '../../kernel/json.ts';
import type { ArmCore } from '../arm.ts';
import { authorizationFailed, resourceNotFound } from '../errors.ts';
import { getResource, listResources } from '../estate.ts';
import { parseId, SUBSCRIPTION_TYPE, subscriptionId } from '../ids.ts';
import { LOCATIONS, type Location } from '../locations.ts';
import { textAt } from '../merge.ts';
import { reaches } from '../rbac.ts';
import type { Resource } from '../resource.ts';
import type { Route, RouteContext } from '../resource-type.ts';

const READ = 'Microsoft.Resources/subscriptions/read';

/** Tenants, subscriptions and their locations. */
export const subscriptionRoutes = (arm: ArmCore): readonly Route[] => [
  { method: 'GET', path: '/tenants', permission: undefined, run: () => ({ status: 200, body: { value: [tenantBody(arm.tenantId)] } }) },
  {
    method: 'GET',
    path: '/subscriptions',
    permission: undefined,
    run: ({ reader, caller }) => ({
      status: 200,
      body: {
        value: listResources(reader, SUBSCRIPTION_TYPE)
          .filter((subscription) => reaches(reader, arm.directory, caller.objectId, subscription.id))
          .map((subscription) => subscriptionBody(arm.tenantId, subscription)),
      },
    }),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}',
    permission: undefined,
    run(context) {
      const subscription = requireSubscription(context);
      // Whoever has a role anywhere in a subscription may know of it.
      if (!reaches(context.reader, arm.directory, context.caller.objectId, subscription.id))
        throw authorizationFailed(context.caller, READ, subscription.id);
      return { status: 200, body: subscriptionBody(arm.tenantId, subscription) };
    },
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/locations',
    permission: 'Microsoft.Resources/subscriptions/locations/read',
    run(context) {
      const { name } = requireSubscription(context);
      return { status: 200, body: { value: LOCATIONS.map((location) => locationBody(name, location)) } };
    },
  },
];

/** The subscription that a route's path names. Throws SubscriptionNotFound. */
export function requireSubscription({ reader, parameters }: Pick<RouteContext, 'reader' | 'parameters'>): Resource {
  const id = subscriptionId(parameters['subscription'] ?? '');
  const found = getResource(reader, id);
  const parsed = parseId(id);
  if (found) return found;
  throw parsed ? resourceNotFound(parsed) : new Error(`no subscription in the path`);
}

const tenantBody = (tenantId: string): JsonObject => ({
  id: `/tenants/${tenantId}`,
  tenantId,
  countryCode: 'US',
  displayName: 'Slipway',
  domains: ['slipway.onmicrosoft.com'],
  tenantCategory: 'Home',
  defaultDomain: 'slipway.onmicrosoft.com',
  tenantType: 'AAD',
});

const subscriptionBody = (tenantId: string, { id, name, desired, tags }: Resource): JsonObject => ({
  id,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  ...(tags && { tags }),
  subscriptionId: name,
  tenantId,
  displayName: textAt(desired, 'displayName'),
  state: 'Enabled',
  subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
});

const locationBody = (subscription: string, location: Location): JsonObject => ({
  id: `/subscriptions/${subscription}/locations/${location.name}`,
  name: location.name,
  type: 'Region',
  displayName: location.displayName,
  regionalDisplayName: `(${location.geographyGroup}) ${location.displayName}`,
  metadata: {
    regionType: 'Physical',
    regionCategory: location.category,
    geography: location.geography,
    geographyGroup: location.geographyGroup,
    longitude: location.longitude,
    latitude: location.latitude,
    physicalLocation: location.physicalLocation,
    pairedRegion: location.pair ? [{ name: location.pair, id: `/subscriptions/${subscription}/locations/${location.pair}` }] : [],
  },
  ...(location.zones && {
    availabilityZoneMappings: ['1', '2', '3'].map((zone) => ({ logicalZone: zone, physicalZone: `${location.name}-az${zone}` })),
  }),
});
