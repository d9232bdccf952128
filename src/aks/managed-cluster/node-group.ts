import { getResource, saveResource, setObserved } from '../../arm/estate.ts';
import { keyOf, nameOf, parseId } from '../../arm/ids.ts';
import { zonesOf } from '../../arm/locations.ts';
import { objectsAt } from '../../arm/merge.ts';
import { assignmentsOf, ROLE_ASSIGNMENT_TYPE, ROLE_DEFINITION_TYPE, scopeOfAssignment } from '../../arm/rbac.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import type { Arm, Body } from '../../arm/resource-type.ts';
import { equal, type JsonObject } from '../../kernel/json.ts';
import type { Reader } from '../../kernel/store.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { clusterSuffix } from '../names.ts';
import { objectAt, textAt } from './given.ts';
import { addressCount, ownAddresses } from './outbound.ts';

/** Id of the resource group that AKS makes for the nodes. */
const nodeGroupId = (cluster: { readonly id: string }, properties: JsonObject): string =>
  `/subscriptions/${parseId(cluster.id)?.subscription}/resourceGroups/${textAt(properties, 'nodeResourceGroup')}`;

/** Id of the identity that AKS makes for the kubelets of a cluster that is given none. */
export const kubeletIdentityId = (draft: Draft): string =>
  `${nodeGroupId(draft, draft.properties)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${draft.name}-agentpool`;

/** Ids of what AKS keeps in the node resource group of a cluster with a managed network. Names: aks-facts §2.1. */
export interface NodeGroup {
  readonly id: string;
  /** The kubelets', which may be the caller's own, in another group. */
  readonly identity: string;
  readonly securityGroup: string;
  readonly network: string;
  readonly subnet: string;
  readonly balancer: string;
}

export function nodeGroupOf(cluster: Resource): NodeGroup {
  const id = nodeGroupId(cluster, cluster.desired);
  const suffix = clusterSuffix(textAt(cluster.observed, 'resourceUID'));
  const network = `${id}/providers/Microsoft.Network/virtualNetworks/aks-vnet-${suffix}`;
  return {
    id,
    identity: textAt(objectAt(objectAt(cluster.observed, 'identityProfile'), 'kubeletidentity'), 'resourceId'),
    securityGroup: `${id}/providers/Microsoft.Network/networkSecurityGroups/aks-agentpool-${suffix}-nsg`,
    network,
    subnet: `${network}/subnets/aks-subnet`,
    balancer: `${id}/providers/Microsoft.Network/loadBalancers/kubernetes`,
  };
}

const isMade = (group: NodeGroup, id: string): boolean => keyOf(id).startsWith(`${keyOf(group.id)}/`);

/** Address ranges of the managed network. */
const NETWORK_RANGE = '10.224.0.0/12';
export const SUBNET_RANGE = '10.224.0.0/16';

/** Makes what is missing in the node resource group, in the order of dependence. Safe to call at any time. */
export function ensureNodeGroup(tx: Transaction, arm: Arm, cluster: Resource): void {
  const group = nodeGroupOf(cluster);
  const location = cluster.location ?? '';
  const ensure = (id: string, body: Body): Resource => getResource(tx, id) ?? arm.createByProvider(tx, id, body);
  ensure(group.id, { location, managedBy: cluster.id, tags: { ...cluster.tags, ...managedTags(cluster) } });
  ensureAccess(tx, arm, cluster, group);
  const tags = cluster.tags ? { tags: cluster.tags } : {};
  const identity = isMade(group, group.identity) ? ensure(group.identity, { location, ...tags }) : getResource(tx, group.identity);
  if (identity) showIdentity(tx, cluster, identity);
  ensure(group.securityGroup, { location, ...tags, properties: { securityRules: [] } });
  ensure(group.network, {
    location,
    ...tags,
    properties: {
      addressSpace: { addressPrefixes: [NETWORK_RANGE] },
      subnets: [
        {
          name: 'aks-subnet',
          properties: {
            addressPrefix: SUBNET_RANGE,
            networkSecurityGroup: { id: group.securityGroup },
            defaultOutboundAccess: false,
            privateEndpointNetworkPolicies: 'Disabled',
            privateLinkServiceNetworkPolicies: 'Enabled',
          },
        },
      ],
    },
  });
  if (textAt(objectAt(cluster.desired, 'networkProfile'), 'outboundType') === 'loadBalancer') ensureOutbound(tx, arm, cluster, group);
}

/** The control plane's identity is Contributor on the node resource group. */
function ensureAccess(tx: Transaction, arm: Arm, { identity }: Resource, group: NodeGroup): void {
  const principalId = identity?.principalId ?? Object.values(identity?.userAssignedIdentities ?? {})[0]?.principalId;
  if (!principalId || assignmentsOf(tx, principalId).some((assignment) => scopeOfAssignment(assignment) === keyOf(group.id))) return;
  arm.createByProvider(tx, `${group.id}/providers/${ROLE_ASSIGNMENT_TYPE}/${tx.random.uuid()}`, {
    properties: { roleDefinitionId: contributorIn(group.id), principalId, principalType: 'ServicePrincipal' },
  });
}

const contributorIn = (id: string): string =>
  `/subscriptions/${parseId(id)?.subscription}/providers/${ROLE_DEFINITION_TYPE}/b24988ac-6180-42a0-ab88-20f7382dd24c`;

const managedTags = (cluster: Resource): Record<string, string> => ({
  'aks-managed-cluster-name': cluster.name,
  'aks-managed-cluster-rg': parseId(cluster.id)?.resourceGroup ?? '',
});

function showIdentity(tx: Transaction, cluster: Resource, identity: Resource): void {
  const { clientId, principalId } = identity.observed;
  setObserved(tx, cluster.id, {
    identityProfile: { kubeletidentity: { resourceId: identity.id, clientId: clientId ?? '', objectId: principalId ?? '' } },
  });
}

/** The outbound load balancer with as many managed addresses as the profile asks for, or with the caller's own. */
function ensureOutbound(tx: Transaction, arm: Arm, cluster: Resource, group: NodeGroup): void {
  const profile = objectAt(objectAt(cluster.desired, 'networkProfile'), 'loadBalancerProfile');
  const own = ownAddresses(profile);
  const wanted = own.length > 0 ? 0 : addressCount(profile);
  // The caller's own stay when the cluster no longer uses them.
  const managed = managedAddresses(tx, cluster);
  const kept = managed.slice(0, wanted);
  while (kept.length < wanted) kept.push(makeAddress(tx, arm, cluster, group));
  const addresses = own.length > 0 ? own : kept;
  writeBalancer(tx, arm, cluster, group, addresses);
  setObserved(tx, cluster.id, { networkProfile: { loadBalancerProfile: { effectiveOutboundIPs: addresses.map((id) => ({ id })) } } });
  for (const surplus of managed.slice(wanted)) arm.finishDelete(tx, surplus);
}

const OUTBOUND_TAG = 'aks-managed-type';
const OUTBOUND_ADDRESS = 'aks-slb-managed-outbound-ip';

/** Ids of the addresses that the cluster's egress leaves from. */
export const effectiveOutbound = (cluster: Resource): string[] => {
  const profile = objectAt(objectAt(cluster.observed, 'networkProfile'), 'loadBalancerProfile');
  return ((profile['effectiveOutboundIPs'] ?? []) as readonly { readonly id: string }[]).map(({ id }) => id);
};

const managedAddresses = (reader: Reader, cluster: Resource): string[] =>
  effectiveOutbound(cluster).filter((id) => getResource(reader, id)?.tags?.[OUTBOUND_TAG] === OUTBOUND_ADDRESS);

/** Carries a change of the cluster's tags to all that was made for it. Machines follow with their pools; what else is on a resource stays. */
export function followTags(tx: Transaction, cluster: Resource, before: Resource['tags'] = {}): void {
  const { tags = {} } = cluster;
  if (equal(tags, before)) return;
  const group = nodeGroupOf(cluster);
  const { id, identity, securityGroup, network, balancer } = group;
  const identities = isMade(group, identity) ? [identity] : [];
  for (const made of [id, ...identities, securityGroup, network, balancer, ...managedAddresses(tx, cluster)]) {
    const resource = getResource(tx, made);
    if (!resource) continue;
    const others = Object.entries(resource.tags ?? {}).filter(([name]) => before[name] === undefined);
    const own = others.filter(([name]) => name.startsWith('aks-managed-'));
    saveResource(tx, { ...resource, tags: { ...Object.fromEntries(others), ...tags, ...Object.fromEntries(own) } });
  }
}

function makeAddress(tx: Transaction, arm: Arm, cluster: Resource, group: NodeGroup): string {
  const id = `${group.id}/providers/Microsoft.Network/publicIPAddresses/${tx.random.uuid()}`;
  arm.createByProvider(tx, id, {
    location: cluster.location ?? '',
    sku: { name: 'Standard', tier: 'Regional' },
    ...allZones(cluster),
    tags: { ...cluster.tags, ...managedTags(cluster), [OUTBOUND_TAG]: OUTBOUND_ADDRESS },
    properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4', idleTimeoutInMinutes: 30 },
  });
  return id;
}

/** Addresses that AKS makes are zone-redundant where the region has zones. */
export const allZones = ({ location = '' }: Resource): { readonly zones?: readonly string[] } => {
  const zones = zonesOf(location);
  return zones.length > 0 ? { zones } : {};
};

const OUTBOUND_POOL = 'aksOutboundBackendPool';
const OUTBOUND_RULE = 'aksOutboundRule';

/** Frontends that Services own stay as they are; those of the outbound rule are the given addresses. No write when all is so already. */
function writeBalancer(tx: Transaction, arm: Arm, cluster: Resource, group: NodeGroup, addresses: readonly string[]): void {
  const stored = getResource(tx, group.balancer);
  const existing = stored?.desired ?? {};
  const outbound = addresses.map((id) => ({ name: nameOf(id), properties: { publicIPAddress: { id } } }));
  const profile = objectAt(objectAt(cluster.desired, 'networkProfile'), 'loadBalancerProfile');
  const rule = {
    allocatedOutboundPorts: profile['allocatedOutboundPorts'] ?? 0,
    protocol: 'All',
    enableTcpReset: true,
    idleTimeoutInMinutes: profile['idleTimeoutInMinutes'] ?? 30,
    backendAddressPool: { id: `${group.balancer}/backendAddressPools/${OUTBOUND_POOL}` },
    frontendIPConfigurations: outbound.map(({ name }) => ({ id: `${group.balancer}/frontendIPConfigurations/${name}` })),
  };
  if (hasRule(existing, rule)) return;
  arm.createByProvider(tx, group.balancer, {
    location: cluster.location ?? '',
    sku: { name: 'Standard', tier: 'Regional' },
    tags: stored?.tags ?? cluster.tags ?? {},
    properties: {
      ...existing,
      frontendIPConfigurations: [
        ...outbound,
        ...objectsAt(existing, 'frontendIPConfigurations').filter((frontend) => /^a[0-9a-f]{31}/.test(textAt(frontend, 'name'))),
      ],
      backendAddressPools: existing['backendAddressPools'] ?? [{ name: OUTBOUND_POOL }, { name: 'kubernetes' }],
      outboundRules: [{ name: OUTBOUND_RULE, properties: rule }],
    },
  });
}

/** True when the balancer's outbound rule has all that is wanted of it. */
function hasRule(balancer: JsonObject, wanted: JsonObject): boolean {
  const rule = objectsAt(balancer, 'outboundRules').find((each) => textAt(each, 'name') === OUTBOUND_RULE);
  const properties = objectAt(rule ?? {}, 'properties');
  return Object.entries(wanted).every(([name, value]) => equal(properties[name], value));
}
