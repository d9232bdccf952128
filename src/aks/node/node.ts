import { parseId } from '../../arm/ids.ts';
import { stringsAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import { vmSize } from '../../azure/compute/vm-sizes.ts';
import { sha256Hex } from '../../kernel/hash.ts';
import type { NewObject } from '../../kube/cluster.ts';
import { type NodeSystem, systemOf } from '../agent-pool/image.ts';
import { objectAt, textAt } from '../managed-cluster/given.ts';
import { minorOf } from '../versions.ts';
import { nodeResources } from './capacity.ts';

export interface NodeInput {
  readonly cluster: Resource;
  readonly pool: Resource;
  /** Full id of the scale set's instance. */
  readonly instanceId: string;
  readonly name: string;
  readonly zone?: string;
  readonly address: string;
  readonly podCidr: string;
  readonly network: { readonly id: string; readonly subnet: string; readonly guid: string };
  readonly kubeletClientId: string;
  readonly nowIso: string;
}

/** The Node that the kubelet of a scale-set instance registers. Labels, names and conditions: aks-facts-nodes §3.1 to §3.4. */
export function nodeObject(input: NodeInput): NewObject {
  const { pool, name, address, podCidr } = input;
  const version = textAt(pool.observed, 'currentOrchestratorVersion');
  const system = systemOf(pool.desired, version);
  const size = vmSize(textAt(pool.desired, 'vmSize')) ?? { vcpus: 2, memoryGb: 8 };
  const resources = nodeResources(size, Number(pool.desired['maxPods']), Number(pool.desired['osDiskSizeGB']), minorOf(version));
  return {
    metadata: {
      name,
      labels: nodeLabels(input, system),
      annotations: {
        'alpha.kubernetes.io/provided-node-ip': address,
        'csi.volume.kubernetes.io/nodeid': JSON.stringify({ 'disk.csi.azure.com': name, 'file.csi.azure.com': name }),
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
    },
    spec: {
      podCIDR: podCidr,
      podCIDRs: [podCidr],
      providerID: providerId(input.instanceId),
      ...(taintsOf(pool).length && { taints: taintsOf(pool) }),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      ...resources,
      conditions: conditions(input.nowIso),
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      images: [],
      nodeInfo: {
        architecture: system.architecture,
        bootID: machineGuid(input.instanceId, 1),
        containerRuntimeVersion: system.containerRuntimeVersion,
        kernelVersion: system.kernelVersion,
        kubeProxyVersion: '',
        kubeletVersion: `v${version}`,
        machineID: machineGuid(input.instanceId, 2).replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: system.osImage,
        systemUUID: machineGuid(input.instanceId, 3),
      },
      runtimeHandlers: [{ name: 'runc', features: { recursiveReadOnlyMounts: true, userNamespaces: true } }],
    },
  };
}

/** "azure://" and the id with its group in lower case, as the cloud provider writes it. */
export function providerId(instanceId: string): string {
  const group = parseId(instanceId)?.resourceGroup ?? '';
  return `azure://${instanceId.replace(`/resourceGroups/${group}/`, `/resourceGroups/${group.toLowerCase()}/`)}`;
}

function nodeLabels({ cluster, pool, name, zone, network, kubeletClientId }: NodeInput, system: NodeSystem): Record<string, string> {
  const azure = 'kubernetes.azure.com';
  const size = vmSize(textAt(pool.desired, 'vmSize'));
  const region = cluster.location ?? '';
  const zoneLabel = zone ? `${region}-${zone}` : '0';
  const networkId = parseId(network.id);
  return {
    ...(objectAt(pool.desired, 'nodeLabels') as Record<string, string>),
    agentpool: pool.name,
    'beta.kubernetes.io/arch': system.architecture,
    'beta.kubernetes.io/instance-type': textAt(pool.desired, 'vmSize'),
    'beta.kubernetes.io/os': 'linux',
    'failure-domain.beta.kubernetes.io/region': region,
    'failure-domain.beta.kubernetes.io/zone': zoneLabel,
    [`${azure}/agentpool`]: pool.name,
    [`${azure}/azure-cni-overlay`]: 'true',
    [`${azure}/cluster`]: labelValue(textAt(cluster.desired, 'nodeResourceGroup')),
    ...(pool.desired['enableFIPS'] === true && { [`${azure}/fips_enabled`]: 'true' }),
    [`${azure}/kubelet-identity-client-id`]: kubeletClientId,
    [`${azure}/kubelet-serving-ca`]: 'cluster',
    [`${azure}/localdns-state`]: 'disabled',
    [`${azure}/mode`]: textAt(pool.desired, 'mode').toLowerCase(),
    [`${azure}/network-name`]: labelValue(networkId?.name ?? ''),
    [`${azure}/network-resourcegroup`]: labelValue(networkId?.resourceGroup ?? ''),
    [`${azure}/network-stateless-cni`]: 'false',
    [`${azure}/network-subnet`]: labelValue(network.subnet),
    [`${azure}/network-subscription`]: networkId?.subscription ?? '',
    [`${azure}/node-image-version`]: textAt(pool.observed, 'nodeImageVersion'),
    [`${azure}/nodenetwork-vnetguid`]: network.guid,
    [`${azure}/nodepool-type`]: 'VirtualMachineScaleSets',
    [`${azure}/os-sku`]: textAt(pool.desired, 'osSKU'),
    [`${azure}/os-sku-effective`]: system.osSkuEffective,
    [`${azure}/os-sku-requested`]: textAt(pool.desired, 'osSKU'),
    [`${azure}/podnetwork-type`]: 'overlay',
    [`${azure}/role`]: 'agent',
    [`${azure}/sku-cpu`]: String(size?.vcpus ?? 2),
    [`${azure}/sku-memory`]: String((size?.memoryGb ?? 8) * 1024),
    [`${azure}/storageprofile`]: textAt(pool.desired, 'osDiskType').toLowerCase(),
    [`${azure}/storagetier`]: 'Premium_LRS',
    ...(textAt(pool.desired, 'scaleSetPriority') === 'Spot' && { [`${azure}/priority`]: 'spot' }),
    'kubernetes.io/arch': system.architecture,
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': textAt(pool.desired, 'vmSize'),
    storageprofile: textAt(pool.desired, 'osDiskType').toLowerCase(),
    storagetier: 'Premium_LRS',
    'topology.disk.csi.azure.com/zone': zone ? zoneLabel : '',
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zoneLabel,
  };
}

const LABEL_MAX = 63;

/**
 * An Azure name as the value of a label: without what labels cannot hold, 63 characters at most, with a "z" where it would end
 * otherwise than in a letter or digit. Source of the rule: AgentBaker, normalization of resource group names.
 */
export function labelValue(name: string): string {
  const cut = name.replaceAll(/[^-_.A-Za-z0-9]/g, '-').slice(0, LABEL_MAX);
  const begun = cut.replace(/^[-_.]/, 'z');
  return /[-_.]$/.test(begun) ? `${begun.slice(0, LABEL_MAX - 1)}z` : begun;
}

/** "key=value:Effect" and "key:Effect", as node pools write taints. */
export const taintsOf = (pool: Resource): Taint[] => parseTaints(stringsAt(pool.desired, 'nodeTaints'));

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Taints of the texts that are some. */
export const parseTaints = (texts: readonly unknown[]): Taint[] =>
  texts.flatMap((text) => {
    const match = /^([^=:]+)(?:=([^:]*))?:(\w+)$/.exec(String(text));
    return match ? [{ key: match[1] ?? '', ...(match[2] && { value: match[2] }), effect: match[3] ?? '' }] : [];
  });

const PROBLEM_DETECTOR: readonly [type: string, reason: string, message: string][] = [
  ['VMEventScheduled', 'NoVMEventScheduled', 'VM has no scheduled event'],
  ['FrequentKubeletRestart', 'NoFrequentKubeletRestart', 'kubelet is functioning properly'],
  ['KubeletProblem', 'KubeletIsUp', 'kubelet service is up'],
  ['FrequentContainerdRestart', 'NoFrequentContainerdRestart', 'containerd is functioning properly'],
  ['ReadonlyFilesystem', 'FilesystemIsNotReadOnly', 'Filesystem is not read-only'],
  ['FilesystemCorruptionProblem', 'FilesystemIsOK', 'Filesystem is healthy'],
  ['FrequentUnregisterNetDevice', 'NoFrequentUnregisterNetDevice', 'node is functioning properly'],
  ['FrequentDockerRestart', 'NoFrequentDockerRestart', 'docker is functioning properly'],
  ['KernelDeadlock', 'KernelHasNoDeadlock', 'kernel has no deadlock'],
  ['ContainerRuntimeProblem', 'ContainerRuntimeIsUp', 'container runtime service is up'],
];
const KUBELET: readonly [type: string, status: string, reason: string, message: string][] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
];

const conditions = (nowIso: string) =>
  [...PROBLEM_DETECTOR.map(([type, reason, message]) => [type, 'False', reason, message] as const), ...KUBELET].map(
    ([type, status, reason, message]) => ({ type, status, lastHeartbeatTime: nowIso, lastTransitionTime: nowIso, reason, message }),
  );

/** A GUID of the machine that stays the same for as long as the instance exists. */
function machineGuid(instanceId: string, salt: number): string {
  const hex = sha256Hex(`${salt}/${instanceId}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
