import type { IPAddress } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { column, nameColumn } from '../columns.ts';
import { addressName, ipAddressFaults, ipAddressUpdateFaults } from './address-validation.ts';

/** "services/default/kubernetes" */
function parentText({ spec: { parentRef } }: IPAddress): string {
  const resource = parentRef.group ? `${parentRef.resource}.${parentRef.group}` : parentRef.resource;
  return [resource, parentRef.namespace, parentRef.name].filter(Boolean).join('/');
}

export const ipAddress: Kind = {
  group: 'networking.k8s.io',
  kind: 'IPAddress',
  resource: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  versions: [{ name: 'v1', since: 33 }],
  generation: false,
  nameRule: addressName,
  validate: (object: IPAddress) => ipAddressFaults(object),
  validateUpdate: (object: IPAddress, previous: IPAddress) => [...ipAddressFaults(object), ...ipAddressUpdateFaults(object, previous)],
  columns: [nameColumn, column<IPAddress>('ParentRef', 'Object that has the address.', parentText)],
};
