import { referrersOf } from '../../arm/estate.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Reference, ResourceType } from '../../arm/resource-type.ts';
import { duplicate, type FieldError, invalid, required } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { ipConfigurationsOf } from './ip-configurations.ts';
import { networkName } from './names.ts';
import { backLinks, link, linkedId, showParts } from './parts.ts';
import { addressesOf, givePrivateAddresses } from './private-addresses.ts';

export const LOAD_BALANCER_TYPE = 'Microsoft.Network/loadBalancers';
const LISTS = [
  'frontendIPConfigurations',
  'backendAddressPools',
  'loadBalancingRules',
  'probes',
  'inboundNatRules',
  'outboundRules',
  'inboundNatPools',
];
const POOL_USERS = ['Microsoft.Network/networkInterfaces', 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines'];

export const loadBalancer: ResourceType = {
  name: LOAD_BALANCER_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['resourceGuid'],
  defaults: (draft) => ({
    ...draft,
    sku: { name: 'Standard', tier: 'Regional', ...draft.sku },
    properties: { ...Object.fromEntries(LISTS.map((list) => [list, []])), ...draft.properties },
  }),
  validate,
  references,
  computed: (draft, { random, reader }, previous) => ({
    resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid(),
    privateAddresses: givePrivateAddresses(reader, draft, 'frontendIPConfigurations', previous),
  }),
  render,
  actions: LISTS.flatMap((list) => [
    {
      method: 'GET',
      path: list,
      permission: `${LOAD_BALANCER_TYPE}/read`,
      run: ({ resource, reader }) => ({ status: 200, body: { value: objectsAt(render({ ...resource.desired }, resource, reader), list) } }),
    },
    {
      method: 'GET',
      path: `${list}/{name}`,
      permission: `${LOAD_BALANCER_TYPE}/read`,
      run({ resource, reader, parameters }) {
        const part = objectsAt(render({ ...resource.desired }, resource, reader), list).find(
          (item) => textAt(item, 'name').toLowerCase() === parameters['name']?.toLowerCase(),
        );
        if (part) return { status: 200, body: part };
        const error = { code: 'NotFound', message: `Resource ${resource.id}/${list}/${parameters['name']} not found.` };
        return { status: 404, body: { error } };
      },
    },
  ]),
};

function validate({ properties }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of LISTS) {
    const seen = new Set<string>();
    objectsAt(properties, list).forEach((entry, i) => {
      const name = textAt(entry, 'name').toLowerCase();
      if (name === '') errors.push(required(`properties.${list}[${i}].name`));
      else if (seen.has(name)) errors.push(duplicate(`properties.${list}[${i}].name`, name));
      seen.add(name);
    });
  }
  objectsAt(properties, 'frontendIPConfigurations').forEach((entry, i) => {
    const frontend = objectAt(entry, 'properties');
    const sources = ['subnet', 'publicIPAddress', 'publicIPPrefix'].filter((member) => linkedId(frontend, member));
    if (sources.length !== 1) {
      const detail = `Frontend IP configuration ${textAt(entry, 'name')} must reference exactly one of a subnet, a public IP address or a public IP prefix.`;
      errors.push({
        ...invalid(`properties.frontendIPConfigurations[${i}]`, undefined, detail),
        code: 'LoadBalancerFrontendIPConfigurationMustHaveOneSource',
      });
    }
  });
  return errors;
}

function references(draft: Draft): Reference[] {
  return objectsAt(draft.properties, 'frontendIPConfigurations').flatMap((entry, i) => {
    const properties = objectAt(entry, 'properties');
    const path = `properties.frontendIPConfigurations[${i}].properties`;
    return [
      ...link(draft, properties, 'subnet', path, 'Microsoft.Network/virtualNetworks/subnets/join/action'),
      ...link(draft, properties, 'publicIPAddress', path, 'Microsoft.Network/publicIPAddresses/join/action'),
      ...link(draft, properties, 'publicIPPrefix', path, 'Microsoft.Network/publicIPPrefixes/join/action'),
    ];
  });
}

function render(properties: JsonObject, balancer: Resource, reader: Reader): JsonObject {
  const addresses = addressesOf(balancer);
  const { privateAddresses: _internal, ...shown } = properties;
  const users = (list: string, member: string, id: string): string[] =>
    objectsAt(balancer.desired, list)
      .filter((rule) => {
        const owned = objectAt(rule, 'properties');
        const ids = [linkedId(owned, member), ...objectsAt(owned, `${member}s`).map((item) => textAt(item, 'id'))];
        return ids.some((item) => item.toLowerCase() === id.toLowerCase());
      })
      .map((rule) => `${balancer.id}/${list}/${textAt(rule, 'name')}`);
  const rulesBy = (member: string, id: string): JsonObject => ({
    ...backLinks('loadBalancingRules', users('loadBalancingRules', member, id)),
    ...(member !== 'probe' && backLinks('outboundRules', users('outboundRules', member, id))),
  });
  const extend =
    (list: string) =>
    (part: JsonObject, id: string): JsonObject => {
      const own = objectAt(part, 'properties');
      if (list === 'frontendIPConfigurations') {
        const address = addresses.get(textAt(part, 'name'));
        const method = linkedId(own, 'subnet') ? (textAt(own, 'privateIPAddress') ? 'Static' : 'Dynamic') : 'Dynamic';
        return {
          ...part,
          properties: {
            privateIPAllocationMethod: method,
            ...own,
            ...(address && { privateIPAddress: address }),
            ...rulesBy('frontendIPConfiguration', id),
          },
        };
      }
      if (list === 'backendAddressPools')
        return {
          ...part,
          properties: { ...own, ...backLinks('backendIPConfigurations', membersOf(reader, id)), ...rulesBy('backendAddressPool', id) },
        };
      return list === 'probes' ? { ...part, properties: { ...own, ...rulesBy('probe', id) } } : part;
    };
  const lists = LISTS.map((list) => [list, showParts(balancer, properties, list, extend(list))]);
  return { ...shown, ...Object.fromEntries(lists) };
}

/** Ip configurations of interfaces that are members of a backend pool. */
export const membersOf = (reader: Reader, pool: string): string[] =>
  POOL_USERS.flatMap((type) => referrersOf(reader, type, pool)).flatMap((resource) =>
    ipConfigurationsOf(resource)
      .filter(({ properties }) =>
        objectsAt(properties, 'loadBalancerBackendAddressPools').some((item) => textAt(item, 'id').toLowerCase() === pool.toLowerCase()),
      )
      .map((configuration) => configuration.id),
  );
