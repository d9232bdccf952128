import type { DiscoveryEndpointPort, Endpoint, EndpointSlice, Node, Pod, Service } from '../../../gen/kubernetes-types.ts';
import { node } from '../../kinds/core/node.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { service } from '../../kinds/core/service.ts';
import { endpointSlice } from '../../kinds/discovery.k8s.io/endpointslice.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { selectedPods, servicesSelecting, targetPort } from '../endpoints/addresses.ts';
import { controllerRef, isReady } from '../pod-control.ts';
import { MANAGED_BY, pieces, SERVICE_NAME, type SliceContents, type SliceHead, writeSlices } from './slices.ts';

/** Endpoints per slice, upstream's --max-endpoints-per-slice. */
const PER_SLICE = 100;
const MANAGER = 'endpointslice-controller.k8s.io';

/** Keeps the EndpointSlices of every Service with a selector. Models kubernetes pkg/controller/endpointslice. */
export const endpointSliceController: ClusterController = {
  name: 'endpointslice',
  watches: [
    onKind(service),
    onObject(pod, servicesSelecting),
    onObject(endpointSlice, (slice) => {
      const name = slice.metadata.labels?.[SERVICE_NAME];
      return name && slice.metadata.labels?.[MANAGED_BY] === MANAGER ? [`${slice.metadata.namespace}/${name}`] : [];
    }),
  ],
  reconcile(cluster, name, namespace) {
    const target = cluster.get<Service>(service, namespace, name);
    // A Service that went takes its slices along as their owner.
    if (!target?.spec.selector || Object.keys(target.spec.selector).length === 0 || target.spec.type === 'ExternalName') return;
    const existing = cluster
      .indexed<EndpointSlice>(endpointSlice, 'owner', target.metadata.uid)
      .filter((slice) => slice.metadata.labels?.[MANAGED_BY] === MANAGER && !slice.metadata.deletionTimestamp);
    writeSlices(cluster, headOf(target, cluster.tx.nowIso), existing, contentsOf(cluster, target));
  },
};

/** Slices to have: one group per list of ports, cut into pieces; a Service without pods keeps one empty slice. */
function contentsOf(cluster: Cluster, target: Service): SliceContents[] {
  const groups = new Map<string, { ports: DiscoveryEndpointPort[]; endpoints: Endpoint[] }>();
  for (const each of selectedPods(cluster, target)) {
    const ports = (target.spec.ports ?? []).flatMap((port): DiscoveryEndpointPort[] => {
      const number = targetPort(port, each);
      const appProtocol = port.appProtocol && { appProtocol: port.appProtocol };
      return number === undefined ? [] : [{ name: port.name ?? '', port: number, protocol: port.protocol ?? 'TCP', ...appProtocol }];
    });
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(endpoint(cluster, target, each));
  }
  const slices = [...groups.values()].flatMap((group) => pieces({ addressType: 'IPv4', ...group }, PER_SLICE));
  return slices.length ? slices : [{ addressType: 'IPv4', ports: [], endpoints: [] }];
}

function endpoint(cluster: Cluster, target: Service, of: Pod): Endpoint {
  const terminating = of.metadata.deletionTimestamp !== undefined;
  const serving = isReady(of);
  const zone = of.spec.nodeName
    ? cluster.get<Node>(node, undefined, of.spec.nodeName)?.metadata.labels?.['topology.kubernetes.io/zone']
    : undefined;
  return {
    addresses: [of.status?.podIP ?? ''],
    conditions: { ready: target.spec.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(of.spec.hostname && of.spec.subdomain === target.metadata.name && { hostname: of.spec.hostname }),
    ...(of.spec.nodeName && { nodeName: of.spec.nodeName }),
    targetRef: { kind: 'Pod', name: of.metadata.name, namespace: of.metadata.namespace ?? '', uid: of.metadata.uid },
    ...(zone && { zone }),
  };
}

function headOf(target: Service, nowIso: string): SliceHead {
  const { name, namespace = '' } = target.metadata;
  const headless = target.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
  return {
    name,
    namespace,
    labels: { ...target.metadata.labels, [MANAGED_BY]: MANAGER, [SERVICE_NAME]: name, ...headless },
    annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': nowIso },
    owner: controllerRef(target),
  };
}
