import type { CoreEndpointPort, EndpointAddress, EndpointSubset, Endpoints, Pod, Service } from '../../../gen/kubernetes-types.ts';
import { equal, type Json } from '../../kernel/json.ts';
import { endpoints } from '../../kinds/core/endpoints.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { service } from '../../kinds/core/service.ts';
import { type ClusterController, onKind, onObject } from '../cluster-controller.ts';
import { isReady } from '../pod-control.ts';
import { selectedPods, servicesSelecting, targetPort } from './addresses.ts';

/** Addresses that an Endpoints object holds at most; the rest is cut off and annotated. */
const MAX_ADDRESSES = 1000;

/** Keeps the Endpoints of every Service with a selector. Models kubernetes pkg/controller/endpoint. */
export const endpointsController: ClusterController = {
  name: 'endpoints',
  watches: [onKind(service), onObject(pod, servicesSelecting)],
  reconcile(cluster, name, namespace) {
    const target = cluster.get<Service>(service, namespace, name);
    const existing = cluster.get<Endpoints>(endpoints, namespace, name);
    if (!target) {
      if (existing) cluster.delete(endpoints, namespace, name);
      return;
    }
    if (!target.spec.selector || Object.keys(target.spec.selector).length === 0 || target.spec.type === 'ExternalName') return;
    const pods = selectedPods(cluster, target);
    const subsets = subsetsOf(target, pods.slice(0, MAX_ADDRESSES));
    const headless = target.spec.clusterIP === 'None' ? { 'service.kubernetes.io/headless': '' } : {};
    const labels = { ...target.metadata.labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller', ...headless };
    const annotations = {
      'endpoints.kubernetes.io/last-change-trigger-time': cluster.tx.nowIso,
      ...(pods.length > MAX_ADDRESSES && { 'endpoints.kubernetes.io/over-capacity': 'truncated' }),
    };
    if (!existing) {
      cluster.create(endpoints, { metadata: { name, namespace, labels, annotations }, ...(subsets.length && { subsets }) });
      return;
    }
    if (equal((existing.subsets ?? []) as Json, subsets as Json) && equal(existing.metadata.labels, labels)) return;
    const { subsets: _, ...rest } = existing;
    cluster.update(endpoints, { ...rest, metadata: { ...existing.metadata, labels, annotations }, ...(subsets.length && { subsets }) });
  },
};

/** One subset per distinct list of ports, addresses in order of IP. */
function subsetsOf(target: Service, pods: readonly Pod[]): EndpointSubset[] {
  const subsets = new Map<string, { ready: EndpointAddress[]; notReady: EndpointAddress[]; ports: CoreEndpointPort[] }>();
  for (const each of pods) {
    const ports = (target.spec.ports ?? []).flatMap((port): CoreEndpointPort[] => {
      const number = targetPort(port, each);
      return number === undefined ? [] : [{ ...(port.name && { name: port.name }), port: number, protocol: port.protocol ?? 'TCP' }];
    });
    const key = JSON.stringify(ports);
    const subset = subsets.get(key) ?? { ready: [], notReady: [], ports };
    subsets.set(key, subset);
    const publish = target.spec.publishNotReadyAddresses || isReady(each);
    if (each.metadata.deletionTimestamp && !target.spec.publishNotReadyAddresses) continue;
    (publish ? subset.ready : subset.notReady).push(address(each, target));
  }
  return [...subsets.values()]
    .filter(({ ready, notReady }) => ready.length + notReady.length > 0)
    .map(({ ready, notReady, ports }) => ({
      ...(ready.length && { addresses: ready.sort(byIp) }),
      ...(notReady.length && { notReadyAddresses: notReady.sort(byIp) }),
      ...(ports.length && { ports }),
    }));
}

const byIp = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0);

const address = (of: Pod, target: Service): EndpointAddress => ({
  ip: of.status?.podIP ?? '',
  ...(of.spec.hostname && of.spec.subdomain === target.metadata.name && { hostname: of.spec.hostname }),
  ...(of.spec.nodeName && { nodeName: of.spec.nodeName }),
  targetRef: { kind: 'Pod', name: of.metadata.name, namespace: of.metadata.namespace ?? '', uid: of.metadata.uid },
});
