import type { Pod } from '../../../gen/kubernetes-types.ts';
import type { Kind } from '../../kube/kind.ts';
import { formatQuantity, parseQuantity } from '../../kube/quantity.ts';
import { pod } from '../core/pod/pod.ts';
import { metricsColumns, metricsObject } from './metrics-object.ts';
import { containerUsage, sampleMs, usageQuantities } from './usage.ts';

type Quantities = { readonly cpu: string; readonly memory: string };
type PodMetrics = { readonly window: string; readonly containers: readonly { readonly usage: Quantities }[] };

/** Whether a pod runs, so that its kubelet can say what it uses. */
export const isMeasured = ({ spec, status }: Pod): boolean => spec.nodeName !== undefined && status?.phase === 'Running';

/** What running pods use, as metrics-server would say. Nothing is stored: usage is a function of the clock and the pod. */
export const podMetrics: Kind = {
  group: 'metrics.k8s.io',
  kind: 'PodMetrics',
  resource: 'pods',
  namespaced: true,
  versions: [{ name: 'v1beta1' }],
  storedAs: pod,
  verbs: ['get', 'list'],
  // Kinds stored as pods are given pods.
  shows: (object) => isMeasured(object as unknown as Pod),
  computed(object, context) {
    const { metadata, spec } = object as unknown as Pod;
    const containers = spec.containers.map((container) => ({
      name: container.name,
      usage: { ...usageQuantities(containerUsage(metadata.uid, container, sampleMs(context.nowMs))) },
    }));
    return metricsObject('PodMetrics', object, context, { containers });
  },
  columns: metricsColumns<PodMetrics>(({ containers }) => ({
    cpu: total(containers.map(({ usage }) => usage.cpu)),
    memory: total(containers.map(({ usage }) => usage.memory)),
  })),
};

/** Quantities added up; this server wrote them, so that all can be read. */
function total(quantities: readonly string[]): string {
  const parsed = quantities.flatMap((text) => parseQuantity(text).value ?? []);
  const [first] = parsed;
  return first ? formatQuantity({ ...first, nano: parsed.reduce((sum, { nano }) => sum + nano, 0n) }) : '0';
}
