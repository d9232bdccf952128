import { listChildren, saveResource, setObserved } from '../../arm/estate.ts';
import { childId, collectionOf, keyOf } from '../../arm/ids.ts';
import { objectAt, objectsAt, textAt } from '../../arm/merge.ts';
import type { Resource } from '../../arm/resource.ts';
import type { ResourceType } from '../../arm/resource-type.ts';
import type { JsonObject } from '../../kernel/json.ts';
import type { Transaction } from '../../kernel/transaction.ts';
import { networkReferences } from './network-profile.ts';

export const INSTANCE_TYPE = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';

/**
 * An instance of a scale set. Made and removed by its scale set's capacity; clients read it and delete it. Whoever gives its interface
 * an address records it in `observed.privateAddresses` (by ip configuration), so that the subnet gives it to nobody else.
 */
export const scaleSetInstance: ResourceType = {
  name: INSTANCE_TYPE,
  location: 'optional',
  identity: false,
  etag: 'etag',
  deletion: 'clock',
  durations: { deleteMs: 30_000 },
  without: ['PUT', 'PATCH'],
  references: ({ properties }) =>
    networkReferences(objectAt(properties, 'networkProfileConfiguration'), 'properties.networkProfileConfiguration'),
  render: ({ powerState: _power, privateAddresses: _addresses, ...properties }, resource) => ({
    ...properties,
    networkProfile: networkProfile(resource),
  }),
  topLevel: ({ id, name }) => ({ name: `${scaleSetOf(id)}_${name}`, instanceId: name }),
  removed: (tx, instance) => lowerCapacity(tx, instance),
  actions: [
    {
      method: 'GET',
      path: 'instanceView',
      permission: `${INSTANCE_TYPE}/instanceView/read`,
      run: ({ resource }) => ({ status: 200, body: instanceView(resource) }),
    },
  ],
};

/** Base 36 with six places, as scale sets number their computers. */
export const computerName = (prefix: string, instance: number): string => prefix + instance.toString(36).padStart(6, '0');

/** Makes as many instances as the capacity asks for: new ones with the next numbers, surplus ones from the highest number down. */
export function syncInstances(tx: Transaction, scaleSet: Resource): void {
  const instances = listChildren(tx, INSTANCE_TYPE, scaleSet.id).filter((instance) => instance.provisioningState !== 'Deleting');
  const wanted = scaleSet.sku?.capacity ?? 0;
  const surplus = instances.sort((a, b) => Number(b.name) - Number(a.name)).slice(0, Math.max(0, instances.length - wanted));
  for (const instance of surplus) tx.delete(collectionOf(INSTANCE_TYPE), keyOf(instance.id));
  let next = Number(scaleSet.observed['nextInstance'] ?? 0);
  const first = next;
  const load = zoneLoad(scaleSet, instances);
  for (let count = instances.length; count < wanted; count++) saveResource(tx, newInstance(tx, scaleSet, next++, load));
  if (next !== first) saveResource(tx, { ...scaleSet, observed: { ...scaleSet.observed, nextInstance: next } });
}

/** Moves all instances to a power state; no write for those that are in it. */
export function setPower(tx: Transaction, scaleSet: string, powerState: 'running' | 'deallocated'): void {
  for (const { id } of listChildren(tx, INSTANCE_TYPE, scaleSet)) setObserved(tx, id, { powerState });
}

/** Instances keep the model that they were made of until they are upgraded or reimaged. */
export function outdate(tx: Transaction, scaleSet: string): void {
  for (const { id } of listChildren(tx, INSTANCE_TYPE, scaleSet)) setObserved(tx, id, { latestModelApplied: false });
}

function zoneLoad({ zones = [] }: Resource, instances: readonly Resource[]): Map<string, number> {
  const load = new Map(zones.map((zone) => [zone, 0]));
  for (const { zones: [zone = ''] = [] } of instances) if (load.has(zone)) load.set(zone, (load.get(zone) ?? 0) + 1);
  return load;
}

/** The zone with the fewest instances, the lowest of several. */
function takeZone(load: Map<string, number>): string | undefined {
  const [least] = [...load].sort(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  if (least) load.set(least[0], least[1] + 1);
  return least?.[0];
}

function newInstance(tx: Transaction, scaleSet: Resource, number: number, load: Map<string, number>): Resource {
  const profile = objectAt(scaleSet.desired, 'virtualMachineProfile');
  const os = objectAt(profile, 'osProfile');
  const zone = takeZone(load);
  const name = String(number);
  const { capacity: _capacity, ...sku } = scaleSet.sku ?? {};
  return {
    id: childId(scaleSet.id, 'virtualMachines', name),
    name,
    type: INSTANCE_TYPE,
    ...(scaleSet.location !== undefined && { location: scaleSet.location }),
    ...(scaleSet.tags && { tags: scaleSet.tags }),
    ...(zone && { zones: [zone] }),
    sku,
    // Parts of the model are shared with the scale set and all of its instances.
    desired: {
      hardwareProfile: { vmSize: sku.name ?? '' },
      storageProfile: objectAt(profile, 'storageProfile'),
      osProfile: { ...os, computerName: computerName(textAt(os, 'computerNamePrefix') || scaleSet.name, number) },
      networkProfileConfiguration: objectAt(profile, 'networkProfile'),
    },
    observed: { vmId: tx.random.uuid(), latestModelApplied: true, powerState: 'running', timeCreated: new Date(tx.nowMs).toISOString() },
    provisioningState: 'Succeeded',
    systemData: scaleSet.systemData,
  };
}

const networkProfile = ({ id, desired }: Resource): JsonObject => ({
  networkInterfaces: objectsAt(objectAt(desired, 'networkProfileConfiguration'), 'networkInterfaceConfigurations').map((card) => ({
    id: `${id}/networkInterfaces/${textAt(card, 'name')}`,
  })),
});

const scaleSetOf = (instanceId: string): string => instanceId.split('/').at(-3) ?? '';

/** A scale set shrinks with an instance that is deleted by itself; it does not make another. */
function lowerCapacity(tx: Transaction, { id }: Resource): void {
  const parent = id.slice(0, id.lastIndexOf('/virtualMachines/'));
  const collection = collectionOf(INSTANCE_TYPE.slice(0, INSTANCE_TYPE.lastIndexOf('/')));
  const scaleSet = tx.get<Resource>(collection, keyOf(parent))?.value;
  if (!scaleSet || scaleSet.provisioningState === 'Deleting') return;
  const capacity = listChildren(tx, INSTANCE_TYPE, parent).length;
  if ((scaleSet.sku?.capacity ?? 0) > capacity) saveResource(tx, { ...scaleSet, sku: { ...scaleSet.sku, capacity } });
}

const instanceView = ({ provisioningState, observed }: Resource): JsonObject => ({
  vmAgent: { vmAgentVersion: 'Unknown', statuses: [] },
  statuses: [
    {
      code: `ProvisioningState/${provisioningState.toLowerCase()}`,
      level: 'Info',
      displayStatus: `Provisioning ${provisioningState.toLowerCase()}`,
    },
    { code: `PowerState/${textAt(observed, 'powerState')}`, level: 'Info', displayStatus: `VM ${textAt(observed, 'powerState')}` },
  ],
});
