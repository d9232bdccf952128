import { getResource, listChildren, saveResource } from '../../arm/estate.ts';
import { keyOf, parseId, sameId } from '../../arm/ids.ts';
import { objectAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import { invalid } from '../../kernel/field-error.ts';
import type { Reader } from '../../kernel/store.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { formatPrefix, overlaps } from '../../net/prefix.ts';
import { networkName } from './names.ts';
import { link, linkedId } from './parts.ts';
import { addressSpace } from './virtual-network.ts';

export const PEERING_TYPE = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings';

export const virtualNetworkPeering: ResourceType = {
  name: PEERING_TYPE,
  nameRule: networkName,
  etag: 'etag',
  completion: 'clock',
  readOnly: [
    'peeringState',
    'peeringSyncLevel',
    'remoteVirtualNetworkAddressSpace',
    'remoteAddressSpace',
    'remoteBgpCommunities',
    'resourceGuid',
  ],
  immutable: ['properties.remoteVirtualNetwork.id'],
  defaults: (draft) => ({
    ...draft,
    properties: {
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: false,
      allowGatewayTransit: false,
      useRemoteGateways: false,
      doNotVerifyRemoteGateways: false,
      peerCompleteVnets: true,
      ...draft.properties,
    },
  }),
  validate: ({ properties }) =>
    linkedId(properties, 'remoteVirtualNetwork') ? [] : [invalid('properties.remoteVirtualNetwork.id', undefined, 'is required')],
  references: (draft) =>
    link(draft, draft.properties, 'remoteVirtualNetwork', 'properties', 'Microsoft.Network/virtualNetworks/peer/action'),
  admit(draft, { reader }) {
    const [local, remote] = [parseId(draft.id)?.parent ?? '', linkedId(draft.properties, 'remoteVirtualNetwork')];
    const ranges = (id: string) => {
      const network = getResource(reader, id);
      return network ? addressSpace({ properties: network.desired }) : [];
    };
    const clash = ranges(local).find((mine) => ranges(remote).some((theirs) => overlaps(mine, theirs)));
    if (!clash) return [];
    const detail = `Cannot create or update peering ${draft.id}. Virtual networks ${local} and ${remote} cannot be peered because their address spaces overlap. Overlapping address prefixes: ${formatPrefix(clash)}`;
    return [{ ...invalid('properties.remoteVirtualNetwork', remote, detail), code: 'VnetAddressSpacesOverlap' }];
  },
  computed: (draft, { reader, random }, previous) => ({
    resourceGuid: previous?.observed['resourceGuid'] ?? random.uuid(),
    peeringSyncLevel: 'FullyInSync',
    peeringState: reverseOf(reader, draft.id, linkedId(draft.properties, 'remoteVirtualNetwork')) ? 'Connected' : 'Initiated',
  }),
  render(properties, resource, reader) {
    const remote = getResource(reader, linkedId(resource.desired, 'remoteVirtualNetwork'));
    if (!remote) return properties;
    const space = objectAt(remote.desired, 'addressSpace');
    return { ...properties, remoteAddressSpace: space, remoteVirtualNetworkAddressSpace: space };
  },
  written: (tx, resource) => setReverse(tx, resource, 'Connected'),
  removed: (tx, resource) => setReverse(tx, resource, 'Disconnected'),
};

/** The peering in the remote network that points back at this one. */
function reverseOf(reader: Reader, peering: string, remote: string): Resource | undefined {
  const local = parseId(peering)?.parent ?? '';
  return listChildren(reader, PEERING_TYPE, remote).find(
    (other) => keyOf(other.id) !== keyOf(peering) && sameId(linkedId(other.desired, 'remoteVirtualNetwork'), local),
  );
}

function setReverse(tx: Transaction, { id, desired }: Resource, peeringState: string): void {
  const reverse = reverseOf(tx, id, linkedId(desired, 'remoteVirtualNetwork'));
  if (reverse && reverse.observed['peeringState'] !== peeringState)
    saveResource(tx, { ...reverse, observed: { ...reverse.observed, peeringState } });
}
