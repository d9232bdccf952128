import { finishOperation, getOperation, getResource, isMoving, listChildren, setObserved } from '../../arm/estate.ts';
import { collectionOf, keyOf, parseId } from '../../arm/ids.ts';
import { stringsAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import { Refusal } from '../../arm/resource-type.ts';
import type { Controller, Outcome } from '../../kernel/controller.ts';
import { collectionName } from '../../kernel/store.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { storedKinds } from '../../kinds/index.ts';
import { bootstrapCluster } from '../../kube/bootstrap/bootstrap.ts';
import { CLUSTERS, type ClusterRecord, clusterRecord } from '../../kube/clusters.ts';
import { kindClass } from '../../kube/kind.ts';
import { isPoolSettled } from '../agent-pool/settled.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { onNodes } from '../node/watch.ts';
import type { AksPorts } from '../ports.ts';
import { ensureAdminGroups } from '../system/admin-groups.ts';
import { ensureSystemWorkloads } from '../system/system-workloads.ts';
import { resolveVersion } from '../versions.ts';
import { objectAt, textAt } from './given.ts';
import { ensureNodeGroup, nodeGroupOf } from './node-group.ts';
import { clusterPower } from './power.ts';

/** Moves a managed cluster to what was asked: node resource group, API server, system workloads, and the end of its operation. */
export const managedClusterController = (ports: AksPorts): Controller => ({
  name: 'managed-cluster',
  watches: [
    { class: collectionOf(MANAGED_CLUSTERS) },
    { class: collectionOf(AGENT_POOLS), targets: (change) => [keyOf(parseId(change.key)?.parent ?? '')] },
    {
      class: CLUSTERS,
      // Collection CLUSTERS holds records alone.
      targets: (change) => (change.entry ? [keyOf((change.entry.value as ClusterRecord).resourceId)] : []),
    },
    onNodes(({ resourceId }) => [keyOf(resourceId)]),
  ],
  reconcile(tx, { key }) {
    const cluster = getResource(tx, key);
    if (!cluster) return undefined;
    if (cluster.provisioningState === 'Deleting') return remove(tx, ports, cluster);
    try {
      return bringUp(tx, ports, cluster);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What another provider refuses ends the operation that asked for it.
      if (cluster.operation) finishOperation(tx, cluster.operation, { error: error.error });
      return undefined;
    }
  },
});

function bringUp(tx: Transaction, ports: AksPorts, cluster: Resource): Outcome | undefined {
  if (!isMoving(cluster)) return undefined;
  ensureNodeGroup(tx, ports.arm(), cluster);
  const record = ensureApiServer(tx, cluster);
  if (!record.caCertificate) return undefined;
  if (record.running) {
    const api = ports.open(tx, record.scope, 'aks');
    ensureSystemWorkloads(api);
    ensureAdminGroups(api, stringsAt(objectAt(cluster.desired, 'aadProfile'), 'adminGroupObjectIDs'));
  }
  return finish(tx, cluster);
}

/** The record that makes the API server answer, with its first objects. A version that was raised is served from now on. */
function ensureApiServer(tx: Transaction, cluster: Resource): ClusterRecord {
  const scope = textAt(cluster.observed, 'resourceUID');
  const existing = clusterRecord(tx, scope);
  const version = targetVersion(cluster, existing?.version);
  const network = objectAt(cluster.desired, 'networkProfile');
  const record: ClusterRecord = {
    ...existing,
    scope,
    version,
    fqdn: textAt(cluster.observed, 'fqdn'),
    issuer: textAt(objectAt(cluster.observed, 'oidcIssuerProfile'), 'issuerURL') || `https://${textAt(cluster.observed, 'fqdn')}`,
    running: clusterPower(cluster) === 'Running',
    serviceCidr: textAt(network, 'serviceCidr'),
    podCidr: textAt(network, 'podCidr'),
    dnsServiceIp: textAt(network, 'dnsServiceIP'),
    resourceId: cluster.id,
  };
  const isNew = existing?.version !== version;
  if (isNew || existing.running !== record.running || existing.issuer !== record.issuer) tx.put(CLUSTERS, scope, record);
  // An API server makes what its version needs at its start: a newer one adds what an older one did not have.
  if (isNew) bootstrapCluster(tx, record);
  setObserved(tx, cluster.id, { currentKubernetesVersion: version });
  return record;
}

/** "1.35" keeps a cluster at the patch of 1.35 that it has; anything else names a version to go to. */
function targetVersion(cluster: Resource, current: string | undefined): string {
  const wanted = textAt(cluster.desired, 'kubernetesVersion');
  if (current?.startsWith(`${wanted}.`)) return current;
  return resolveVersion(wanted) ?? current ?? wanted;
}

/** Ends the operation when all pools that it moves are as they should be, and not before its time (DESIGN §5). */
function finish(tx: Transaction, cluster: Resource): Outcome | undefined {
  const operation = cluster.operation ? getOperation(tx, cluster.operation) : undefined;
  if (operation?.status !== 'InProgress') return undefined;
  const isPower = ['Starting', 'Stopping'].includes(cluster.provisioningState);
  const pools = listChildren(tx, AGENT_POOLS, cluster.id).filter((pool) => isPower || pool.operation === operation.id);
  if (!pools.every((pool) => isPoolSettled(tx, pool))) return undefined;
  if (tx.nowMs < operation.dueMs) return { againMs: operation.dueMs - tx.nowMs };
  setObserved(tx, cluster.id, { powerState: { code: clusterPower(cluster) } });
  finishOperation(tx, operation.id);
  return undefined;
}

/** Takes down the API server with everything in it, then the node resource group, then the cluster itself. */
function remove(tx: Transaction, ports: AksPorts, cluster: Resource): Outcome | undefined {
  const operation = cluster.operation ? getOperation(tx, cluster.operation) : undefined;
  if (operation && tx.nowMs < operation.dueMs) return { againMs: operation.dueMs - tx.nowMs };
  const scope = textAt(cluster.observed, 'resourceUID');
  tx.delete(CLUSTERS, scope);
  for (const kind of storedKinds) {
    const collection = collectionName(kindClass(kind), scope);
    for (const { key } of tx.list(collection)) tx.delete(collection, key);
  }
  ports.arm().finishDelete(tx, nodeGroupOf(cluster).id);
  ports.arm().finishDelete(tx, cluster.id);
  return undefined;
}
