import { objectsAt } from '../../arm/merge.ts';
import type { Draft, Resource } from '../../arm/resource.ts';
import { type FieldError, invalid, required } from '../../kernel/field-error.ts';
import { equal, isObject, type JsonObject } from '../../kernel/json.ts';
import { unbuiltFaults } from '../unbuilt.ts';
import { compareVersions, offeredVersions, resolveVersion, upgradesFrom } from '../versions.ts';
import { given, objectAt, textAt } from './given.ts';
import { validateRanges } from './network-ranges.ts';
import { validateOutbound } from './outbound.ts';
import { UNBUILT } from './unbuilt.ts';

const fault = (path: string, value: unknown, detail: string, code: string): FieldError => ({ ...invalid(path, value, detail), code });

/** Rules on the cluster alone; networks, quotas and pools are checked where they are known. Texts: aks-facts §1.8. */
export function validateCluster(draft: Draft, previous: Resource | undefined): FieldError[] {
  const { properties } = draft;
  return [
    ...validateDnsPrefix(properties),
    ...validateVersion(draft, previous),
    ...validateAddons(properties),
    ...validateChannels(objectAt(properties, 'autoUpgradeProfile')),
    ...validateBalancer(objectAt(properties, 'networkProfile')),
    ...validateAccess(draft, previous),
    ...unsupported(properties),
    ...validateOutbound(objectAt(objectAt(properties, 'networkProfile'), 'loadBalancerProfile')),
    ...(previous ? validateChange(properties, previous.desired) : validateRanges(objectAt(properties, 'networkProfile'))),
  ];
}

/** Who the cluster acts as, what it is sold as, and who may log in to its nodes. */
function validateAccess({ identity, sku, properties }: Draft, previous: Resource | undefined): FieldError[] {
  const errors: FieldError[] = previous && !isNobody(previous.identity) && identity && isNobody(identity) ? [changed('identity.type')] : [];
  const principal = textAt(objectAt(properties, 'servicePrincipalProfile'), 'clientId');
  if (!previous && ['', 'msi'].includes(principal) && isNobody(identity))
    errors.push({
      ...required('servicePrincipalProfile', 'Required parameter servicePrincipalProfile is missing (null).'),
      code: 'InvalidParameter',
    });
  if (Object.keys(identity?.userAssignedIdentities ?? {}).length > 1 || (identity?.type ?? '').includes(','))
    errors.push(
      fault(
        'identity',
        identity?.type,
        'A managed cluster has one identity: SystemAssigned, or one that is UserAssigned.',
        'InvalidParameter',
      ),
    );
  if (!NODE_GROUP.test(textAt(properties, 'nodeResourceGroup')))
    errors.push(
      fault(
        'nodeResourceGroup',
        properties['nodeResourceGroup'],
        'The value of parameter nodeResourceGroup is invalid. Error details: it has 1 to 80 letters, numbers, underscores, hyphens, periods and parentheses, and does not end with a period. Please see https://aka.ms/aks-naming-rules for more details.',
        'InvalidParameter',
      ),
    );
  if (properties['disableLocalAccounts'] === true && !given(properties['aadProfile']))
    errors.push(
      fault(
        'disableLocalAccounts',
        true,
        'Local accounts can only be disabled on a cluster that is integrated with Microsoft Entra ID.',
        'BadRequest',
      ),
    );
  if (sku?.name === 'Automatic')
    errors.push(fault('sku.name', sku.name, 'A cluster of SKU Automatic is not implemented yet.', 'NotImplemented'));
  else if (sku?.name !== 'Base') errors.push(oneOf('sku.name', sku?.name, ['Base', 'Automatic']));
  if (!TIERS.includes(sku?.tier ?? '')) errors.push(oneOf('sku.tier', sku?.tier, TIERS));
  errors.push(...validatePlan(sku?.tier ?? '', textAt(properties, 'supportPlan')));
  return properties['linuxProfile'] === undefined ? errors : [...errors, ...validateLinux(objectAt(properties, 'linuxProfile'))];
}

/** Long-term support and the Premium tier come and go together. Source: aks-facts-limits-sla §8.1. */
function validatePlan(tier: string, plan: string): FieldError[] {
  const isLongTerm = plan === 'AKSLongTermSupport';
  if (!TIERS.includes(tier) || isLongTerm === (tier === 'Premium')) return [];
  const detail = isLongTerm
    ? `Support plan AKSLongTermSupport is not allowed for tier ${tier}: it needs tier Premium. Change tier and support plan together.`
    : `Support plan ${plan} is not allowed for tier ${tier}, which is for support plan AKSLongTermSupport. Change tier and support plan together.`;
  return [fault('supportPlan', plan, detail, 'LTSNotAllowedForTier')];
}

// A body may leave the type out, which its own check refuses.
const isNobody = (identity: Draft['identity']): boolean => ['', 'none'].includes(textAt({ ...identity }, 'type').toLowerCase());

/** Shorter than other groups' names: what is made in it is named after it. */
const NODE_GROUP = /^(?=.{1,80}$)[-\w().]*[-\w()]$/;

const TIERS = ['Free', 'Standard', 'Premium'];
const oneOf = (path: string, value: unknown, values: readonly string[]): FieldError =>
  fault(
    path,
    value,
    `The value of parameter ${path} is invalid. Error details: '${value}' is none of ${values.join(', ')}. Please see https://aka.ms/aks-naming-rules for more details.`,
    'InvalidParameter',
  );

const ADMIN_NAME = /^[A-Za-z][-A-Za-z0-9_]*$/;

function validateLinux(profile: JsonObject): FieldError[] {
  const keys = objectsAt(objectAt(profile, 'ssh'), 'publicKeys').map((key) => textAt(key, 'keyData').trim());
  const wrong = [
    ...(ADMIN_NAME.test(textAt(profile, 'adminUsername')) ? [] : ['linuxProfile.adminUsername']),
    ...(keys.length === 1 && keys[0] ? [] : ['linuxProfile.ssh.publicKeys.keyData']),
  ];
  return wrong.map((path) => fault(path, undefined, `The value of parameter ${path} is invalid.`, 'InvalidParameter'));
}

const isPrivateZone = (properties: JsonObject): boolean =>
  textAt(objectAt(properties, 'apiServerAccessProfile'), 'privateDNSZone').includes('/');
const DNS_PREFIX = /^[a-zA-Z0-9]([-a-zA-Z0-9]{0,52}[a-zA-Z0-9])?$/;

function validateDnsPrefix(properties: JsonObject): FieldError[] {
  const prefix = textAt(properties, 'dnsPrefix');
  if (given(properties['fqdnSubdomain']) && (prefix || !isPrivateZone(properties))) {
    const detail =
      'An FQDN subdomain is only for private clusters with a private DNS zone of their own, and takes the place of the DNS prefix.';
    return [fault('fqdnSubdomain', properties['fqdnSubdomain'], detail, 'InvalidParameter')];
  }
  if (!prefix && !given(properties['fqdnSubdomain']))
    return [{ ...required('dnsPrefix', 'Required parameter dnsPrefix is missing (null).'), code: 'InvalidParameter' }];
  if (prefix && !DNS_PREFIX.test(prefix))
    return [
      fault(
        'dnsPrefix',
        prefix,
        `The value of parameter dnsPrefix is invalid. Error details: DNS prefix '${prefix}' is invalid. The DNS prefix must contain between 1 and 54 characters. It can only contain letters, numbers and hyphens, and must start and end with a letter or a number. Please see https://aka.ms/aks-naming-rules for more details.`,
        'InvalidParameter',
      ),
    ];
  return [];
}

function validateVersion(draft: Draft, previous: Resource | undefined): FieldError[] {
  const wanted = textAt(draft.properties, 'kubernetesVersion');
  const version = resolveVersion(wanted);
  const path = 'kubernetesVersion';
  if (!version) {
    const detail = `Managed cluster ${draft.name} is on version ${wanted} which is not supported in this region. Please use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`;
    return [fault(path, wanted, detail, 'K8sVersionNotSupported')];
  }
  const lts = offeredVersions.find(({ patches }) => patches.includes(version));
  if (!lts?.supportPlans.includes('KubernetesOfficial') && textAt(draft.properties, 'supportPlan') !== 'AKSLongTermSupport') {
    const detail = `Managed cluster ${draft.name} is on version ${version}, which is only available for Long-Term Support (LTS). If you intend to onboard to LTS, please ensure the cluster is in Premium tier and LTS support plan. Otherwise, use [az aks get-versions] command to get the supported version list in this region. For more information, please check https://aka.ms/supported-version-list`;
    return [fault(path, wanted, detail, 'K8sVersionNotSupported')];
  }
  const current = previous && textAt(previous.observed, 'currentKubernetesVersion');
  if (!current || current === version || sameMinor(wanted, current)) return [];
  if (upgradesFrom(current).some((upgrade) => upgrade.version === version)) return [];
  const available = upgradesFrom(current).map((upgrade) => upgrade.version);
  const verb = compareVersions(version, current) < 0 ? 'Downgrading' : 'Upgrading';
  const detail = `${verb} Kubernetes version ${current} to ${version} is not allowed. Available upgrades: [${available.join(' ')}]. For more information, please check https://aka.ms/aks-supported-k8s-ver`;
  return [fault(path, wanted, detail, 'OperationNotAllowed')];
}

/** "1.35" asks for no change on a cluster that is at some 1.35. */
const sameMinor = (wanted: string, current: string): boolean => wanted.split('.').length === 2 && current.startsWith(`${wanted}.`);

function validateAddons(properties: JsonObject): FieldError[] {
  const routing = Object.entries(objectAt(properties, 'addonProfiles')).find(([name]) => name.toLowerCase() === 'httpapplicationrouting');
  if (!routing || !isObject(routing[1]) || routing[1]['enabled'] !== true) return [];
  const detail =
    'The HTTP application routing add-on (httpApplicationRouting) has been retired and can no longer be enabled. Use the application routing add-on instead, see https://aka.ms/aks/approuting';
  return [fault('addonProfiles.httpApplicationRouting', true, detail, 'AddonInvalid')];
}

/** The old channel of node images is that of the nodes' system under another name. Source: aks-facts §1.2. */
function validateChannels(profile: JsonObject): FieldError[] {
  const system = textAt(profile, 'nodeOSUpgradeChannel');
  if (textAt(profile, 'upgradeChannel') !== 'node-image' || system === 'NodeImage') return [];
  const detail = `Upgrade channel node-image needs the node OS upgrade channel NodeImage, got ${system}.`;
  return [fault('autoUpgradeProfile.nodeOSUpgradeChannel', system, detail, 'InvalidParameter')];
}

/** Azure has retired Basic load balancers, on 30 September 2025. */
function validateBalancer(network: JsonObject): FieldError[] {
  const sku = textAt(network, 'loadBalancerSku');
  return sku === 'standard' ? [] : [oneOf('networkProfile.loadBalancerSku', sku, ['standard'])];
}

/** Network shapes that are accepted by Azure and not simulated yet: refused by name, never half-built. */
function unsupported(properties: JsonObject): FieldError[] {
  const network = objectAt(properties, 'networkProfile');
  const refuse = (path: string, value: unknown, what: string): FieldError =>
    fault(path, value, `${what} is not implemented yet.`, 'NotImplemented');
  const errors: FieldError[] = unbuiltFaults(properties, UNBUILT);
  if (textAt(network, 'networkPlugin') !== 'azure' || textAt(network, 'networkPluginMode') !== 'overlay')
    errors.push(refuse('networkProfile.networkPlugin', network['networkPlugin'], 'A network other than Azure CNI Overlay'));
  if (!['loadBalancer', 'none'].includes(textAt(network, 'outboundType')))
    errors.push(refuse('networkProfile.outboundType', network['outboundType'], `Outbound type ${textAt(network, 'outboundType')}`));
  for (const [name, ipv4] of [
    ['ipFamilies', (value: unknown) => value === 'IPv4'],
    ['podCidrs', isIpv4Range],
    ['serviceCidrs', isIpv4Range],
  ] as const) {
    const list = network[name];
    if (Array.isArray(list) && (list.length > 1 || !list.every(ipv4)))
      errors.push(refuse(`networkProfile.${name}`, list, 'A network of several address families'));
  }
  for (const [name, addon] of Object.entries(objectAt(properties, 'addonProfiles')))
    if (isObject(addon) && addon['enabled'] === true && name.toLowerCase() !== 'httpapplicationrouting')
      errors.push(refuse(`addonProfiles.${name}`, true, `Add-on ${name}`));
  return errors;
}

const isIpv4Range = (value: unknown): boolean => typeof value === 'string' && !value.includes(':');

const changed = (path: string): FieldError =>
  fault(path, undefined, `Changing property '${path}' is not allowed.`, 'PropertyChangeNotAllowed');

/** What a network is made with, it keeps (aks-facts §1.7). */
const FIXED_NETWORK = ['networkPlugin', 'networkMode', 'serviceCidr', 'dnsServiceIP', 'podCidr', 'loadBalancerSku'];

const clientOf = (properties: JsonObject): string => textAt(objectAt(properties, 'servicePrincipalProfile'), 'clientId') || 'msi';

/** What never changes, and switches that only go one way. */
function validateChange(properties: JsonObject, before: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of FIXED_NETWORK)
    if (
      given(objectAt(before, 'networkProfile')[name]) &&
      !equal(objectAt(before, 'networkProfile')[name], objectAt(properties, 'networkProfile')[name])
    )
      errors.push(changed(`networkProfile.${name}`));
  if (objectAt(before, 'oidcIssuerProfile')['enabled'] === true && objectAt(properties, 'oidcIssuerProfile')['enabled'] !== true)
    errors.push(changed('oidcIssuerProfile.enabled'));
  const [outbound, leaves] = [before, properties].map((each) => textAt(objectAt(each, 'networkProfile'), 'outboundType'));
  if (outbound !== leaves)
    errors.push(fault('networkProfile.outboundType', leaves, 'Changing the outbound type is not implemented yet.', 'NotImplemented'));
  if (given(before['aadProfile']) && !given(properties['aadProfile'])) errors.push(changed('aadProfile'));
  // A service principal gives way to a managed identity, never the other way round.
  if (clientOf(before) === 'msi' && clientOf(properties) !== 'msi') errors.push(changed('servicePrincipalProfile.clientId'));
  return errors;
}
