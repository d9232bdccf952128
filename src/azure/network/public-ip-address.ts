import { getResource, indexed, referrersOf } from '../../arm/estate.ts';
import { keyOf } from '../../arm/ids.ts';
import { zonesOf } from '../../arm/locations.ts';
import { objectAt, textAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { ResourceType, WriteContext } from '../../arm/resource-type.ts';
import { type FieldError, invalid, notSupported } from '../../kernel/field-error.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import { formatAddress, lastOf, parseAddress, parsePrefix } from '../../net/prefix.ts';
import { ipConfigurationsIn } from './ip-configurations.ts';
import { networkName } from './names.ts';
import { link, linkedId } from './parts.ts';

export const PUBLIC_IP_TYPE = 'Microsoft.Network/publicIPAddresses';

const ADDRESS = 'address';
const LABEL = 'label';

export const publicIpAddress: ResourceType = {
  name: PUBLIC_IP_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['ipConfiguration', 'natGateway', 'resourceGuid', 'dnsSettings.fqdn'],
  immutable: ['properties.publicIPAddressVersion', 'zones', 'properties.publicIPPrefix.id'],
  indexes: [
    { name: ADDRESS, keys: ({ observed }) => (textAt(observed, 'ipAddress') ? [textAt(observed, 'ipAddress')] : []) },
    { name: LABEL, keys: ({ desired, location }) => (labelOf(desired) ? [fqdnOf(labelOf(desired), location)] : []) },
  ],
  defaults,
  validate,
  references: (draft) => link(draft, draft.properties, 'publicIPPrefix', 'properties', 'Microsoft.Network/publicIPPrefixes/join/action'),
  admit,
  computed,
  render(properties, resource, reader) {
    const [user] = usersOf(reader, resource.id);
    const [gateway] = referrersOf(reader, 'Microsoft.Network/natGateways', resource.id);
    const label = textAt(objectAt(properties, 'dnsSettings'), 'domainNameLabel');
    return {
      ...properties,
      ...(label && { dnsSettings: { ...objectAt(properties, 'dnsSettings'), fqdn: fqdnOf(label, resource.location) } }),
      ...(user !== undefined && { ipConfiguration: { id: user } }),
      ...(gateway && { natGateway: { id: gateway.id } }),
    };
  },
  refuseDelete(resource, reader) {
    const user = usersOf(reader, resource.id)[0] ?? referrersOf(reader, 'Microsoft.Network/natGateways', resource.id)[0]?.id;
    if (user === undefined) return undefined;
    return {
      status: 400,
      error: {
        code: 'PublicIPAddressCannotBeDeleted',
        message: `Public IP address ${resource.id} can not be deleted since it is still allocated to resource ${user}. In order to delete the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see aka.ms/deletepublicip.`,
        details: [],
      },
    };
  },
};

const labelOf = (properties: JsonObject): string => textAt(objectAt(properties, 'dnsSettings'), 'domainNameLabel');
const fqdnOf = (label: string, location = ''): string => `${label.toLowerCase()}.${location}.cloudapp.azure.com`;

/** Ip configurations that hold the address. */
const usersOf = (reader: Reader, id: string): string[] =>
  ['Microsoft.Network/loadBalancers', 'Microsoft.Network/networkInterfaces']
    .flatMap((type) => referrersOf(reader, type, id))
    .flatMap((resource) => ipConfigurationsIn(resource, id));

function defaults(draft: Draft): Draft {
  const { properties, sku = {} } = draft;
  const name = sku.name ?? 'Standard';
  return {
    ...draft,
    sku: { ...sku, name, tier: sku.tier ?? 'Regional' },
    properties: {
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: name === 'Basic' ? 'Dynamic' : 'Static',
      idleTimeoutInMinutes: 4,
      ipTags: [],
      ddosSettings: { protectionMode: 'VirtualNetworkInherited' },
      ...properties,
    },
  };
}

function validate({ properties, sku, zones = [], location = '' }: Draft): FieldError[] {
  const errors: FieldError[] = [];
  const one = (member: string, allowed: readonly string[]): void => {
    if (!allowed.includes(textAt(properties, member))) errors.push(notSupported(`properties.${member}`, properties[member], allowed));
  };
  one('publicIPAddressVersion', ['IPv4', 'IPv6']);
  one('publicIPAllocationMethod', ['Static', 'Dynamic']);
  if (!['Basic', 'Standard', 'StandardV2'].includes(sku?.name ?? ''))
    errors.push(notSupported('sku.name', sku?.name, ['Basic', 'Standard', 'StandardV2']));
  if (sku?.name !== 'Basic' && properties['publicIPAllocationMethod'] === 'Dynamic') {
    const detail = 'Standard SKU publicIp must have AllocationMethod set to Static.';
    errors.push({ ...invalid('properties.publicIPAllocationMethod', 'Dynamic', detail), code: 'StandardSkuPublicIPAddressesMustBeStatic' });
  }
  const idle = Number(properties['idleTimeoutInMinutes']);
  if (!Number.isInteger(idle) || idle < 4 || idle > 30)
    errors.push(invalid('properties.idleTimeoutInMinutes', properties['idleTimeoutInMinutes'], 'must be between 4 and 30'));
  const foreign = zones.filter((zone) => !zonesOf(location).includes(zone));
  if (foreign.length > 0) {
    const detail = `The zone(s) '${foreign.join(',')}' for resource are not supported. The supported zones for location '${location}' are '${zonesOf(location).join(',')}'`;
    errors.push({ ...invalid('zones', foreign[0], detail), code: 'ResourceTypeNotSupportAvailabilityZones' });
  }
  const label = textAt(objectAt(properties, 'dnsSettings'), 'domainNameLabel');
  if (label && !/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(label)) {
    const detail = `The domain name label ${label} is invalid. It must conform to the following regular expression: ^[a-z][a-z0-9-]{1,61}[a-z0-9]$.`;
    errors.push({ ...invalid('properties.dnsSettings.domainNameLabel', label, detail), code: 'InvalidDomainNameLabel' });
  }
  return errors;
}

function admit(draft: Draft, { reader }: WriteContext): FieldError[] {
  const label = labelOf(draft.properties);
  if (!label) return [];
  const taken = indexed(reader, PUBLIC_IP_TYPE, LABEL, fqdnOf(label, draft.location)).some((other) => keyOf(other.id) !== keyOf(draft.id));
  if (!taken) return [];
  const detail = `DNS record ${fqdnOf(label, draft.location)} is already used by another public IP.`;
  return [{ ...invalid('properties.dnsSettings.domainNameLabel', label, detail), code: 'DnsRecordInUse' }];
}

/** Ranges that the simulated Azure draws public addresses from: parts of Azure's own published ones. */
const POOLS = { IPv4: ['20.0.0.0/11', '4.144.0.0/12', '52.224.0.0/11', '40.64.0.0/10'], IPv6: ['2603:1030::/32'] };

function computed(draft: Draft, context: WriteContext, previous: Resource | undefined): JsonObject {
  const resourceGuid = previous?.observed['resourceGuid'] ?? context.random.uuid();
  const held = previous?.observed['ipAddress'];
  if (held !== undefined) return { resourceGuid, ipAddress: held };
  if (draft.properties['publicIPAllocationMethod'] !== 'Static') return { resourceGuid };
  const asked = textAt(draft.properties, 'ipAddress');
  return { resourceGuid, ipAddress: asked && parseAddress(asked) ? asked : drawAddress(draft, context) };
}

/** From the prefix that the address belongs to, lowest first; else at random from Azure's ranges. Never one that is given out. */
function drawAddress(draft: Draft, { reader, random }: WriteContext): string {
  const isTaken = (text: string): boolean => indexed(reader, PUBLIC_IP_TYPE, ADDRESS, text).length > 0;
  const prefix = parsePrefix(textAt(getResource(reader, linkedId(draft.properties, 'publicIPPrefix'))?.observed ?? {}, 'ipPrefix'));
  if (prefix)
    for (let value = prefix.base; value <= lastOf(prefix); value++) {
      const text = formatAddress({ version: prefix.version, value });
      if (!isTaken(text)) return text;
    }
  const pools = POOLS[draft.properties['publicIPAddressVersion'] === 'IPv6' ? 'IPv6' : 'IPv4'];
  for (;;) {
    const pool = parsePrefix(pools[random.below(pools.length)] ?? '');
    if (!pool) throw new Error('a pool of public addresses is malformed');
    const offset = BigInt(random.below(2 ** 32)) % (lastOf(pool) - pool.base);
    const text = formatAddress({ version: pool.version, value: pool.base + offset });
    if (!isTaken(text) && !/\.(0|255)$/.test(text)) return text;
  }
}
