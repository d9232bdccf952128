import type { Pod } from '../../../../gen/kubernetes-types.ts';
import type { Column } from '../../../kube/kind.ts';
import { humanAge } from '../../../kube/table-format.ts';
import { ageColumn, column, nameColumn, wide } from '../../columns.ts';
import { summarizePod } from './summary.ts';

function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestart } = summarizePod(pod);
  return restarts > 0 && lastRestart ? `${restarts} (${humanAge(lastRestart, nowMs)} ago)` : String(restarts);
}

function readinessGatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const met = gates.filter((gate) => pod.status?.conditions?.find(({ type }) => type === gate.conditionType)?.status === 'True');
  return `${met.length}/${gates.length}`;
}

export const podColumns: readonly Column[] = [
  nameColumn,
  column<Pod>('Ready', 'Containers that are ready, of all that keep running.', (pod) => {
    const { ready, total } = summarizePod(pod);
    return `${ready}/${total}`;
  }),
  column<Pod>('Status', 'What the containers of the pod amount to.', (pod) => summarizePod(pod).status),
  column<Pod>('Restarts', 'How often containers have restarted, and when last.', restartsText),
  ageColumn,
  wide<Pod>('IP', 'Address of the pod.', (pod) => pod.status?.podIPs?.[0]?.ip || '<none>'),
  wide<Pod>('Node', 'Node that the pod is bound to.', (pod) => pod.spec.nodeName || '<none>'),
  wide<Pod>('Nominated Node', 'Node on which others were preempted for the pod.', (pod) => pod.status?.nominatedNodeName || '<none>'),
  wide<Pod>('Readiness Gates', 'Readiness gates that are met, of all.', readinessGatesText),
];
