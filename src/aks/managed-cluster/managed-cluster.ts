import { notImplemented } from '../../arm/errors.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Action, ResourceType, WriteContext } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { AGENT_POOLS, MANAGED_CLUSTERS } from '../names.ts';
import type { AksPorts } from '../ports.ts';
import { resolveVersion } from '../versions.ts';
import { admitCluster } from './admit.ts';
import { busy } from './busy.ts';
import { credentialActions } from './credentials.ts';
import { withDefaults } from './defaults.ts';
import { objectAt, textAt } from './given.ts';
import { kubeletIdentityAt, kubeletIdentityFaults, kubeletReferences } from './kubelet-identity.ts';
import { ensureNodeGroup, followTags, kubeletIdentityId } from './node-group.ts';
import { powerActions } from './power.ts';
import { profileActions } from './profiles.ts';
import { validateCluster } from './validate.ts';

/** Operations of the service that are not built yet: refused by name (DESIGN §8). */
const NOT_BUILT = [
  'abort',
  'rotateClusterCertificates',
  'rotateServiceAccountSigningKeys',
  'resetAADProfile',
  'runCommand',
  'resetServicePrincipalProfile',
];

/** The declaration of Microsoft.ContainerService/managedClusters. Facts: aks-facts §1.2, §1.7. */
export const managedCluster = (ports: AksPorts): ResourceType => ({
  name: MANAGED_CLUSTERS,
  nameRule: {
    pattern: /^[a-zA-Z0-9]([-_a-zA-Z0-9]{0,61}[a-zA-Z0-9])?$/,
    detail:
      'The name must contain between 1 and 63 letters, numbers, underscores and hyphens, and start and end with a letter or number. See https://aka.ms/aks-naming-rules.',
  },
  identity: true,
  put: 'preserve',
  completion: 'controller',
  durations: { createMs: 240_000, updateMs: 60_000, deleteMs: 180_000 },
  children: [{ property: 'agentPoolProfiles', type: AGENT_POOLS, shape: 'flattened' }],
  readOnly: [
    'fqdn',
    'privateFQDN',
    'azurePortalFQDN',
    'currentKubernetesVersion',
    'maxAgentPools',
    'powerState',
    'resourceUID',
    'identityProfile.kubeletidentity.clientId',
    'identityProfile.kubeletidentity.objectId',
    'networkProfile.loadBalancerProfile.effectiveOutboundIPs',
    'oidcIssuerProfile.issuerURL',
  ],
  writeOnly: ['servicePrincipalProfile.secret', 'windowsProfile.adminPassword', 'aadProfile.serverAppSecret'],
  immutable: [
    'location',
    'properties.dnsPrefix',
    'properties.fqdnSubdomain',
    'properties.nodeResourceGroup',
    'properties.enableRBAC',
    'properties.diskEncryptionSetID',
    'properties.linuxProfile.adminUsername',
    'properties.windowsProfile.adminUsername',
  ],
  defaults: (draft, { tenantId }, previous) => withDefaults(draft, previous, tenantId),
  validate: validateCluster,
  references: kubeletReferences,
  admit: (draft, context, previous) => [
    ...admitCluster(draft, context, previous),
    ...kubeletIdentityFaults(draft, context.reader, previous, ports.may),
  ],
  computed,
  // In the write itself, so that the 201 already names the identity and the addresses that the service made.
  written(tx, cluster, previous) {
    ensureNodeGroup(tx, ports.arm(), cluster);
    if (previous) followTags(tx, cluster, previous.tags);
  },
  etag: 'eTag',
  preconditionCode: 'PreConditionFailed',
  // As the provider writes its own name; ARM's list of all resources and ids have it as `managedClusters`.
  topLevel: () => ({ type: 'Microsoft.ContainerService/ManagedClusters' }),
  busy,
  preempted: { code: 'AKSOperationPreemptedByDelete', message: 'This operation has been preempted by a delete operation.' },
  actions: [...credentialActions(ports), ...profileActions, ...powerActions, ...NOT_BUILT.map(refused)],
});

const refused = (path: string): Action => ({
  method: 'POST',
  path,
  unbuilt: true,
  permission: `${MANAGED_CLUSTERS}/${path}/action`,
  run: () => {
    throw notImplemented(`operation ${path} of ${MANAGED_CLUSTERS}`);
  },
});

/** What the service decides, already shown in the 201: names, hosts, version. Decided once; an issuer when it is first asked for. */
function computed(draft: Draft, context: WriteContext, previous: Resource | undefined): JsonObject {
  const { random } = context;
  const version = resolveVersion(textAt(draft.properties, 'kubernetesVersion')) ?? '';
  if (previous) return { ...previous.observed, ...issuerOf(draft, context, previous.observed) };
  const uid = random.text(24, '0123456789abcdef');
  const label =
    `${textAt(draft.properties, 'dnsPrefix') || textAt(draft.properties, 'fqdnSubdomain')}-${random.text(8, ALPHANUMERIC)}`.toLowerCase();
  const location = draft.location ?? '';
  return {
    resourceUID: uid,
    currentKubernetesVersion: version,
    powerState: { code: 'Running' },
    maxAgentPools: 100,
    fqdn: `${label}.hcp.${location}.azmk8s.io`,
    azurePortalFQDN: `${label}.portal.hcp.${location}.azmk8s.io`,
    ...issuerOf(draft, context, {}),
    identityProfile: {
      kubeletidentity: { resourceId: kubeletIdentityAt(draft.properties) || kubeletIdentityId(draft) },
    },
  };
}

function issuerOf({ properties, location }: Draft, { random, tenantId }: WriteContext, observed: JsonObject): JsonObject {
  const enabled = objectAt(properties, 'oidcIssuerProfile')['enabled'] === true;
  if (!enabled || textAt(objectAt(observed, 'oidcIssuerProfile'), 'issuerURL')) return {};
  return { oidcIssuerProfile: { issuerURL: `https://${location}.oic.prod-aks.azure.com/${tenantId}/${random.uuid()}/` } };
}

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';
