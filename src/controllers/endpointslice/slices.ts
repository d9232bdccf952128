import type { DiscoveryEndpointPort, Endpoint, EndpointSlice } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { endpointSlice } from '../../kinds/discovery.k8s.io/endpointslice.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { OwnerReference } from '../../kube/object.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';

/** What one slice is to hold. */
export interface SliceContents {
  readonly addressType: 'IPv4' | 'IPv6';
  readonly ports: readonly DiscoveryEndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** What all slices of one set have in common. */
export interface SliceHead {
  /** Name of the Service, with which their own names begin. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: { readonly [label: string]: string };
  /** Annotations of a new slice. */
  readonly annotations: { readonly [annotation: string]: string };
  readonly owner: OwnerReference;
}

/** Lists cut into pieces of at most `size` endpoints. */
export const pieces = (contents: SliceContents, size: number): SliceContents[] =>
  Array.from({ length: Math.ceil(contents.endpoints.length / size) }, (_, i) => ({
    ...contents,
    endpoints: contents.endpoints.slice(i * size, (i + 1) * size),
  }));

/** Existing slices are filled again in order, so that a change touches as few objects as it can. An address type stays what it is. */
export function writeSlices(cluster: Cluster, head: SliceHead, existing: readonly EndpointSlice[], wanted: readonly SliceContents[]): void {
  const { name, namespace, labels, annotations, owner } = head;
  const left = [...existing];
  for (const { addressType, endpoints, ports } of wanted) {
    const at = left.findIndex((slice) => slice.addressType === addressType);
    const [slice] = at < 0 ? [] : left.splice(at, 1);
    if (!slice) {
      const metadata = { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [owner] };
      cluster.create(endpointSlice, { metadata, addressType, endpoints, ports });
    } else if (
      !equal((slice.endpoints ?? []) as Json, endpoints as Json) ||
      !equal((slice.ports ?? []) as Json, ports as Json) ||
      !equal(slice.metadata.labels, labels)
    )
      cluster.update<EndpointSlice>(endpointSlice, { ...slice, metadata: { ...slice.metadata, labels }, endpoints, ports });
  }
  for (const surplus of left) cluster.delete(endpointSlice, namespace, surplus.metadata.name);
}
