import type { NewObject } from '../../kube/cluster.ts';

/** ConfigMaps that AKS keeps in kube-system. `podCidr` is not masqueraded among the nodes. */
export const systemConfigMaps = (podCidr: string): readonly NewObject[] => [
  config('coredns', { Corefile: COREFILE }),
  config('coredns-custom', undefined),
  config('coredns-autoscaler', {
    ladder: '{"coresToReplicas":[[1,2],[512,3],[1024,4],[2048,5]],"nodesToReplicas":[[1,2],[8,3],[16,4],[32,5]]}',
  }),
  config('azure-ip-masq-agent-config-reconciled', {
    'ip-masq-agent-reconciled': `nonMasqueradeCIDRs:\n  - ${podCidr}\nmasqLinkLocal: true\n`,
  }),
];

const config = (name: string, data: { readonly [key: string]: string } | undefined): NewObject => ({
  metadata: {
    name,
    namespace: 'kube-system',
    labels: { 'addonmanager.kubernetes.io/mode': data ? 'Reconcile' : 'EnsureExists', 'kubernetes.io/cluster-service': 'true' },
  },
  ...(data && { data }),
});

const COREFILE = `.:53 {
    errors
    ready
    health {
      lameduck 5s
    }
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
      ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
    import custom/*.override
    template ANY ANY internal.cloudapp.net {
      match "^(?:[^.]+\\.){4,}internal\\.cloudapp\\.net\\.$"
      rcode NXDOMAIN
      fallthrough
    }
    template ANY ANY reddog.microsoft.com {
      rcode NXDOMAIN
    }
}
import custom/*.server
`;

const LABELS = { 'addonmanager.kubernetes.io/mode': 'EnsureExists', 'kubernetes.io/cluster-service': 'true' };

/** Storage classes of every cluster with the disk and file drivers. Source: docs concepts-storage. */
export const storageClasses: readonly NewObject[] = [
  disk('default', { skuname: 'StandardSSD_LRS' }, true),
  disk('managed', { skuname: 'StandardSSD_LRS' }),
  disk('managed-csi', { skuname: 'StandardSSD_LRS' }),
  disk('managed-csi-premium', { skuname: 'Premium_LRS' }),
  disk('managed-premium', { cachingmode: 'ReadOnly', kind: 'Managed', storageaccounttype: 'Premium_LRS' }),
  file('azurefile', { skuName: 'Standard_LRS' }),
  file('azurefile-csi', { skuName: 'Standard_LRS' }),
  file('azurefile-csi-premium', { skuName: 'Premium_LRS' }),
  file('azurefile-premium', { skuName: 'Premium_LRS' }),
];

function disk(name: string, parameters: { readonly [key: string]: string }, isDefault = false): NewObject {
  return {
    metadata: {
      name,
      labels: LABELS,
      ...(isDefault && { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }),
    },
    provisioner: 'disk.csi.azure.com',
    parameters,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
  };
}

function file(name: string, parameters: { readonly [key: string]: string }): NewObject {
  return {
    metadata: { name, labels: LABELS },
    provisioner: 'file.csi.azure.com',
    parameters,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: true,
    mountOptions: ['mfsymlinks', 'actimeo=30', 'nosharesock'],
  };
}

/** The drivers behind the storage classes. Source: the CSIDriver manifests of azuredisk-csi-driver and azurefile-csi-driver. */
export const csiDrivers: readonly NewObject[] = [
  { metadata: { name: 'disk.csi.azure.com' }, spec: { attachRequired: true, podInfoOnMount: false, fsGroupPolicy: 'File' } },
  {
    metadata: { name: 'file.csi.azure.com' },
    spec: {
      attachRequired: false,
      podInfoOnMount: true,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: ['Persistent', 'Ephemeral'],
      tokenRequests: [{ audience: 'api://AzureADTokenExchange' }],
    },
  },
];
