import type { Unbuilt } from '../unbuilt.ts';

/** Features of node pools that are other parts of AKS. */
export const UNBUILT: readonly Unbuilt[] = [
  { path: 'osType', what: 'A Windows node pool', built: ['linux'] },
  {
    path: 'osSKU',
    what: 'This operating system of nodes',
    // Those of Windows are refused with the pool's osType.
    built: [
      'ubuntu',
      'ubuntu2204',
      'ubuntu2404',
      'azurelinux',
      'azurelinux3',
      'cblmariner',
      'mariner',
      'windows2019',
      'windows2022',
      'windows2025',
    ],
  },
  { path: 'type', what: 'A pool that is no scale set', built: ['virtualmachinescalesets'] },
  { path: 'mode', what: 'A gateway pool', built: ['system', 'user'] },
  { path: 'enableAutoScaling', what: 'The cluster autoscaler' },
  { path: 'scaleDownMode', what: 'Keeping deallocated nodes', built: ['delete'] },
  { path: 'vnetSubnetID', what: 'A pool in a subnet of your own' },
  { path: 'podSubnetID', what: 'A subnet of its own for pods' },
  { path: 'enableNodePublicIP', what: 'A public address per node' },
  { path: 'nodePublicIPPrefixID', what: 'A prefix of public addresses for nodes' },
  { path: 'proximityPlacementGroupID', what: 'A proximity placement group' },
  { path: 'hostGroupID', what: 'A group of dedicated hosts' },
  { path: 'capacityReservationGroupID', what: 'A capacity reservation' },
  { path: 'networkProfile', what: 'A network profile of a pool' },
  { path: 'kubeletConfig', what: 'Configuring the kubelet' },
  { path: 'linuxOSConfig', what: 'Configuring the nodes’ system' },
  { path: 'workloadRuntime', what: 'Another workload runtime', built: ['ocicontainer'] },
  { path: 'gpuInstanceProfile', what: 'Dividing GPUs' },
  { path: 'creationData.sourceResourceId', what: 'A pool from a snapshot' },
  { path: 'artifactStreamingProfile.enabled', what: 'Artifact streaming' },
  { path: 'localDNSProfile.mode', what: 'A DNS proxy on nodes', built: ['preferred'] },
  { path: 'kubeletDiskType', what: 'The kubelet on a temporary disk', built: ['os'] },
];
