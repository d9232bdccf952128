import { listResources, referrersOf } from '../../arm/estate.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { invalid } from '../../kernel/field-error.ts';
import { formatPrefix, overlaps, parsePrefix, prefixOf } from '../../net/prefix.ts';
import { networkName } from './names.ts';
import { backLinks } from './parts.ts';
import { PUBLIC_IP_TYPE } from './public-ip-address.ts';

export const PUBLIC_IP_PREFIX_TYPE = 'Microsoft.Network/publicIPPrefixes';
/** Prefixes are drawn from a range that single addresses are not. */
const POOL = '20.64.0.0/10';
const LENGTHS = { IPv4: [21, 31], IPv6: [124, 127] } as const;

export const publicIpPrefix: ResourceType = {
  name: PUBLIC_IP_PREFIX_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: ['ipPrefix', 'publicIPAddresses', 'loadBalancerFrontendIpConfiguration', 'resourceGuid', 'natGateway'],
  immutable: ['properties.prefixLength', 'properties.publicIPAddressVersion', 'zones'],
  defaults: (draft) => ({
    ...draft,
    sku: { tier: 'Regional', name: 'Standard', ...draft.sku },
    properties: { publicIPAddressVersion: 'IPv4', prefixLength: 28, ipTags: [], ...draft.properties },
  }),
  validate({ properties }) {
    const version = properties['publicIPAddressVersion'] === 'IPv6' ? 'IPv6' : 'IPv4';
    const length = Number(properties['prefixLength']);
    const [shortest, longest] = LENGTHS[version];
    if (Number.isInteger(length) && length >= shortest && length <= longest) return [];
    return [invalid('properties.prefixLength', properties['prefixLength'], `must be between ${shortest} and ${longest} for ${version}`)];
  },
  computed({ properties }, { reader, random }, previous) {
    if (previous) return previous.observed;
    const taken = listResources(reader, PUBLIC_IP_PREFIX_TYPE).flatMap(
      (other) => parsePrefix(String(other.observed['ipPrefix'] ?? '')) ?? [],
    );
    const pool = parsePrefix(properties['publicIPAddressVersion'] === 'IPv6' ? '2603:1040::/32' : POOL);
    if (!pool) throw new Error('the pool of public prefixes is malformed');
    for (;;) {
      const offset = BigInt(random.below(2 ** 22));
      const range = prefixOf({ version: pool.version, value: pool.base + offset }, Number(properties['prefixLength']));
      if (!taken.some((other) => overlaps(other, range))) return { resourceGuid: random.uuid(), ipPrefix: formatPrefix(range) };
    }
  },
  render: (properties, resource, reader) => ({
    ...properties,
    ...backLinks(
      'publicIPAddresses',
      referrersOf(reader, PUBLIC_IP_TYPE, resource.id).map((address) => address.id),
    ),
  }),
  refuseDelete(resource, reader) {
    const [user] = [PUBLIC_IP_TYPE, 'Microsoft.Network/natGateways', 'Microsoft.Network/loadBalancers'].flatMap((type) =>
      referrersOf(reader, type, resource.id),
    );
    if (!user) return undefined;
    return {
      status: 400,
      error: {
        code: 'PublicIpPrefixCannotBeDeleted',
        message: `Public IP prefix ${resource.id} cannot be deleted since it is in use by ${user.id}.`,
        details: [],
      },
    };
  },
};
