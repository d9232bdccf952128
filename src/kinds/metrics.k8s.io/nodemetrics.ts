import type { Node, Pod } from '../../../gen/kubernetes-types.ts';
import { collectionOf, type Kind } from '../../kube/kind.ts';
import { node } from '../core/node.ts';
import { pod } from '../core/pod/pod.ts';
import { metricsColumns, metricsObject } from './metrics-object.ts';
import { isMeasured } from './podmetrics.ts';
import { nodeUsage, sampleMs, usageQuantities } from './usage.ts';

type NodeMetrics = { readonly window: string; readonly usage: { readonly cpu: string; readonly memory: string } };

const isReady = ({ status }: Node): boolean => status?.conditions?.some((item) => item.type === 'Ready' && item.status === 'True') ?? false;

/** What ready nodes use, as metrics-server would say. Nothing is stored: usage is a function of the clock, the node and its pods. */
export const nodeMetrics: Kind = {
  group: 'metrics.k8s.io',
  kind: 'NodeMetrics',
  resource: 'nodes',
  namespaced: false,
  versions: [{ name: 'v1beta1' }],
  storedAs: node,
  verbs: ['get', 'list'],
  // Kinds stored as nodes are given nodes, and the index holds pods.
  shows: (object) => isReady(object as unknown as Node),
  computed(object, context) {
    const { reader, scope, nowMs } = context;
    const pods = reader.indexed<Pod & { readonly [field: string]: never }>(collectionOf(pod, scope), 'node', object.metadata.name);
    const running = pods.map(({ value }) => value as Pod).filter(isMeasured);
    const usage = nodeUsage(object as unknown as Node, running, sampleMs(nowMs));
    return metricsObject('NodeMetrics', object, context, { usage: { ...usageQuantities(usage) } });
  },
  columns: metricsColumns<NodeMetrics>(({ usage }) => usage),
};
