import type { Node } from '../../../gen/kubernetes-types.ts';
import type { AdmissionPlugin } from './plugin.ts';
import { concerns, NODES } from './read.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' } as const;

/**
 * A new node takes no pods until the node controller has seen it ready. A provider that registers nodes together with a Ready
 * condition has seen that itself: these nodes come without the taint.
 * Models kubernetes plugin/pkg/admission/nodetaint.
 */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  mutate(request) {
    if (request.operation !== 'CREATE' || request.subresource || !concerns(request, NODES)) return request.object;
    const node = request.object as Node; // the request concerns nodes
    if (node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')) return node;
    const taints = node.spec.taints ?? [];
    if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect)) return node;
    return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } };
  },
};
