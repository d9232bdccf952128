import { finishOperation, getOperation, getResource, isMoving, listChildren, setObserved, setProvisioningState } from '../../arm/estate.ts';
import { collectionOf, keyOf, parseId } from '../../arm/ids.ts';
import type { Resource } from '../../arm/resource.ts';
import { Refusal } from '../../arm/resource-type.ts';
import { setPower } from '../../azure/compute/scale-set-instances.ts';
import type { Controller, Outcome } from '../../kernel/controller.ts';
import { equal } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { CLUSTERS, type ClusterRecord, clusterRecord } from '../../kube/clusters.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { nodeGroupOf } from '../managed-cluster/node-group.ts';
import { poolPower } from '../managed-cluster/power.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { syncMarks } from '../node/pool-marks.ts';
import { removeNodes, syncNodes } from '../node/register.ts';
import { onNodes } from '../node/watch.ts';
import type { AksPorts } from '../ports.ts';
import { scaleSetBody, scaleSetId } from './scale-set.ts';
import { isPoolSettled, nodesOf } from './settled.ts';

/** Moves a node pool to its size: scale set, instances, nodes, and the end of its operation. */
export const agentPoolController = (ports: AksPorts): Controller => ({
  name: 'agent-pool',
  watches: [
    { class: collectionOf(AGENT_POOLS) },
    // A cluster's tags are on its machines too.
    {
      class: collectionOf(MANAGED_CLUSTERS),
      targets: ({ entry }, reader) =>
        entry ? listChildren(reader, AGENT_POOLS, (entry.value as Resource).id).map((pool) => keyOf(pool.id)) : [],
    },
    {
      class: CLUSTERS,
      targets(change, reader) {
        // Collection CLUSTERS holds records alone.
        const record = change.entry?.value as ClusterRecord | undefined;
        return record ? listChildren(reader, AGENT_POOLS, record.resourceId).map((pool) => keyOf(pool.id)) : [];
      },
    },
    onNodes((record, reader) => listChildren(reader, AGENT_POOLS, record.resourceId).map((pool) => keyOf(pool.id))),
  ],
  reconcile(tx, { key }) {
    const pool = getResource(tx, key);
    const cluster = pool && getResource(tx, parseId(pool.id)?.parent ?? '');
    if (!pool || !cluster) return undefined;
    if (pool.provisioningState === 'Deleting') return remove(tx, ports, cluster, pool);
    try {
      return bringUp(tx, ports, cluster, pool);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What the provider of machines refuses ends the operation that asked for it.
      if (pool.operation) finishOperation(tx, pool.operation, { error: error.error });
      return undefined;
    }
  },
});

function bringUp(tx: Transaction, ports: AksPorts, cluster: Resource, pool: Resource): Outcome | undefined {
  const record = clusterRecord(tx, textAt(cluster.observed, 'resourceUID'));
  // The cluster's controller makes network and API server first.
  if (!record?.caCertificate || !getResource(tx, nodeGroupOf(cluster).subnet)) return undefined;
  const scaleSet = scaleSetId(cluster, pool);
  const stored = getResource(tx, scaleSet);
  const body = scaleSetBody(cluster, pool);
  const isScaled = stored?.sku?.capacity === body.sku?.capacity;
  if (!isScaled && stored && pool.provisioningState === 'Updating') setProvisioningState(tx, pool.id, 'Scaling');
  if (!isScaled || !equal(stored?.tags, body.tags)) ports.arm().createByProvider(tx, scaleSet, body);
  const power = poolPower(cluster, pool);
  if (pool.provisioningState === 'Updating' && textAt(objectAt(pool.observed, 'powerState'), 'code') !== power)
    setProvisioningState(tx, pool.id, power === 'Stopped' ? 'Stopping' : 'Starting');
  setPower(tx, scaleSet, power === 'Stopped' ? 'deallocated' : 'running');
  const api = ports.open(tx, record.scope, 'cloud-node-manager');
  if (power === 'Stopped') removeNodes(api, nodesOf(tx, cluster, pool));
  else {
    syncNodes(tx, api, cluster, pool);
    syncMarks(tx, api, pool, nodesOf(tx, cluster, pool));
  }
  return finish(tx, pool);
}

/** A pool that was written by itself ends its own operation; one written with its cluster is waited for by the cluster. */
function finish(tx: Transaction, pool: Resource): Outcome | undefined {
  const current = getResource(tx, pool.id) ?? pool;
  const operation = current.operation ? getOperation(tx, current.operation) : undefined;
  if (!isPoolSettled(tx, current)) return undefined;
  const cluster = getResource(tx, parseId(pool.id)?.parent ?? '');
  if (cluster) setObserved(tx, current.id, { powerState: { code: poolPower(cluster, current) } });
  if (!isMoving(current) || !operation) return undefined;
  if (keyOf(operation.resource) !== keyOf(current.id)) return undefined;
  if (tx.nowMs < operation.dueMs) return { againMs: operation.dueMs - tx.nowMs };
  finishOperation(tx, operation.id);
  return undefined;
}

function remove(tx: Transaction, ports: AksPorts, cluster: Resource, pool: Resource): Outcome | undefined {
  // A cluster that goes takes everything along at once.
  if (cluster.provisioningState === 'Deleting') return undefined;
  const operation = pool.operation ? getOperation(tx, pool.operation) : undefined;
  if (operation && tx.nowMs < operation.dueMs) return { againMs: operation.dueMs - tx.nowMs };
  const api = ports.open(tx, textAt(cluster.observed, 'resourceUID'), 'cloud-node-manager');
  removeNodes(api, nodesOf(tx, cluster, pool));
  ports.arm().finishDelete(tx, scaleSetId(cluster, pool));
  ports.arm().finishDelete(tx, pool.id);
  return undefined;
}
