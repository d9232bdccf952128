import { getResource, listChildren } from '../../arm/estate.ts';
import { parseId } from '../../arm/ids.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Action, ActionContext, Route } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { AGENT_POOLS } from '../names.ts';
import { compareVersions, isWithinSkew, offeredVersions, upgradesFrom } from '../versions.ts';
import { textAt } from './given.ts';

const PERMISSION = 'Microsoft.ContainerService';

/** Upgrades of a control plane, or of a pool, which stays behind its own (`limit`). */
const upgradesOf = (version: string, limit?: string) =>
  upgradesFrom(version)
    .filter((upgrade) => limit === undefined || compareVersions(upgrade.version, limit) <= 0)
    .map(({ version: kubernetesVersion, isPreview }) => ({ kubernetesVersion, ...(isPreview && { isPreview }) }));

/** What a cluster may be upgraded to, and the versions that a new pool of it may have. */
export const profileActions: readonly Action[] = [
  {
    method: 'GET',
    path: 'upgradeProfiles/default',
    permission: `${PERMISSION}/managedClusters/upgradeProfiles/read`,
    run: ({ resource, reader }) => ({ status: 200, body: upgradeProfile(resource, listChildren(reader, AGENT_POOLS, resource.id)) }),
  },
  {
    method: 'GET',
    path: 'availableAgentPoolVersions',
    permission: `${PERMISSION}/managedClusters/availableAgentPoolVersions/read`,
    run: ({ resource }) => ({ status: 200, body: availableVersions(resource) }),
  },
];

function upgradeProfile(cluster: Resource, pools: readonly Resource[]): JsonObject {
  const current = textAt(cluster.observed, 'currentKubernetesVersion');
  return {
    id: `${cluster.id}/upgradeprofiles/default`,
    name: 'default',
    type: 'Microsoft.ContainerService/managedClusters/upgradeprofiles',
    properties: {
      controlPlaneProfile: { kubernetesVersion: current, name: 'master', osType: 'Linux', upgrades: upgradesOf(current) },
      agentPoolProfiles: pools.map((pool) => {
        const version = textAt(pool.observed, 'currentOrchestratorVersion') || current;
        return {
          kubernetesVersion: version,
          name: pool.name,
          osType: textAt(pool.desired, 'osType'),
          upgrades: upgradesOf(version, current),
        };
      }),
    },
  };
}

/** Pools may lag behind the control plane, never lead it. */
function availableVersions(cluster: Resource): JsonObject {
  const current = textAt(cluster.observed, 'currentKubernetesVersion');
  const versions = offeredVersions.flatMap(({ patches }) => patches).filter((version) => isWithinSkew(version, current));
  return {
    id: `${cluster.id}/availableAgentPoolVersions`,
    name: 'default',
    type: 'Microsoft.ContainerService/managedClusters/availableAgentpoolVersions',
    properties: {
      agentPoolVersions: versions.map((version) => ({ kubernetesVersion: version, ...(version === current && { default: true }) })),
    },
  };
}

/** What a pool may be upgraded to: nothing newer than its control plane. */
export const poolUpgradeProfile: Action = {
  method: 'GET',
  path: 'upgradeProfiles/default',
  permission: `${PERMISSION}/managedClusters/agentPools/upgradeProfiles/read`,
  run: ({ resource, reader }: ActionContext) => {
    const cluster = getResource(reader, parseId(resource.id)?.parent ?? '');
    const version = textAt(resource.observed, 'currentOrchestratorVersion');
    return {
      status: 200,
      body: {
        id: `${resource.id}/upgradeProfiles/default`,
        name: 'default',
        type: 'Microsoft.ContainerService/managedClusters/agentPools/upgradeProfiles',
        properties: {
          kubernetesVersion: version,
          osType: textAt(resource.desired, 'osType'),
          latestNodeImageVersion: textAt(resource.observed, 'nodeImageVersion'),
          upgrades: upgradesOf(version, textAt(cluster?.observed ?? {}, 'currentKubernetesVersion')),
        },
      },
    };
  },
};

/** `az aks get-versions`, in its present form and in the one that az before 2.48 and azurerm ask for. */
export const versionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions',
    permission: `${PERMISSION}/locations/kubernetesVersions/read`,
    run: () => ({ status: 200, body: { values: offeredVersions.map(offered) } }),
  },
  {
    method: 'GET',
    path: '/subscriptions/{subscription}/providers/Microsoft.ContainerService/locations/{location}/orchestrators',
    permission: `${PERMISSION}/locations/orchestrators/read`,
    run: ({ parameters }) => ({
      status: 200,
      body: {
        id: `/subscriptions/${parameters['subscription']}/providers/Microsoft.ContainerService/locations/${parameters['location']}/orchestrators`,
        name: 'default',
        type: 'Microsoft.ContainerService/locations/orchestrators',
        properties: { orchestrators: offeredVersions.flatMap((version) => version.patches.map((patch) => orchestrator(patch, version))) },
      },
    }),
  },
];

const offered = (version: (typeof offeredVersions)[number]): JsonObject => ({
  version: version.minor,
  capabilities: { supportPlan: version.supportPlans },
  ...(version.isDefault && { isDefault: true }),
  ...(version.isPreview && { isPreview: true }),
  patchVersions: Object.fromEntries(
    version.patches.map((patch) => [patch, { upgrades: upgradesFrom(patch).map((upgrade) => upgrade.version) }]),
  ),
});

const orchestrator = (patch: string, version: (typeof offeredVersions)[number]): JsonObject => ({
  orchestratorType: 'Kubernetes',
  orchestratorVersion: patch,
  ...(version.isDefault && patch === version.patches.at(-1) && { default: true }),
  upgrades: upgradesFrom(patch).map((upgrade) => ({ orchestratorType: 'Kubernetes', orchestratorVersion: upgrade.version })),
});
