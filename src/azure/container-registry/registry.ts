import { notImplemented, refuse } from '../../arm/errors.ts';
import { listResources } from '../../arm/estate.ts';
import { keyOf } from '../../arm/ids.ts';
import { objectAt, overlay, textAt } from '../../arm/merge.ts';
import type { Draft } from '../../arm/resource.ts';
import type { ResourceType, Route } from '../../arm/resource-type.ts';
import { invalid, notSupported } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';

export const REGISTRY_TYPE = 'Microsoft.ContainerRegistry/registries';
const NAME = /^[A-Za-z0-9]{5,50}$/;
const NAME_RULE = 'Registry names may contain alpha numeric characters only and must be between 5 and 50 characters.';
const SKUS = ['Basic', 'Standard', 'Premium'];

export const registry: ResourceType = {
  name: REGISTRY_TYPE,
  nameRule: { pattern: NAME, detail: NAME_RULE },
  identity: true,
  put: 'preserve',
  patch: 'merge',
  durations: { createMs: 10_000 },
  readOnly: ['loginServer', 'creationDate', 'status', 'privateEndpointConnections', 'dataEndpointHostNames'],
  immutable: ['properties.zoneRedundancy'],
  defaults,
  validate: ({ sku }) => (SKUS.includes(sku?.name ?? '') ? [] : [notSupported('sku.name', sku?.name, SKUS)]),
  admit(draft, { reader }) {
    const other = holderOf(reader, draft.name);
    if (!other || keyOf(other.id) === keyOf(draft.id)) return [];
    return [
      { ...invalid('name', draft.name, `The registry DNS name ${loginServer(draft.name)} is already in use.`), code: 'AlreadyInUse' },
    ];
  },
  computed: (draft, { nowMs }, previous) =>
    previous?.observed ?? { loginServer: loginServer(draft.name), creationDate: new Date(nowMs).toISOString() },
  actions: [
    {
      method: 'POST',
      path: 'listCredentials',
      permission: `${REGISTRY_TYPE}/listCredentials/action`,
      run({ resource }) {
        if (resource.desired['adminUserEnabled'] === true) throw notImplemented(`${REGISTRY_TYPE} admin credentials`);
        throw refuse(
          400,
          'UnAuthorizedForCredentialOperations',
          `Cannot perform credential operations for ${resource.id} as admin user is disabled. Kindly enable admin user as per docs: https://docs.microsoft.com/en-us/azure/container-registry/container-registry-authentication#admin-account`,
        );
      },
    },
    {
      method: 'GET',
      path: 'listUsages',
      permission: `${REGISTRY_TYPE}/listUsages/read`,
      run: () => ({ status: 200, body: { value: [{ name: 'Size', limit: 10_737_418_240, currentValue: 0, unit: 'Bytes' }] } }),
    },
    // A registry of ours is in its home region alone, which Azure does not list below Premium.
    {
      method: 'GET',
      path: 'replications',
      permission: `${REGISTRY_TYPE}/replications/read`,
      run: () => ({ status: 200, body: { value: [] } }),
    },
  ],
};

const loginServer = (name: string): string => `${name.toLowerCase()}.azurecr.io`;
/** Names of registries are unique in all of Azure. */
const holderOf = (reader: Reader, name: string) =>
  listResources(reader, REGISTRY_TYPE).find((other) => other.name.toLowerCase() === name.toLowerCase());

/** Policies that every registry has, as the service fills them in. */
const POLICIES: JsonObject = {
  quarantinePolicy: { status: 'disabled' },
  trustPolicy: { type: 'Notary', status: 'disabled' },
  retentionPolicy: { days: 7, status: 'disabled' },
  exportPolicy: { status: 'enabled' },
  azureADAuthenticationAsArmPolicy: { status: 'enabled' },
  softDeletePolicy: { retentionDays: 7, status: 'disabled' },
};

function defaults(draft: Draft): Draft {
  const { properties } = draft;
  const name = SKUS.find((item) => item.toLowerCase() === draft.sku?.name?.toLowerCase()) ?? draft.sku?.name ?? '';
  return {
    ...draft,
    sku: { name, tier: name },
    properties: {
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      dataEndpointEnabled: false,
      encryption: { status: 'disabled' },
      networkRuleBypassOptions: 'AzureServices',
      publicNetworkAccess: 'Enabled',
      zoneRedundancy: 'Disabled',
      ...properties,
      policies: overlay(POLICIES, objectAt(properties, 'policies')),
    },
  };
}

/** Whether a registry name is free. */
export const registryRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/subscriptions/{subscription}/providers/Microsoft.ContainerRegistry/checkNameAvailability',
    permission: 'Microsoft.ContainerRegistry/checkNameAvailability/read',
    run({ reader, body }) {
      const name = textAt(body, 'name');
      if (!NAME.test(name)) return { status: 200, body: { nameAvailable: false, reason: 'Invalid', message: NAME_RULE } };
      const taken = holderOf(reader, name) !== undefined;
      return {
        status: 200,
        body: taken
          ? { nameAvailable: false, reason: 'AlreadyExists', message: `The registry ${name} is already in use.` }
          : { nameAvailable: true },
      };
    },
  },
];
