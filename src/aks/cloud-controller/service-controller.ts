import type { Node, Service } from '../../../gen/kubernetes-types.ts';
import { getResource, listChildren } from '../../arm/estate.ts';
import type { Resource } from '../../arm/resource.ts';
import { type Arm, Refusal } from '../../arm/resource-type.ts';
import type { Controller, Outcome } from '../../kernel/controller.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { node as nodeKind } from '../../kinds/core/node.ts';
import { service as serviceKind } from '../../kinds/core/service.ts';
import type { Cluster } from '../../kube/cluster.ts';
import { clusterRecord } from '../../kube/clusters.ts';
import { kindClass } from '../../kube/kind.ts';
import { freeAddresses } from '../../net/allocation.ts';
import { parsePrefix } from '../../net/prefix.ts';
import { textAt } from '../managed-cluster/given.ts';
import { allZones, type NodeGroup, nodeGroupOf } from '../managed-cluster/node-group.ts';
import { frontendName } from '../names.ts';
import type { AksPorts } from '../ports.ts';
import { annotation, frontendAddresses, isInternal, isUsed, ownAddress, partsOf, withService } from './balancer.ts';
import { freePriority, rulesOf, withDestination } from './security-rule.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const SECURITY_RULES = 'Microsoft.Network/networkSecurityGroups/securityRules';

/** Where a Service's load balancer lives and whose it is. */
interface Place {
  readonly tx: Transaction;
  readonly arm: Arm;
  readonly cluster: Resource;
  readonly group: NodeGroup;
  readonly api: Cluster;
}

/**
 * Gives every Service of type LoadBalancer its frontend, rules, probes, public address and security rule in the node resource
 * group. Models cloud-provider-azure's service controller.
 */
export const serviceController = (ports: AksPorts): Controller => ({
  name: 'cloud-service',
  watches: [{ class: kindClass(serviceKind) }],
  reconcile(tx, { scope, key }) {
    const record = clusterRecord(tx, scope);
    const cluster = record?.running && getResource(tx, record.resourceId);
    if (!cluster) return undefined;
    const api = ports.open(tx, scope, 'cloud-controller-manager');
    const [namespace = '', name = ''] = key.split('/');
    const service = api.get<Service>(serviceKind, namespace, name);
    if (!service) return undefined;
    const place = { tx, arm: ports.arm(), cluster, group: nodeGroupOf(cluster), api };
    const wanted = service.spec.type === 'LoadBalancer' && !service.spec.loadBalancerClass && !service.metadata.deletionTimestamp;
    if (wanted) return ensure(place, service);
    if (service.metadata.finalizers?.includes(FINALIZER)) release(place, service);
    return undefined;
  },
});

/** What Azure refused is tried again: the longest delay of the upstream controller's queue. */
const AGAIN_MS = 300_000;

function ensure(place: Place, given: Service): Outcome | undefined {
  const { api } = place;
  let service = given;
  if (!service.metadata.finalizers?.includes(FINALIZER)) {
    const finalizers = [...(service.metadata.finalizers ?? []), FINALIZER];
    service = api.update<Service>(serviceKind, { ...service, metadata: { ...service.metadata, finalizers } });
    api.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
  }
  try {
    const address = balance(place, service);
    const ingress = [{ ip: address, ipMode: 'VIP' }];
    const known = addressOf(service);
    if (known && known !== address) closeTo(place, service, known);
    api.updateStatus<Service>(serviceKind, { ...service, status: { ...service.status, loadBalancer: { ingress } } });
    if (known !== address) api.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    api.event(
      service,
      'Warning',
      'SyncLoadBalancerFailed',
      `Error syncing load balancer: failed to ensure load balancer: ${error.message}`,
    );
    return { againMs: AGAIN_MS };
  }
}

/** The address that a Service's clients use. */
const addressOf = (service: Service): string | undefined => service.status?.loadBalancer?.ingress?.[0]?.ip;

/** Takes an address that a Service no longer has out of the security rules. */
const closeTo = (place: Place, service: Service, address: string): void =>
  writeSecurityRules(place, { ...service, spec: { ...service.spec, ports: [] } }, address);

const balancerId = ({ group }: Place, internal: boolean): string => (internal ? `${group.balancer}-internal` : group.balancer);

/** Writes the Service onto its balancer and lets clients in. Returns the address that clients use. */
function balance(place: Place, service: Service): string {
  const internal = isInternal(service);
  takeOff(place, balancerId(place, !internal), service);
  if (internal) removePublicAddress(place, service);
  const id = balancerId(place, internal);
  const existing = getResource(place.tx, id)?.desired ?? {};
  const { address, configuration } = internal ? privateFrontend(place, service, existing) : publicFrontend(place, service);
  const properties = withService(existing, frontendName(service.metadata.uid), configuration, partsOf(service, id));
  writeBalancer(place, id, existing, properties);
  writeSecurityRules(place, service, address);
  return address;
}

function writeBalancer({ tx, arm, cluster }: Place, id: string, existing: JsonObject, properties: JsonObject): void {
  if (JSON.stringify(existing) === JSON.stringify(properties)) return;
  if (!isUsed(properties)) {
    if (getResource(tx, id)) arm.finishDelete(tx, id);
    return;
  }
  arm.createByProvider(tx, id, {
    location: cluster.location ?? '',
    sku: { name: 'Standard', tier: 'Regional' },
    ...(cluster.tags && { tags: cluster.tags }),
    properties,
  });
}

const publicAddressId = ({ group }: Place, service: Service): string =>
  `${group.id}/providers/Microsoft.Network/publicIPAddresses/${annotation(service, 'azure-pip-name') ?? `kubernetes-${frontendName(service.metadata.uid)}`}`;

function publicFrontend(place: Place, service: Service): { address: string; configuration: JsonObject } {
  const { tx, arm, cluster } = place;
  const id = publicAddressId(place, service);
  const label = annotation(service, 'azure-dns-label-name');
  const resource =
    getResource(tx, id) ??
    arm.createByProvider(tx, id, {
      location: cluster.location ?? '',
      sku: { name: 'Standard', tier: 'Regional' },
      ...allZones(cluster),
      tags: {
        'k8s-azure-cluster-name': 'kubernetes',
        'k8s-azure-service': `${service.metadata.namespace}/${service.metadata.name}`,
        ...(label && { 'k8s-azure-dns-label-service': `${service.metadata.namespace}/${service.metadata.name}` }),
      },
      properties: {
        publicIPAllocationMethod: 'Static',
        publicIPAddressVersion: 'IPv4',
        idleTimeoutInMinutes: 4,
        ...(label && { dnsSettings: { domainNameLabel: label } }),
      },
    });
  return { address: publicAddressOf(resource), configuration: { publicIPAddress: { id } } };
}

const publicAddressOf = ({ observed, desired }: Resource): string => textAt(observed, 'ipAddress') || textAt(desired, 'ipAddress');

/** Deletes the public address that was made for a Service; one that somebody made for himself stays. */
function removePublicAddress(place: Place, service: Service): void {
  const own = getResource(place.tx, publicAddressId(place, service));
  if (own?.tags?.['k8s-azure-service'] === `${service.metadata.namespace}/${service.metadata.name}`)
    place.arm.finishDelete(place.tx, own.id);
}

/** The address asked for, the one that the frontend has, or the lowest free one of the node subnet. */
function privateFrontend(
  { tx, group, api }: Place,
  service: Service,
  existing: JsonObject,
): { address: string; configuration: JsonObject } {
  const asked = annotation(service, 'azure-load-balancer-ipv4') ?? service.spec.loadBalancerIP;
  const range = parsePrefix(textAt(getResource(tx, group.subnet)?.desired ?? {}, 'addressPrefix'));
  const taken = new Set([
    ...frontendAddresses(existing),
    ...api.list<Node>(nodeKind).flatMap((node) => node.status?.addresses?.map(({ address }) => address) ?? []),
  ]);
  const had = ownAddress(existing, service);
  if (asked && asked !== had && taken.has(asked))
    throw new Refusal(400, {
      code: 'PrivateIPAddressIsAllocated',
      message: `IP configuration ${frontendName(service.metadata.uid)} is using the private IP address ${asked} which is already allocated to another resource.`,
    });
  const address = asked ?? had ?? (range && freeAddresses(range, taken).next().value);
  if (!address)
    throw new Refusal(400, {
      code: 'SubnetIsFull',
      message: `Subnet aks-subnet with address prefix ${textAt(getResource(tx, group.subnet)?.desired ?? {}, 'addressPrefix')} does not have enough capacity for 1 IP addresses.`,
    });
  return {
    address,
    configuration: {
      privateIPAddress: address,
      privateIPAllocationMethod: asked ? 'Static' : 'Dynamic',
      privateIPAddressVersion: 'IPv4',
      subnet: { id: group.subnet },
    },
  };
}

function writeSecurityRules({ tx, arm, group }: Place, service: Service, address: string): void {
  const wanted = new Map(rulesOf(service, address).map((rule) => [rule.name, rule]));
  const stored = listChildren(tx, SECURITY_RULES, group.securityGroup);
  const taken = new Set(stored.map((rule) => Number(rule.desired['priority'])));
  for (const rule of stored) {
    if (!rule.name.startsWith('k8s-azure-lb_allow_IPv4_')) continue;
    const has = ((rule.desired['destinationAddressPrefixes'] ?? []) as readonly string[]).includes(address);
    if (has === wanted.has(rule.name)) continue;
    const properties = withDestination(rule.desired, address, wanted.has(rule.name));
    if (properties) arm.createByProvider(tx, rule.id, { properties });
    else arm.finishDelete(tx, rule.id);
  }
  for (const [name, rule] of wanted) {
    if (stored.some((each) => each.name === name)) continue;
    const priority = freePriority(taken);
    taken.add(priority);
    arm.createByProvider(tx, `${group.securityGroup}/securityRules/${name}`, { properties: { ...rule.properties, priority } });
  }
}

function takeOff(place: Place, balancer: string, service: Service): void {
  const existing = getResource(place.tx, balancer)?.desired;
  if (existing) writeBalancer(place, balancer, existing, withService(existing, frontendName(service.metadata.uid), undefined, undefined));
}

/** The address that a Service has in Azure. A status without it is no sign: the server clears that of a Service of another type. */
function frontendAddress(place: Place, service: Service): string | undefined {
  const { tx } = place;
  const inside = getResource(tx, balancerId(place, true))?.desired;
  const outside = getResource(tx, publicAddressId(place, service));
  return (inside && ownAddress(inside, service)) ?? (outside && publicAddressOf(outside));
}

/** Takes a Service off Azure: balancer, security rules, its own public address; then lets it go. */
function release(place: Place, service: Service): void {
  const { api } = place;
  api.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
  const address = addressOf(service) ?? frontendAddress(place, service);
  if (address) closeTo(place, service, address);
  for (const internal of [false, true]) takeOff(place, balancerId(place, internal), service);
  removePublicAddress(place, service);
  const current = api.get<Service>(serviceKind, service.metadata.namespace, service.metadata.name) ?? service;
  const finalizers = (current.metadata.finalizers ?? []).filter((name) => name !== FINALIZER);
  if (!service.metadata.deletionTimestamp && current.status?.loadBalancer?.ingress) {
    const cleared = api.updateStatus<Service>(serviceKind, { ...current, status: { ...current.status, loadBalancer: {} } });
    api.update<Service>(serviceKind, { ...cleared, metadata: { ...cleared.metadata, finalizers } });
  } else api.update<Service>(serviceKind, { ...current, metadata: { ...current.metadata, finalizers } });
  api.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
}
