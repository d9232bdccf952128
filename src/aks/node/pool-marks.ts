import type { Node } from '../../../gen/kubernetes-types.ts';
import { setObserved } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import { equal, type JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { taintsOf } from './node.ts';

/** Labels and taints that a pool gives its nodes, kept in its `observed` so that those it no longer gives can be taken away. */
type Marks = {
  readonly labels: { readonly [name: string]: string };
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
};
export const MARKS = 'nodeMarks';

const marksOf = (pool: Resource): Marks => ({
  labels: {
    ...(objectAt(pool.desired, 'nodeLabels') as { [name: string]: string }), // its shape holds text alone
    'kubernetes.azure.com/mode': textAt(pool.desired, 'mode').toLowerCase(),
  },
  taints: taintsOf(pool),
});

/** Brings a changed pool's labels and taints to the nodes that it has: AKS does it in place. What others set on a node stays. */
export function syncMarks(tx: Transaction, api: Cluster, pool: Resource, nodes: readonly Node[]): void {
  const before = objectAt(pool.observed, MARKS) as Partial<Marks>; // written below
  const now = marksOf(pool);
  if (equal(before as JsonObject, now as unknown as JsonObject)) return; // plain data, read-only
  for (const node of nodes) {
    const marked = mark(node, before, now);
    if (!equal(marked as unknown as JsonObject, node as unknown as JsonObject)) api.update(nodeKind, marked);
  }
  setObserved(tx, pool.id, { [MARKS]: now as unknown as JsonObject });
}

function mark(node: Node, before: Partial<Marks>, now: Marks): Node {
  const labels = Object.entries(node.metadata.labels ?? {}).filter(([name]) => before.labels?.[name] === undefined);
  const gone = new Set(before.taints?.map(({ key, effect }) => `${key}:${effect}`));
  const own = new Set(now.taints.map(({ key, effect }) => `${key}:${effect}`));
  const others = (node.spec.taints ?? []).filter(({ key, effect }) => !gone.has(`${key}:${effect}`) && !own.has(`${key}:${effect}`));
  const taints = [...others, ...now.taints];
  const { taints: _old, ...spec } = node.spec;
  return {
    ...node,
    metadata: { ...node.metadata, labels: { ...Object.fromEntries(labels), ...now.labels } },
    spec: { ...spec, ...(taints.length > 0 && { taints }) },
  };
}
