import type { Pod, Service, ServicePort } from '../../../gen/kubernetes-types.ts';
import type { Reader } from '../../kernel/store.ts';
import { pod } from '../../kinds/core/pod/pod.ts';
import { service } from '../../kinds/core/service.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { collectionOf } from '../../kube/kind.ts';
import { type KubeObject, objectKey } from '../../kube/object.ts';
import { selectorOfMap } from '../../kube/selectors/label-selector.ts';

/** Pods that a Service selects, finished ones left out. Cost: O(pods that share one label with the selector). */
export function selectedPods(cluster: Cluster, target: Service): Pod[] {
  const selector = target.spec.selector ?? {};
  const first = Object.entries(selector)[0];
  if (!first) return [];
  const matcher = selectorOfMap(selector);
  return cluster
    .indexed<Pod>(pod, 'label', `${target.metadata.namespace}/${first[0]}=${first[1]}`)
    .filter(
      (each) => each.status?.podIP && !['Succeeded', 'Failed'].includes(each.status.phase ?? '') && matcher.matches(each.metadata.labels),
    );
}

/** Keys of the Services that select an object with these labels. Cost: O(services of the namespace). */
export function servicesSelecting(object: KubeObject, reader: Reader, scope: string): string[] {
  const { namespace = '', labels } = object.metadata;
  return reader
    .list<Service>(collectionOf(service, scope), { prefix: `${namespace}/` })
    .filter(({ value }) => value.spec.selector && selectorOfMap(value.spec.selector).matches(labels))
    .map(({ value }) => objectKey(namespace, value.metadata.name));
}

/** The port number on a pod that a Service port leads to; undefined when the pod has no container port of that name. */
export function targetPort(port: ServicePort, of: Pod): number | undefined {
  if (typeof port.targetPort === 'number') return port.targetPort;
  if (port.targetPort === undefined) return port.port;
  for (const container of of.spec.containers)
    for (const candidate of container.ports ?? [])
      if (candidate.name === port.targetPort && (candidate.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return candidate.containerPort;
  return undefined;
}
