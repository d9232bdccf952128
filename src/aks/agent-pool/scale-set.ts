import { checkTags } from '../../arm/draft.ts';
import { getResource, listChildren } from '../../arm/estate.ts';
import { stringsAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { Body } from '../../arm/resource-type.ts';
import type { FieldError } from '../../kernel/field-error.ts';
import type { Reader } from '../../kernel/store.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { nodeGroupOf } from '../managed-cluster/node-group.ts';
import { clusterSuffix, scaleSetName } from '../names.ts';

const SCALE_SETS = 'Microsoft.Compute/virtualMachineScaleSets';
const INSTANCES = `${SCALE_SETS}/virtualMachines`;

export const scaleSetId = (cluster: Resource, pool: { readonly name: string }): string =>
  `${nodeGroupOf(cluster).id}/providers/${SCALE_SETS}/${scaleSetName(textAt(cluster.observed, 'resourceUID'), pool.name, false)}`;

/** Instances of a pool's scale set, oldest first. */
export const instancesOf = (reader: Reader, scaleSet: string): Resource[] =>
  listChildren(reader, INSTANCES, scaleSet).sort((a, b) => Number(a.name) - Number(b.name));

/** Instances that a scale set is asked to have; undefined when it does not exist. */
export const capacityOf = (reader: Reader, scaleSet: string): number | undefined => getResource(reader, scaleSet)?.sku?.capacity;

/** The scale set of a pool as AKS writes it (aks-facts §2.3). */
export function scaleSetBody(cluster: Resource, pool: Resource): Body {
  const group = nodeGroupOf(cluster);
  const name = scaleSetName(textAt(cluster.observed, 'resourceUID'), pool.name, false);
  const zones = stringsAt(pool.desired, 'availabilityZones');
  const spot = textAt(pool.desired, 'scaleSetPriority') === 'Spot';
  return {
    location: cluster.location ?? '',
    sku: { name: textAt(pool.desired, 'vmSize'), tier: 'Standard', capacity: Number(pool.desired['count']) },
    tags: tagsOf(cluster, pool),
    ...(zones.length > 0 && { zones }),
    identity: { type: 'UserAssigned', userAssignedIdentities: { [group.identity]: { principalId: '', clientId: '' } } },
    properties: {
      orchestrationMode: 'Uniform',
      overprovision: false,
      singlePlacementGroup: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        ...(spot && { priority: 'Spot', evictionPolicy: textAt(pool.desired, 'scaleSetEvictionPolicy') || 'Delete' }),
        osProfile: {
          computerNamePrefix: name,
          adminUsername: textAt(objectAt(cluster.desired, 'linuxProfile'), 'adminUsername') || 'azureuser',
        },
        storageProfile: {
          osDisk: {
            createOption: 'FromImage',
            diskSizeGB: Number(pool.desired['osDiskSizeGB']),
            managedDisk: { storageAccountType: 'Premium_LRS' },
            ...(textAt(pool.desired, 'osDiskType') === 'Ephemeral' && { caching: 'ReadOnly', diffDiskSettings: { option: 'Local' } }),
            osType: 'Linux',
          },
          imageReference: { id: imageId(textAt(pool.observed, 'nodeImageVersion')) },
        },
        networkProfile: { networkInterfaceConfigurations: [networkInterface(cluster, name)] },
      },
    },
  };
}

/** "AKSUbuntu-2404gen2containerd-202607.09.0" as the gallery image that it names. */
function imageId(version: string): string {
  const match = /^AKS([A-Za-z]+)-(.+)-(\d{6}\.\d{2}\.\d+)$/.exec(version);
  const [, gallery = '', image = '', release = ''] = match ?? [];
  return `/subscriptions/109a5e88-712a-48ae-9078-9ca8b3c81345/resourceGroups/AKS-${gallery}/providers/Microsoft.Compute/galleries/AKS${gallery}/images/${image}/versions/${release}`;
}

function networkInterface(cluster: Resource, name: string) {
  const group = nodeGroupOf(cluster);
  const pools = ['aksOutboundBackendPool', 'kubernetes'].map((pool) => ({ id: `${group.balancer}/backendAddressPools/${pool}` }));
  const balanced = textAt(objectAt(cluster.desired, 'networkProfile'), 'outboundType') === 'loadBalancer';
  return {
    name,
    properties: {
      primary: true,
      enableIPForwarding: false,
      enableAcceleratedNetworking: true,
      networkSecurityGroup: { id: group.securityGroup },
      ipConfigurations: [
        {
          name: 'ipconfig1',
          properties: { primary: true, subnet: { id: group.subnet }, ...(balanced && { loadBalancerBackendAddressPools: pools }) },
        },
      ],
    },
  };
}

/** Tags of a pool's scale set: its cluster's, its own and those of AKS. */
const tagsOf = (cluster: Resource, pool: Resource): Record<string, string> => ({
  ...cluster.tags,
  ...(objectAt(pool.desired, 'tags') as Record<string, string>), // validated with the pool
  ...managedTags(cluster, pool),
});

/** A scale set takes so many tags that those of cluster, pool and AKS may be too many together. */
export const tagFaults = (cluster: Resource, pool: Resource): FieldError[] => checkTags(tagsOf(cluster, pool));

const managedTags = (cluster: Resource, pool: Resource): Record<string, string> => ({
  'aks-managed-azure-cni-overlay': 'true',
  'aks-managed-creationSource': `vmssclient-${scaleSetName(textAt(cluster.observed, 'resourceUID'), pool.name, false)}`,
  'aks-managed-orchestrator': `Kubernetes:${textAt(pool.observed, 'currentOrchestratorVersion')}`,
  'aks-managed-poolName': pool.name,
  'aks-managed-resourceNameSuffix': clusterSuffix(textAt(cluster.observed, 'resourceUID')),
  'aks-managed-ssh-access': 'LocalUser',
  'compute.aks.billing': 'linux',
  poolName: pool.name,
});
