import { fnv1a32 } from '../kernel/hash.ts';

export const MANAGED_CLUSTERS = 'Microsoft.ContainerService/managedClusters';
export const AGENT_POOLS = 'Microsoft.ContainerService/managedClusters/agentPools';

/** Eight digits that AKS hangs on the names of a cluster's resources, one number per cluster. */
export const clusterSuffix = (resourceUid: string): string => eightDigits(resourceUid);
/** Eight digits in the name of a pool's scale set: its own, not the cluster's. */
export const poolSuffix = (resourceUid: string, pool: string): string => eightDigits(`${resourceUid}/${pool}`);

const eightDigits = (text: string): string => String(fnv1a32(text) % 100_000_000).padStart(8, '0');

/** Name of a Linux pool's scale set, and the prefix of its nodes' names. Windows names are shorter, for NetBIOS. */
export const scaleSetName = (resourceUid: string, pool: string, isWindows: boolean): string =>
  isWindows ? `aks${pool}` : `aks-${pool}-${poolSuffix(resourceUid, pool)}-vmss`;

/** A node's name: the scale set's and the instance number in six base-36 digits. */
export const nodeName = (scaleSet: string, instance: number): string => `${scaleSet}${instance.toString(36).padStart(6, '0')}`;

/** MC_<group>_<cluster>_<location>, cut to 80 characters. */
export const defaultNodeGroup = (group: string, cluster: string, location: string): string =>
  `MC_${group}_${cluster}_${location}`.slice(0, 80);

/** The frontend of a Service on its load balancer: "a" and the uid without dashes, 32 characters in all. */
export const frontendName = (serviceUid: string): string => `a${serviceUid.replaceAll('-', '')}`.slice(0, 32);
