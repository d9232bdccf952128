import { checkTags } from '../../arm/draft.ts';
import { notImplemented } from '../../arm/errors.ts';
import { getResource, listChildren } from '../../arm/estate.ts';
import { parseId } from '../../arm/ids.ts';
import { currentEtag } from '../../arm/render.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { type Action, type ResourceType, verbOf, type WriteContext } from '../../arm/resource-type.ts';
import { vmSize } from '../../azure/compute/vm-sizes.ts';
import { type FieldError, invalid } from '../../kernel/field-error.ts';
import { equal, type JsonObject } from '../../kernel/json.ts';
import { given, objectAt, textAt } from '../managed-cluster/given.ts';
import { refuseWhenStopped } from '../managed-cluster/power.ts';
import { poolUpgradeProfile } from '../managed-cluster/profiles.ts';
import { AGENT_POOLS } from '../names.ts';
import { MARKS } from '../node/pool-marks.ts';
import { unbuiltFaults } from '../unbuilt.ts';
import { isWithinSkew, minorOf, resolveVersion } from '../versions.ts';
import { systemOf } from './image.ts';
import { validateLimits, zoneFaults } from './limits.ts';
import { machineActions } from './machines.ts';
import { spotDefaults, validateLabels, validateTaints } from './marks.ts';
import { diskDefaults, diskFaults } from './os-disk.ts';
import { plannedNodesFaults } from './planned-nodes.ts';
import { quotaFaults } from './quota.ts';
import { tagFaults } from './scale-set.ts';
import { UNBUILT } from './unbuilt.ts';

/** Operations of the service that are not built yet: refused by name (DESIGN §8). */
const NOT_BUILT = ['upgradeNodeImageVersion', 'abort', 'deleteMachines'];

/** The declaration of managedClusters/agentPools. Facts: aks-facts §1.3, §1.7, aks-facts-nodes §3.3. */
export const agentPool: ResourceType = {
  name: AGENT_POOLS,
  put: 'preserve',
  completion: 'controller',
  durations: { createMs: 150_000, updateMs: 60_000, deleteMs: 120_000 },
  readOnly: ['currentOrchestratorVersion', 'nodeImageVersion', 'eTag', 'virtualMachineNodesStatus', 'status'],
  immutable: [
    'osType',
    'vmSize',
    'type',
    'osDiskType',
    'osDiskSizeGB',
    'maxPods',
    'vnetSubnetID',
    'podSubnetID',
    'availabilityZones',
    'scaleSetPriority',
    'scaleSetEvictionPolicy',
    'spotMaxPrice',
    'proximityPlacementGroupID',
    'enableEncryptionAtHost',
    'enableUltraSSD',
    'kubeletConfig',
    'linuxOSConfig',
    'workloadRuntime',
    'gpuInstanceProfile',
    'enableNodePublicIP',
  ].map((name) => `properties.${name}`),
  defaults: withDefaults,
  validate,
  admit,
  computed,
  preconditionCode: 'PreConditionFailed',
  // Flattened into its cluster a pool has no envelope: its etag stands among the properties.
  render: ({ [MARKS]: _marks, ...properties }, pool, reader) => ({ ...properties, eTag: currentEtag(reader, pool, 'eTag') }),
  refuseDelete,
  actions: [poolUpgradeProfile, ...machineActions, ...NOT_BUILT.map(refused)],
};

function refused(path: string): Action {
  return {
    method: 'POST',
    path,
    unbuilt: true,
    permission: `${AGENT_POOLS}/${path}/action`,
    run: () => {
      throw notImplemented(`operation ${path} of ${AGENT_POOLS}`);
    },
  };
}

const clusterOf = (draft: { readonly id: string }, { reader }: Pick<WriteContext, 'reader'>): Resource | undefined =>
  getResource(reader, parseId(draft.id)?.parent ?? '');

/** Size that the service picks where the client names none. */
const DEFAULT_SIZE = 'Standard_D4s_v5';

/** What is asked for: "" and 0 ask for what is there, or for the service's choice (azure-contract §3.1). */
function askedOf(properties: JsonObject, before: JsonObject): JsonObject {
  const asked = Object.entries(properties).map(([name, value]) => {
    const isOpen = value === '' || (value === 0 && ['osDiskSizeGB', 'maxPods'].includes(name));
    return [name, isOpen ? (before[name] ?? null) : value] as const;
  });
  return Object.fromEntries(asked.filter(([, value]) => given(value)));
}

function withDefaults(draft: Draft, context: WriteContext, previous: Resource | undefined): Draft {
  const sent = askedOf(draft.properties, previous?.desired ?? {});
  const cluster = clusterOf(draft, context);
  const wanted = textAt(sent, 'vmSize') || DEFAULT_SIZE;
  // Sizes are compared without regard to case and shown as they are listed.
  const size = vmSize(wanted);
  const osType = textAt(sent, 'osType') || 'Linux';
  const plugin = objectAt(cluster?.desired ?? {}, 'networkProfile');
  const properties: JsonObject = {
    ...sent,
    count: sent['count'] ?? 1,
    vmSize: size?.name ?? wanted,
    ...diskDefaults(sent, size),
    kubeletDiskType: sent['kubeletDiskType'] ?? 'OS',
    // A pool that is written with its cluster comes before the cluster is there: the default network is an overlay.
    maxPods: sent['maxPods'] || (!cluster || textAt(plugin, 'networkPluginMode') === 'overlay' ? 250 : 30),
    type: sent['type'] ?? 'VirtualMachineScaleSets',
    enableAutoScaling: sent['enableAutoScaling'] ?? false,
    scaleDownMode: sent['scaleDownMode'] ?? 'Delete',
    enableNodePublicIP: sent['enableNodePublicIP'] ?? false,
    mode: sent['mode'] ?? 'User',
    enableEncryptionAtHost: sent['enableEncryptionAtHost'] ?? false,
    enableUltraSSD: sent['enableUltraSSD'] ?? false,
    enableFIPS: sent['enableFIPS'] ?? false,
    osType,
    osSKU: sent['osSKU'] ?? (osType === 'Windows' ? 'Windows2022' : 'Ubuntu'),
    upgradeSettings: { maxSurge: '10%', maxUnavailable: '0', ...objectAt(sent, 'upgradeSettings') },
    securityProfile: { enableVTPM: false, enableSecureBoot: false, sshAccess: 'LocalUser', ...objectAt(sent, 'securityProfile') },
    ...(sent['scaleSetPriority'] === 'Spot' && spotDefaults(sent)),
  };
  return { ...draft, properties };
}

const fault = (path: string, value: unknown, detail: string, code = 'InvalidParameter'): FieldError => ({
  ...invalid(path, value, detail),
  code,
});

function validate(draft: Draft, previous: Resource | undefined): FieldError[] {
  const { properties } = draft;
  const errors: FieldError[] = previous ? [] : validateName(draft.name);
  const mode = textAt(properties, 'mode');
  const size = vmSize(textAt(properties, 'vmSize'));
  if (size && mode === 'System' && (size.vcpus < 2 || size.memoryGb < 4))
    errors.push(
      fault(
        'properties.vmSize',
        size.name,
        `The VM SKU chosen for this cluster ('${size.name}') does not have enough CPU/memory to run as a system node pool. It needs at least 2 vCPUs and 4 GB of memory.`,
        'InvalidParameter',
      ),
    );
  if (mode === 'System' && textAt(properties, 'osType') !== 'Linux')
    errors.push(fault('agentPoolProfile.mode', mode, 'Node pools of mode System have to run Linux.'));
  return [
    ...errors,
    ...validateLimits(properties),
    ...diskFaults(properties, size),
    ...(previous ? validateFixed(properties, previous.desired) : []),
    ...checkTags(properties['tags']),
    ...unsupported(properties, previous),
    ...validateLabels(properties),
    ...validateTaints(properties),
  ];
}

/** What a pool has by not naming it, and keeps as it keeps what it names. */
const FIXED: JsonObject = { availabilityZones: [], scaleSetPriority: 'Regular' };

const validateFixed = (properties: JsonObject, before: JsonObject): FieldError[] =>
  Object.entries(FIXED)
    .filter(([name, value]) => before[name] === undefined && given(properties[name]) && !equal(properties[name], value))
    .map(([name]) => {
      const path = `properties.${name}`;
      return fault(path, properties[name], `Changing property '${path}' is not allowed.`, 'PropertyChangeNotAllowed');
    });

const validateName = (name: string): FieldError[] =>
  /^[a-z][a-z0-9]{0,11}$/.test(name)
    ? []
    : [
        fault(
          'agentPoolProfile.name',
          name,
          'The value of parameter agentPoolProfile.name is invalid. Please see https://aka.ms/aks-naming-rules for more details.',
        ),
      ];

/** Shapes that are accepted by Azure and not simulated yet: refused by name, never half-built. */
function unsupported(properties: JsonObject, previous: Resource | undefined): FieldError[] {
  const errors = unbuiltFaults(properties, UNBUILT, 'properties.');
  const before = textAt(previous?.observed ?? {}, 'currentOrchestratorVersion');
  const wanted = resolveVersion(textAt(properties, 'orchestratorVersion'));
  if (before && wanted && wanted !== before && !before.startsWith(`${textAt(properties, 'orchestratorVersion')}.`))
    errors.push(fault('properties.orchestratorVersion', wanted, 'Upgrading a node pool is not implemented yet.', 'NotImplemented'));
  for (const name of ['osSKU', 'enableFIPS'])
    if (previous && properties[name] !== previous.desired[name])
      errors.push(
        fault(`properties.${name}`, properties[name], 'Changing the operating system of nodes is not implemented yet.', 'NotImplemented'),
      );
  return errors;
}

function admit(draft: Draft, context: WriteContext, previous: Resource | undefined): FieldError[] {
  const cluster = clusterOf(draft, context);
  if (!cluster) return [];
  const stopped = context.caller ? refuseWhenStopped(cluster) : [];
  if (stopped.length > 0) return stopped;
  const errors: FieldError[] = [
    ...plannedNodesFaults(cluster, context.reader),
    ...tagsTooMany(draft, cluster, context.reader),
    ...quotaFaults(draft, cluster, previous, context.reader),
    ...zoneFaults(draft.name, draft.properties, cluster.location ?? ''),
  ];
  const size = textAt(draft.properties, 'vmSize');
  if (!vmSize(size)) {
    const detail = `The VM size of ${size} is not allowed in your subscription in location '${cluster.location}'. For more information on VM sizes, see https://aka.ms/aks/quotas-skus-regions.`;
    errors.push(fault('properties.vmSize', size, detail, 'BadRequest'));
  }
  const version = resolveVersion(wantedVersion(draft, cluster));
  const plane = resolveVersion(textAt(cluster.desired, 'kubernetesVersion'));
  if (!version) {
    const detail = `Version ${wantedVersion(draft, cluster)} is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region.`;
    errors.push(
      fault('properties.orchestratorVersion', draft.properties['orchestratorVersion'], detail, 'AgentPoolK8sVersionNotSupported'),
    );
  } else if (plane && !isWithinSkew(version, plane)) {
    const detail = `Node pool version ${version} and control plane version ${plane} is incompatible. Minor version of node pool cannot be more than 3 versions less than control plane's version. Minor version of node pool is ${minorOf(version)} and control plane is ${minorOf(plane)}. For more information, please check https://aka.ms/aks/UpgradeVersionRules`;
    errors.push(fault('properties.orchestratorVersion', version, detail, 'NodePoolMcVersionIncompatible'));
  }
  if (
    previous &&
    textAt(previous.desired, 'mode') === 'System' &&
    textAt(draft.properties, 'mode') !== 'System' &&
    isLastSystem(draft, context)
  )
    errors.push(
      fault('properties.mode', draft.properties['mode'], 'There has to be at least one system agent pool.', 'OperationNotAllowed'),
    );
  return errors;
}

/** The pool is written already when it is admitted. */
function tagsTooMany({ id }: Draft, cluster: Resource, reader: WriteContext['reader']): FieldError[] {
  const pool = getResource(reader, id);
  return pool ? tagFaults(cluster, pool) : [];
}

const isLastSystem = (pool: { readonly id: string; readonly name: string }, { reader }: Pick<WriteContext, 'reader'>): boolean =>
  !listChildren(reader, AGENT_POOLS, parseId(pool.id)?.parent ?? '').some(
    (other) => other.name !== pool.name && textAt(other.desired, 'mode') === 'System' && verbOf(other.provisioningState) !== 'delete',
  );

function refuseDelete(pool: Resource, reader: WriteContext['reader']) {
  const cluster = clusterOf(pool, { reader });
  // A cluster that goes takes its pools along.
  if (!cluster || cluster.provisioningState === 'Deleting') return undefined;
  const [stopped] = refuseWhenStopped(cluster);
  if (stopped) return { status: 400, error: { code: 'OperationNotAllowed', message: stopped.detail } };
  if (textAt(pool.desired, 'mode') !== 'System' || !isLastSystem(pool, { reader })) return undefined;
  return { status: 400, error: { code: 'OperationNotAllowed', message: 'There has to be at least one system agent pool.' } };
}

/** The version that a pool asks for: its own, or its cluster's. */
const wantedVersion = (draft: Draft, cluster: Resource | undefined): string =>
  textAt(draft.properties, 'orchestratorVersion') || textAt(cluster?.desired ?? {}, 'kubernetesVersion');

function computed(draft: Draft, context: WriteContext, previous: Resource | undefined): JsonObject {
  if (previous) return previous.observed;
  const wanted = wantedVersion(draft, clusterOf(draft, context));
  const version = resolveVersion(wanted) ?? '';
  return {
    ...(!given(draft.properties['orchestratorVersion']) && { orchestratorVersion: wanted }),
    currentOrchestratorVersion: version,
    nodeImageVersion: systemOf(draft.properties, version).imageVersion,
    powerState: { code: 'Running' },
  };
}

/** The cluster that a pool belongs to. */
export const clusterIdOf = (pool: { readonly id: string }): string => parseId(pool.id)?.parent ?? '';
