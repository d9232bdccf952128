import type { Node } from '../../../gen/kubernetes-types.ts';
import { getResource } from '../../arm/estate.ts';
import { parseId } from '../../arm/ids.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Reader } from '../../kernel/store.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { collectionOf } from '../../kube/kind.ts';
import { textAt } from '../managed-cluster/given.ts';
import { poolPower } from '../managed-cluster/power.ts';
import { scaleSetName } from '../names.ts';
import { capacityOf, instancesOf, scaleSetId } from './scale-set.ts';

/** Nodes of a pool, by the prefix of their names. */
export const nodesOf = (reader: Reader, cluster: Resource, pool: { readonly name: string }): Node[] => {
  const scope = textAt(cluster.observed, 'resourceUID');
  const prefix = scaleSetName(scope, pool.name, false);
  return reader.list<Node>(collectionOf(nodeKind, scope), { prefix }).map(({ value }) => value);
};

/** The scale set has as many instances as the pool asks for, and each of them is a Ready node; none is where the pool is stopped. */
export function isPoolSettled(reader: Reader, pool: Resource): boolean {
  const cluster = getResource(reader, parseId(pool.id)?.parent ?? '');
  if (!cluster) return false;
  const wanted = Number(pool.desired['count']);
  const scaleSet = scaleSetId(cluster, pool);
  const nodes = nodesOf(reader, cluster, pool);
  const ready = nodes.filter((node) => node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
  const asWanted = poolPower(cluster, pool) === 'Stopped' ? nodes.length === 0 : ready.length === wanted;
  return asWanted && capacityOf(reader, scaleSet) === wanted && instancesOf(reader, scaleSet).length === wanted;
}
