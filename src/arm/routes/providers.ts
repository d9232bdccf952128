import { API_VERSIONS } from '../../../gen/azure/api-versions.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { ArmCore } from '../arm.ts';
import { locationRule } from '../draft.ts';
import { invalidNamespace } from '../errors.ts';
import { RESOURCE_GROUP_TYPE, SUBSCRIPTION_TYPE } from '../ids.ts';
import { LOCATIONS } from '../locations.ts';
import { isRegistered, setRegistered } from '../registration.ts';
import type { ResourceType, Route } from '../resource-type.ts';
import { FURTHER_NAMESPACES } from './namespaces.ts';
import { requireSubscription } from './subscriptions.ts';

interface Provider {
  readonly namespace: string;
  readonly types: readonly ResourceType[];
}

function providersOf(arm: ArmCore): Map<string, Provider> {
  const found = new Map<string, Provider>(FURTHER_NAMESPACES.map((namespace) => [namespace.toLowerCase(), { namespace, types: [] }]));
  for (const type of arm.types.values()) {
    const namespace = type.name.slice(0, type.name.indexOf('/'));
    const types = found.get(namespace.toLowerCase())?.types ?? [];
    found.set(namespace.toLowerCase(), { namespace, types: [...types, type] });
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** True for a namespace of Azure that we know, whether or not its types are built. */
export const isKnownNamespace = (arm: ArmCore, namespace: string): boolean => providersOf(arm).has(namespace.toLowerCase());

/** Resource providers: list, get, register, unregister. `providerRoutes` of others appear as `locations/…` types. */
export function providerRoutes(arm: ArmCore, routes: readonly Route[]): readonly Route[] {
  const providers = providersOf(arm);
  const show = (context: Parameters<Route['run']>[0], { namespace, types }: Provider): JsonObject => {
    const subscription = context.parameters['subscription'] ?? '';
    const state = isRegistered(context.reader, subscription, namespace) ? 'Registered' : 'NotRegistered';
    return {
      ...(subscription && { id: `/subscriptions/${subscription}/providers/${namespace}` }),
      namespace,
      ...(subscription && { registrationPolicy: 'RegistrationRequired' }),
      resourceTypes: [...types.map(typeBody), ...routeTypes(namespace, routes)],
      ...(subscription && { registrationState: state }),
    };
  };
  const one = (context: Parameters<Route['run']>[0]): Provider => {
    const namespace = context.parameters['namespace'] ?? '';
    const provider = providers.get(namespace.toLowerCase());
    if (!provider) throw invalidNamespace(namespace);
    return provider;
  };
  const SUB = '/subscriptions/{subscription}/providers';
  return [
    {
      method: 'GET',
      path: '/providers',
      permission: undefined,
      run: (c) => ({ status: 200, body: { value: [...providers.values()].map((p) => show(c, p)) } }),
    },
    { method: 'GET', path: '/providers/{namespace}', permission: undefined, run: (c) => ({ status: 200, body: show(c, one(c)) }) },
    {
      method: 'GET',
      path: SUB,
      permission: 'Microsoft.Resources/subscriptions/providers/read',
      run(context) {
        requireSubscription(context);
        return { status: 200, body: { value: [...providers.values()].map((provider) => show(context, provider)) } };
      },
    },
    {
      method: 'GET',
      path: `${SUB}/{namespace}`,
      permission: 'Microsoft.Resources/subscriptions/providers/read',
      run(context) {
        requireSubscription(context);
        return { status: 200, body: show(context, one(context)) };
      },
    },
    ...(['register', 'unregister'] as const).map(
      (verb): Route => ({
        method: 'POST',
        path: `${SUB}/{namespace}/${verb}`,
        permission: `Microsoft.Resources/subscriptions/providers/${verb}/action`,
        run(context) {
          const subscription = requireSubscription(context);
          const provider = one(context);
          context.transact((tx) => setRegistered(tx, subscription.name, provider.namespace, verb === 'register'));
          return { status: 200, body: show(context, provider) };
        },
      }),
    ),
  ];
}

const ALL_LOCATIONS = LOCATIONS.map((location) => location.displayName);

function typeBody(type: ResourceType): JsonObject {
  const short = shortName(type.name);
  const regional = locationRule(type) !== 'none' || type.name.split('/').length > 2;
  return {
    resourceType: short,
    locations: regional ? ALL_LOCATIONS : [],
    apiVersions: versionsOf(type.name),
    defaultApiVersion: versionsOf(type.name).find((version) => !version.includes('preview')) ?? null,
    capabilities: locationRule(type) === 'required' ? 'SupportsTags, SupportsLocation' : 'None',
  };
}

const shortName = (type: string): string =>
  type === RESOURCE_GROUP_TYPE
    ? 'subscriptions/resourceGroups'
    : type === SUBSCRIPTION_TYPE
      ? 'subscriptions'
      : type.slice(type.indexOf('/') + 1);

/** Known api-versions of a type, newest first; those of its namespace where the type has none of its own. */
export function versionsOf(type: string): readonly string[] {
  const lower = type.toLowerCase();
  return API_VERSIONS[lower] ?? API_VERSIONS[lower.slice(0, lower.indexOf('/'))] ?? [];
}

/** Types that exist only as routes: `locations/kubernetesVersions`. */
function routeTypes(namespace: string, routes: readonly Route[]): JsonObject[] {
  const names = new Set<string>();
  for (const { path } of routes) {
    const tail = path.split(`/providers/${namespace}/`)[1];
    if (tail)
      names.add(
        tail
          .split('/')
          .filter((part) => !part.startsWith('{'))
          .join('/'),
      );
  }
  return [...names].map((resourceType) => ({
    resourceType,
    locations: ALL_LOCATIONS,
    apiVersions: versionsOf(`${namespace}/${resourceType}`),
  }));
}
