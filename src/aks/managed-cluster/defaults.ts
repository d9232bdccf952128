import { parseId } from '../../arm/ids.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { isObject, type Json, type JsonObject } from '../../kernel/json.ts';
import { formatAddress, parsePrefix } from '../../net/prefix.ts';
import { defaultNodeGroup } from '../names.ts';
import { defaultVersion, resolveVersion } from '../versions.ts';
import { chosen, given, objectAt, textAt } from './given.ts';
import { outboundDefaults } from './outbound.ts';

/** An empty list asks for nothing either (azurerm sends them). */
const listed = (value: Json | undefined): Json | undefined => (Array.isArray(value) && value.length > 0 ? value : undefined);

/** What the service fills in on a cluster, by aks-facts §1.2 and §1.4. Nested objects are completed, never replaced. */
export function withDefaults(draft: Draft, previous: Resource | undefined, tenantId: string): Draft {
  const sent = chosen(draft.properties);
  const group = parseId(draft.id)?.resourceGroup ?? '';
  const version = textAt(sent, 'kubernetesVersion') || textAt(previous?.desired ?? {}, 'kubernetesVersion') || minor(defaultVersion);
  const properties: JsonObject = {
    ...sent,
    kubernetesVersion: version,
    nodeResourceGroup:
      textAt(sent, 'nodeResourceGroup') ||
      textAt(previous?.desired ?? {}, 'nodeResourceGroup') ||
      defaultNodeGroup(group, draft.name, draft.location ?? ''),
    enableRBAC: sent['enableRBAC'] ?? true,
    supportPlan: sent['supportPlan'] ?? (draft.sku?.tier === 'Premium' ? 'AKSLongTermSupport' : 'KubernetesOfficial'),
    disableLocalAccounts: sent['disableLocalAccounts'] ?? false,
    servicePrincipalProfile: sent['servicePrincipalProfile'] ?? { clientId: 'msi' },
    windowsProfile: { adminUsername: 'azureuser', enableCSIProxy: true, ...chosen(objectAt(sent, 'windowsProfile')) },
    networkProfile: networkDefaults(objectAt(sent, 'networkProfile'), previous && objectAt(previous.desired, 'networkProfile')),
    autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage', ...objectAt(sent, 'autoUpgradeProfile') },
    securityProfile: objectAt(sent, 'securityProfile'),
    ...(isObject(sent['aadProfile']) && { aadProfile: { enableAzureRBAC: false, tenantID: tenantId, ...chosen(sent['aadProfile']) } }),
    storageProfile: {
      diskCSIDriver: { enabled: true },
      fileCSIDriver: { enabled: true },
      snapshotController: { enabled: true },
      ...objectAt(sent, 'storageProfile'),
    },
    oidcIssuerProfile: { enabled: oidcByDefault(version), ...objectAt(sent, 'oidcIssuerProfile') },
    workloadAutoScalerProfile: objectAt(sent, 'workloadAutoScalerProfile'),
    metricsProfile: { costAnalysis: { enabled: false }, ...objectAt(sent, 'metricsProfile') },
    nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto', ...objectAt(sent, 'nodeProvisioningProfile') },
    bootstrapProfile: { artifactSource: 'Direct', ...objectAt(sent, 'bootstrapProfile') },
  };
  // Null asks for nothing either: whom a cluster acts as, it goes on acting as.
  const identity = draft.identity ?? previous?.identity;
  return {
    ...draft,
    ...(identity && { identity }),
    kind: draft.kind ?? 'Base',
    sku: { name: 'Base', tier: 'Free', ...draft.sku },
    properties,
  };
}

const minor = (version: string): string => version.split('.', 2).join('.');

/** OIDC issuers are on for new clusters from 1.34 on. */
const oidcByDefault = (version: string): boolean => Number((resolveVersion(version) ?? version).split('.')[1]) >= 34;

/** Azure CNI Overlay behind a standard load balancer, unless the client asks for something else. */
function networkDefaults(sent: JsonObject, before: JsonObject | undefined): JsonObject {
  const asked = chosen(sent);
  const networkPlugin = textAt(asked, 'networkPlugin').toLowerCase() || 'azure';
  const overlay = !given(asked['networkPlugin']) || textAt(asked, 'networkPluginMode').toLowerCase() === 'overlay';
  const podCidr = overlay || networkPlugin === 'kubenet' ? rangeAt(asked, 'podCidr') || '10.244.0.0/16' : undefined;
  const serviceCidr = rangeAt(asked, 'serviceCidr') || '10.0.0.0/16';
  const outboundType = textAt(asked, 'outboundType') || 'loadBalancer';
  const balancer = chosen(objectAt(asked, 'loadBalancerProfile'));
  return {
    ...asked,
    networkPlugin,
    ...(overlay && networkPlugin === 'azure' && { networkPluginMode: 'overlay' }),
    networkPolicy: asked['networkPolicy'] ?? 'none',
    networkDataplane: asked['networkDataplane'] ?? 'azure',
    loadBalancerSku: (textAt(asked, 'loadBalancerSku') || 'standard').toLowerCase(),
    outboundType,
    ...(outboundType === 'loadBalancer' && {
      loadBalancerProfile: outboundDefaults(balancer, before && chosen(objectAt(before, 'loadBalancerProfile'))),
    }),
    ...(podCidr && { podCidr, podCidrs: rangesOf(asked, 'podCidrs', podCidr) }),
    serviceCidr,
    serviceCidrs: rangesOf(asked, 'serviceCidrs', serviceCidr),
    dnsServiceIP: textAt(asked, 'dnsServiceIP') || tenthAddress(serviceCidr),
    ipFamilies: listed(asked['ipFamilies']) ?? ['IPv4'],
  };
}

/** Ranges come alone ("podCidr") or one per family ("podCidrs"), of which the first is the one that comes alone. */
function rangeAt(network: JsonObject, name: string): string {
  const [first] = Array.isArray(network[`${name}s`]) ? (network[`${name}s`] as readonly Json[]) : [];
  return textAt(network, name) || (typeof first === 'string' ? first : '');
}
const rangesOf = (network: JsonObject, name: string, first: string): Json[] => [
  first,
  ...(Array.isArray(network[name]) ? (network[name] as readonly Json[]).slice(1) : []),
];

/** Where a cluster's DNS is unless somebody says otherwise: 10.0.0.10 in 10.0.0.0/16. */
function tenthAddress(range: string): string {
  const parsed = parsePrefix(range);
  return parsed ? formatAddress({ version: parsed.version, value: parsed.base + 10n }) : '';
}
