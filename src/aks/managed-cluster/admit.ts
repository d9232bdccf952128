import { getResource, listChildren, listResources } from '../../arm/estate.ts';
import { keyOf, parseId } from '../../arm/ids.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { WriteContext } from '../../arm/resource-type.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import type { Reader } from '../../kernel/store.ts';
import { plannedNodesFaults } from '../agent-pool/planned-nodes.ts';
import { tagFaults } from '../agent-pool/scale-set.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import { resolveVersion } from '../versions.ts';
import { objectAt, textAt } from './given.ts';
import { nodeGroupOf } from './node-group.ts';
import { refuseWhenStopped } from './power.ts';

const fault = (path: string, value: unknown, detail: string, code: string): FieldError => ({ ...invalid(path, value, detail), code });

/** What a cluster has to be beside its pools and in its subscription. Cluster and pools are stored already: inline children are written before. */
export function admitCluster(draft: Draft, { reader, caller }: WriteContext, previous: Resource | undefined): FieldError[] {
  const stopped = caller ? refuseWhenStopped(previous) : [];
  if (stopped.length > 0) return stopped;
  const cluster = getResource(reader, draft.id);
  if (!cluster) return [];
  const pools = listChildren(reader, AGENT_POOLS, draft.id);
  return [
    ...pools.flatMap((pool) => tagFaults(cluster, pool)),
    ...systemPoolFaults(pools, previous),
    ...plannedNodesFaults(cluster, reader),
    ...(previous ? upgradeFaults(cluster, previous) : creationFaults(cluster, pools, reader)),
  ];
}

const creationFaults = (cluster: Resource, pools: readonly Resource[], reader: Reader): FieldError[] => [
  ...countFaults(cluster, reader),
  ...nodeGroupFaults(cluster, reader),
  ...firstVersionFaults(cluster, pools),
];

/** Clusters of a subscription. Source: aks-facts-limits-sla §8.2. */
export const CLUSTERS_MAX = 5_000;

function countFaults({ id }: Resource, reader: Reader): FieldError[] {
  const { subscription = '' } = parseId(id) ?? {};
  // The new one is among them.
  const usage = listResources(reader, MANAGED_CLUSTERS, `/subscriptions/${subscription}`).length - 1;
  if (usage < CLUSTERS_MAX) return [];
  const detail = `Operation results in exceeding quota limits for managed clusters. Maximum allowed: ${CLUSTERS_MAX}, Current usage: ${usage}, Additional requested: 1. Consider deleting unused clusters or requesting a quota increase. Please refer to https://aka.ms/aks/quotas-skus-regions.`;
  return [fault('', undefined, detail, 'ManagedClusterCountExceedsQuotaLimit')];
}

function systemPoolFaults(pools: readonly Resource[], previous: Resource | undefined): FieldError[] {
  if (pools.some((pool) => textAt(pool.desired, 'mode') === 'System')) return [];
  const detail = previous ? 'There has to be at least one system agent pool.' : 'Must define at least one system pool.';
  return [fault('agentPoolProfiles', undefined, detail, previous ? 'OperationNotAllowed' : 'MustDefineAtLeastOneSystemPool')];
}

/** The group of the nodes is the service's to make, and to delete with the cluster: it cannot be one that is there. */
function nodeGroupFaults(cluster: Resource, reader: Reader): FieldError[] {
  const { id } = nodeGroupOf(cluster);
  const { subscription, resourceGroup } = parseId(id) ?? {};
  const path = 'properties.nodeResourceGroup';
  const own = parseId(cluster.id)?.resourceGroup ?? '';
  if (keyOf(own) === keyOf(resourceGroup ?? '')) {
    const detail = `Node resource group '${resourceGroup}' is the same as ResourceGroup '${own}', which is not allowed, please provide a different node resource group.`;
    return [fault(path, resourceGroup, detail, 'NodeResourceGroupSameAsResourceGroup')];
  }
  if (!getResource(reader, id)) return [];
  const detail = `Node resource group '${resourceGroup}' under subscription '${subscription}' already exists, please provide a new one.`;
  return [fault(path, resourceGroup, detail, 'NodeResourceGroupAlreadyExists')];
}

const ALL_OR_NONE =
  "Using managed cluster api, all Agent pools' OrchestratorVersion must be all specified or all unspecified. If all specified, they must be stay unchanged or the same with control plane. For agent pool specific change, please use per agent pool operations: https://aka.ms/agent-pool-rest-api";
const otherVersion = (value: unknown): FieldError =>
  fault('agentPoolProfiles.orchestratorVersion', value, ALL_OR_NONE, 'NotAllAgentPoolOrchestratorVersionSpecifiedAndUnchanged');

/** Pools that are made with a cluster have its version, or leave it open. */
function firstVersionFaults(cluster: Resource, pools: readonly Resource[]): FieldError[] {
  const plane = resolveVersion(textAt(cluster.desired, 'kubernetesVersion'));
  const asked = pools.map((pool) => textAt(pool.desired, 'orchestratorVersion')).filter((version) => version !== '');
  const other = asked.find((version) => resolveVersion(version) !== plane);
  return other === undefined ? [] : [otherVersion(other)];
}

/** Where upgrades are automatic a control plane never goes ahead alone. Source: aks-facts §1.8. */
function upgradeFaults(cluster: Resource, previous: Resource): FieldError[] {
  const wanted = textAt(cluster.desired, 'kubernetesVersion');
  const channel = textAt(objectAt(cluster.desired, 'autoUpgradeProfile'), 'upgradeChannel').toLowerCase();
  const current = textAt(previous.observed, 'currentKubernetesVersion');
  const stays = resolveVersion(wanted) === current || current.startsWith(`${wanted}.`);
  return stays || ['', 'none'].includes(channel) ? [] : [otherVersion(wanted)];
}
