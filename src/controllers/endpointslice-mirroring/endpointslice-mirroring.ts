import type { DiscoveryEndpointPort, Endpoint, EndpointSlice, Endpoints, Service } from '../../../gen/kubernetes-types.ts';
import { endpoints as endpointsKind } from '../../kinds/core/endpoints.ts';
import { service } from '../../kinds/core/service.ts';
import { endpointSlice } from '../../kinds/discovery.k8s.io/endpointslice.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { MANAGED_BY, pieces, SERVICE_NAME, type SliceContents, writeSlices } from '../endpointslice/slices.ts';
import { controllerRef } from '../pod-control.ts';

/** Upstream's --mirroring-max-endpoints-per-subset. */
const PER_SUBSET = 1000;
const MANAGER = 'endpointslicemirroring-controller.k8s.io';
/** Endpoints that nothing should be mirrored of: those that say so, and locks of old leader elections. */
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** Annotations that describe the Endpoints alone. */
const OWN_ANNOTATIONS: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'endpoints.kubernetes.io/last-change-trigger-time',
]);

/**
 * Mirrors Endpoints that somebody keeps by hand, for a Service without a selector, into EndpointSlices.
 * Models kubernetes pkg/controller/endpointslicemirroring.
 */
export const endpointSliceMirroringController: ClusterController = {
  name: 'endpointslice-mirroring',
  watches: [
    onKind(endpointsKind),
    onKind(service),
    onObject(endpointSlice, (slice) => {
      const name = slice.metadata.labels?.[SERVICE_NAME];
      return name && slice.metadata.labels?.[MANAGED_BY] === MANAGER ? [`${slice.metadata.namespace}/${name}`] : [];
    }),
  ],
  reconcile(cluster, name, namespace) {
    const source = cluster.get<Endpoints>(endpointsKind, namespace, name);
    // Endpoints that went take their slices along as their owner.
    if (!source) return;
    const target = cluster.get<Service>(service, namespace, name);
    const { labels = {}, annotations = {} } = source.metadata;
    const mirrors = target !== undefined && target.spec.selector === undefined && labels[SKIP] !== 'true' && !(LEADER in annotations);
    const existing = cluster
      .indexed<EndpointSlice>(endpointSlice, 'owner', source.metadata.uid)
      .filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER && !slice.metadata.deletionTimestamp);
    if (!mirrors && existing.length === 0) return;
    const head = {
      name,
      namespace,
      labels: { ...labels, [MANAGED_BY]: MANAGER, [SERVICE_NAME]: name },
      annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !OWN_ANNOTATIONS.has(key))),
      owner: controllerRef(source),
    };
    writeSlices(cluster, head, existing, mirrors ? contentsOf(source) : []);
  },
};

type Subset = NonNullable<Endpoints['subsets']>[number];

/** A slice per subset and family of addresses. */
const contentsOf = ({ subsets = [] }: Endpoints): SliceContents[] =>
  subsets.flatMap((subset) => {
    const all = [...mirrored(subset.addresses, true), ...mirrored(subset.notReadyAddresses, false)].slice(0, PER_SUBSET);
    const ports = (subset.ports ?? []).map(
      ({ name = '', port, protocol = 'TCP', appProtocol }): DiscoveryEndpointPort => ({
        name,
        port,
        protocol,
        ...(appProtocol && { appProtocol }),
      }),
    );
    return (['IPv4', 'IPv6'] as const).flatMap((addressType) => {
      const endpoints = all.filter(({ addresses: [ip = ''] }) => ip.includes(':') === (addressType === 'IPv6'));
      return pieces({ addressType, ports, endpoints }, PER_SUBSET);
    });
  });

const mirrored = (addresses: Subset['addresses'], ready: boolean): Endpoint[] =>
  (addresses ?? []).map(({ ip, hostname, nodeName, targetRef }) => ({
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef && { targetRef }),
  }));
